import type { Event } from "../event/event.ts";
import { makeInert } from "../base/inert_text.ts";
import { LineOutput } from "./line_output.ts";
import type { Reporter } from "./reporter.ts";
import type { OutputStream } from "./terminal.ts";

/** Events that could not be shown and are reported one by one; more are only counted. */
const MAX_REPORTED = 10;

/** Prints events as lines. On a terminal, control characters in them are shown, not obeyed. */
export class EventPrinter {
  readonly #toLine: (event: Event) => string;
  readonly #output: LineOutput;
  readonly #reporter: Reporter;
  readonly #isTerminal: boolean;
  #failures = 0;

  /** @param toLine The line of an event; may throw. */
  constructor(toLine: (event: Event) => string, stream: OutputStream, reporter: Reporter) {
    this.#toLine = toLine;
    this.#output = new LineOutput(stream);
    this.#isTerminal = stream.isTerminal;
    this.#reporter = reporter;
  }

  /** How many events could not be shown in the format. */
  get failures(): number {
    return this.#failures;
  }

  /**
   * Prints stored events, which come as fast as they are taken.
   *
   * A WebSocket cannot be read more slowly: what comes while a program waits for its output stays in
   * memory. So this blocks instead, and the collector waits.
   *
   * @throws {ClosedOutputError} When nobody reads any more.
   */
  async printFound(batches: AsyncIterable<readonly Event[]>): Promise<void> {
    for await (const events of batches) {
      for (const event of events) {
        this.#add(event);
        if (this.#output.isFull) this.#output.flushSync();
      }
    }
    this.#output.flushSync();
  }

  /**
   * Prints live events as they come.
   *
   * @throws {ClosedOutputError} When nobody reads any more.
   */
  async printLive(batches: AsyncIterable<readonly Event[]>): Promise<void> {
    for await (const events of batches) {
      for (const event of events) this.#add(event);
      if (this.#output.isFull) await this.#output.flush();
      else this.#output.flushSoon();
    }
    await this.#output.flush();
  }

  /** Never resolves; rejects as soon as nobody reads any more, even while no event comes. */
  get failed(): Promise<never> {
    return this.#output.failed;
  }

  /** Writes what is left when printing was ended early. */
  flush(): Promise<void> {
    return this.#output.flush();
  }

  #add(event: Event): void {
    try {
      this.#output.add(this.#toLine(this.#isTerminal ? inert(event) : event));
    } catch (error) {
      this.#failures++;
      if (this.#failures > MAX_REPORTED) return;
      const reason = error instanceof Error ? error.message : String(error);
      this.#reporter.warning(`Cannot show event '${event.id}': ${reason}`);
    }
  }
}

/** The format may hold colours that its author wants; what others sent must not. */
function inert(event: Event): Event {
  return {
    id: makeInert(event.id),
    timestamp: event.timestamp,
    source: makeInert(event.source),
    tags: event.tags.map(makeInert),
    content: makeInert(event.content),
    headers: event.headers,
  };
}
