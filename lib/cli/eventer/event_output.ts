import type { HatEvent } from "../../hat/event.ts";
import { makeInert } from "../../base/inert_text.ts";
import { LineOutput } from "../line_output.ts";
import type { OptionTable } from "../option.ts";
import type { OutputStream } from "../terminal.ts";
import { formatEventJson, formatEventLine } from "./event_line.ts";

/** How events are printed. */
export const OUTPUT_OPTIONS = {
  json: {
    kind: "flag",
    long: "json",
    isNew: true,
    help: "Print events as JSON, one line each, which register reads",
  },
} as const satisfies OptionTable;

/** Prints Hat events as lines. On a terminal, control characters in them are shown, not obeyed. */
export class EventOutput {
  readonly #output: LineOutput;
  readonly #isTerminal: boolean;
  readonly #format: (event: HatEvent) => string;

  constructor(stream: OutputStream, { json }: { readonly json: boolean }) {
    this.#output = new LineOutput(stream);
    this.#isTerminal = stream.isTerminal;
    this.#format = json ? formatEventJson : formatEventLine;
  }

  /** Rejects as soon as nobody reads any more. */
  get failed(): Promise<never> {
    return this.#output.failed;
  }

  /**
   * Prints events; resolves when there is room for more.
   *
   * @throws {ClosedOutputError} When nobody reads any more.
   */
  async print(events: readonly HatEvent[]): Promise<void> {
    for (const event of events) {
      const line = this.#format(event);
      this.#output.add(this.#isTerminal ? makeInert(line) : line);
      if (this.#output.isFull) await this.#output.flush();
    }
    this.#output.flushSoon();
  }

  /** Resolves when all is written. */
  async flush(): Promise<void> {
    await this.#output.flush();
  }
}
