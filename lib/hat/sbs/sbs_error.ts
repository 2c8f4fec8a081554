/** Where in a schema text something is wrong; both count from 1. */
export interface SchemaPosition {
  /** The line. */
  readonly line: number;
  /** In UTF-16 code units. */
  readonly column: number;
}

/** A schema text that is not one, or that names types which are not there. */
export class SbsSchemaError extends Error implements SchemaPosition {
  /** `"SbsSchemaError"`. */
  override readonly name = "SbsSchemaError";
  /** The line, from 1. */
  readonly line: number;
  /** The column, from 1. */
  readonly column: number;

  /**
   * Makes the error.
   *
   * @param reason What is wrong there.
   */
  constructor(reason: string, position: SchemaPosition) {
    super(`Cannot read schema at line ${position.line}, column ${position.column}: ${reason}`);
    this.line = position.line;
    this.column = position.column;
  }
}

/** A value that does not fit its type, or bytes that are no value of it. */
export class SbsError extends Error {
  /** `"SbsError"`. */
  override readonly name = "SbsError";
  /** Where in the bytes the fault is; undefined when it is in a value. */
  readonly offset: number | undefined;
  /** The entries and elements that lead to it, such as `payload.value.json`; empty for the value itself. */
  readonly path: string;

  /**
   * Makes the error.
   *
   * @param offset Where in the bytes the fault is.
   */
  constructor(message: string, path: string, offset: number | undefined) {
    super(message);
    this.path = path;
    this.offset = offset;
  }
}

/** A fault on its way out: whoever it passes adds the step that led to it. */
export class Fault extends Error {
  readonly steps: (string | number)[] = [];

  /** @param offset Where in the bytes it is; undefined for a fault of a value. */
  constructor(readonly reason: string, readonly offset?: number) {
    super(reason);
  }

  /** Adds where it was found: the name of an entry, or the index of an element. */
  static within(error: unknown, step: string | number): unknown {
    if (error instanceof Fault) error.steps.push(step);
    return error;
  }

  /** The steps from the outermost value on, such as `events[3].payload`. */
  get path(): string {
    const text = this.steps.toReversed()
      .map((step) => typeof step === "number" ? `[${step}]` : `.${step}`).join("");
    return text.startsWith(".") ? text.slice(1) : text;
  }
}
