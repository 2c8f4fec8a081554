import type { Environment } from "./environment.ts";
import type { OutputStream } from "./terminal.ts";

/** Colours for people: none in a pipe or when `NO_COLOR` is set. */
export class Paint {
  readonly #colors: boolean;

  constructor(colors: boolean) {
    this.#colors = colors;
  }

  /** What suits a stream. */
  static for(environment: Environment, stream: OutputStream): Paint {
    return new Paint(stream.isTerminal && !environment.noColor);
  }

  /** A heading of a help text. */
  heading(text: string): string {
    return this.#wrap(text, 33);
  }

  /** What is typed as it stands: an option, a command. */
  literal(text: string): string {
    return this.#wrap(text, 32);
  }

  /** What is beside the point. */
  faint(text: string): string {
    return this.#wrap(text, 90);
  }

  /** The label of a warning. */
  warning(text: string): string {
    return this.#wrap(text, 33);
  }

  /** The label of an error. */
  error(text: string): string {
    return this.#wrap(text, 31);
  }

  #wrap(text: string, code: number): string {
    return this.#colors ? `\x1b[${code}m${text}\x1b[0m` : text;
  }
}
