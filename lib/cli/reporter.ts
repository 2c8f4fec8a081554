import type { Environment } from "./environment.ts";
import { makeInert } from "../base/inert_text.ts";
import { LineOutput } from "./line_output.ts";
import { Paint } from "./paint.ts";
import type { ProgressBar } from "./progress_bar.ts";

/** Tells the user, on standard error, what goes on beside the results of a command. */
export class Reporter {
  readonly #output: LineOutput;
  readonly #paint: Paint;
  readonly #isTerminal: boolean;
  #bar: Pick<ProgressBar, "clear"> | undefined;
  /** Whether details are told, too. */
  readonly verbose: boolean;

  constructor(environment: Environment, verbose: boolean) {
    this.#output = new LineOutput(environment.stderr);
    this.#paint = Paint.for(environment, environment.stderr);
    this.#isTerminal = environment.stderr.isTerminal;
    this.verbose = verbose;
  }

  /** Takes a bar that is drawn on the same terminal away before each line, until disposed. */
  besides(bar: Pick<ProgressBar, "clear">): Disposable {
    this.#bar = bar;
    return { [Symbol.dispose]: () => this.#bar = undefined };
  }

  /** Says what the user should know. */
  notice(text: string): void {
    this.#line(text);
  }

  /** Says what only those who look for a cause want to know. */
  detail(text: string): void {
    if (this.verbose) this.#line(text);
  }

  /** Says that something is wrong though the command goes on. */
  warning(text: string): void {
    this.#line(text, this.#paint.warning("warning:"));
  }

  /** Says why the command ends without success. */
  error(text: string): void {
    this.#line(text, this.#paint.error("error:"));
  }

  /** Resolves when all was written, or nobody reads it. */
  async flush(): Promise<void> {
    await this.#output.flush().catch(() => {});
  }

  /** Texts may quote what others sent. */
  #line(text: string, label?: string): void {
    this.#bar?.clear();
    const shown = this.#isTerminal ? makeInert(text) : text;
    this.#output.add(label === undefined ? shown : `${label} ${shown}`);
    this.#output.flushSoon();
  }
}
