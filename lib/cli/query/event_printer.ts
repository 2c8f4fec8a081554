import type { Event } from "../../event/event.ts";
import { LineOutput } from "../line_output.ts";
import type { EventFormat } from "./event_formats.ts";
import type { Reporter } from "../reporter.ts";
import type { OutputStream } from "../terminal.ts";

/** Events that could not be shown and are reported one by one; more are only counted. */
const MAX_REPORTED = 10;

/** Found events wait no longer than that for others to be written with. */
const FLUSH_MS = 50;

/** An event to print, and whether it is only around one that was asked for. */
export interface PrintedEvent {
  readonly event: Event;
  readonly isContext: boolean;
}

/** Prints events in a format. */
export class EventPrinter {
  readonly #format: EventFormat;
  readonly #output: LineOutput;
  readonly #reporter: Reporter;
  #flushedMs = -Infinity;
  #printed = 0;
  #failures = 0;

  constructor(format: EventFormat, stream: OutputStream, reporter: Reporter) {
    this.#format = format;
    this.#output = new LineOutput(stream);
    this.#reporter = reporter;
    if (format.head !== undefined) this.#output.add(format.head);
  }

  /** How many events could not be shown in the format. */
  get failures(): number {
    return this.#failures;
  }

  /** How many events were taken. */
  get printed(): number {
    return this.#printed;
  }

  /**
   * Prints stored events, which come as fast as they are taken.
   *
   * This blocks while the output takes nothing, so that the collector waits.
   *
   * @throws {ClosedOutputError} When nobody reads any more.
   */
  async printFound(batches: AsyncIterable<readonly Event[]>): Promise<void> {
    for await (const events of batches) {
      for (const event of events) {
        this.#add(event, false);
        if (this.#output.isFull) this.#flushSync();
      }
      // Few that match among many are seen as they are found.
      if (performance.now() - this.#flushedMs > FLUSH_MS) this.#flushSync();
    }
    this.#output.flushSync();
  }

  /**
   * Prints groups of stored events as they come.
   *
   * @throws {ClosedOutputError} When nobody reads any more.
   */
  async printGroups(groups: AsyncIterable<AsyncIterable<PrintedEvent>>): Promise<void> {
    let isFirst = true;
    for await (const group of groups) {
      const { separator } = this.#format;
      if (!isFirst && separator !== undefined) this.#output.add(separator);
      isFirst = false;
      for await (const { event, isContext } of group) {
        this.#add(event, isContext);
        if (this.#output.isFull) this.#flushSync();
      }
      if (performance.now() - this.#flushedMs > FLUSH_MS) this.#flushSync();
    }
    this.#output.flushSync();
  }

  /**
   * Prints live events as they come.
   *
   * @throws {ClosedOutputError} When nobody reads any more.
   */
  async printLive(batches: AsyncIterable<readonly Event[]>): Promise<void> {
    this.#output.flushSoon();
    for await (const events of batches) {
      for (const event of events) {
        this.#add(event, false);
        if (this.#output.isFull) await this.#output.flush();
      }
      this.#output.flushSoon();
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

  #flushSync(): void {
    this.#output.flushSync();
    this.#flushedMs = performance.now();
  }

  #add(event: Event, isContext: boolean): void {
    this.#printed++;
    try {
      const line = this.#format.line(event, isContext);
      if (typeof line === "string") this.#output.add(line);
      else this.#output.addBytes(line);
    } catch (error) {
      this.#failures++;
      if (this.#failures > MAX_REPORTED) return;
      const reason = error instanceof Error ? error.message : String(error);
      this.#reporter.warning(`Cannot show event '${event.id}': ${reason}`);
    }
  }
}
