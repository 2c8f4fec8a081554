/** The arguments of a command cannot be used: exit code 2. */
export class UsageError extends Error {
  override readonly name: string = "UsageError";
}

/** An option that a command does not have. */
export class UnknownOptionError extends UsageError {
  override readonly name = "UnknownOptionError";
  /** As it was typed. */
  readonly option: string;

  /** @param hint What to do instead, added to the message. */
  constructor(option: string, hint: string) {
    super(`Unknown option '${option}'${hint}`);
    this.option = option;
  }
}
