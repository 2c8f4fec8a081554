import type { EventCounter } from "../event_counter.ts";
import type { PartRequest, RunningPart, ScanThreads } from "./scan_threads.ts";

/** Parts that a thread has at a time: while one hands over its counts the other goes on. */
const PARTS_PER_THREAD = 2;

/** Counting under way: its parts run in the threads, in any order, and their counts are added up. */
export class PartCounting {
  readonly #threads: ScanThreads;
  readonly #waiting: PartRequest[];
  readonly #running = new Set<RunningPart>();
  readonly #counter: EventCounter;
  #scanned = 0;
  #failure: { readonly reason: unknown } | undefined;

  /** @param counter What the counts are added to. */
  constructor(threads: ScanThreads, requests: readonly PartRequest[], counter: EventCounter) {
    this.#threads = threads;
    this.#waiting = requests.toReversed();
    this.#counter = counter;
  }

  /** Runs all parts and returns how many events were looked at; the first failure ends all of them. */
  async run(signal: AbortSignal | undefined): Promise<number> {
    const onAbort = () => this.#fail(signal?.reason);
    signal?.throwIfAborted();
    signal?.addEventListener("abort", onAbort);
    try {
      const lanes = Array.from(
        { length: this.#threads.size * PARTS_PER_THREAD },
        () => this.#runLane(),
      );
      await Promise.all(lanes);
    } finally {
      signal?.removeEventListener("abort", onAbort);
    }
    if (this.#failure !== undefined) throw this.#failure.reason;
    return this.#scanned;
  }

  async #runLane(): Promise<void> {
    try {
      for (;;) {
        const request = this.#waiting.pop();
        if (request === undefined) return;
        await this.#runPart(request);
      }
    } catch (error) {
      this.#fail(error);
    }
  }

  async #runPart(request: PartRequest): Promise<void> {
    using part = this.#threads.run(request);
    this.#running.add(part);
    try {
      const item = await part.take();
      if (this.#failure !== undefined || item.kind !== "end") return;
      this.#scanned += item.scanned;
      if (item.counts !== undefined) this.#counter.merge(item.counts);
    } finally {
      this.#running.delete(part);
    }
  }

  #fail(reason: unknown): void {
    if (this.#failure !== undefined) return;
    this.#failure = { reason };
    this.#waiting.length = 0;
    for (const part of this.#running) part.put(new Error("Counting has ended", { cause: reason }));
  }
}
