/** A checkpoint cannot be opened: the message names the file or directory and says what to do. */
export class CheckpointError extends Error {
  /** Always `"CheckpointError"`. */
  override readonly name = "CheckpointError";
  /** The file or directory that is in the way. */
  readonly path: string;

  /**
   * Says what is in the way.
   *
   * @param path The file or directory that is in the way.
   * @param message What was being done, why it cannot be, and what to do.
   * @param options The cause.
   */
  constructor(path: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.path = path;
  }
}
