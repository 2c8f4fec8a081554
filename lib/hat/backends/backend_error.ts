/** A backend could not do what it was asked. */
export class BackendError extends Error {
  /** `"BackendError"`. */
  override readonly name = "BackendError";
  /** Whether the disk was full: the same may succeed when there is room again. */
  readonly isDiskFull: boolean;

  /**
   * Makes the error.
   *
   * @param message What could not be done, why, and what to do.
   * @param options The cause, and whether the disk was full.
   */
  constructor(message: string, options: ErrorOptions & { readonly isDiskFull?: boolean } = {}) {
    super(message, options);
    this.isDiskFull = options.isDiskFull ?? false;
  }
}
