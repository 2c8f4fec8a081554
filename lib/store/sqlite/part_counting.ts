import { sleep } from "../../base/backoff.ts";
import type { EventCounter } from "../event_counter.ts";
import type { CountOptions } from "../store.ts";
import { laneOf } from "./count_plan.ts";
import { type PackedCounts, unpackCounts } from "./packed_counts.ts";
import { firstBlock } from "./scan_part.ts";
import type { ScanRequest } from "./scan_protocol.ts";
import type { RunningPart, ScanThreads } from "./scan_threads.ts";

/** A part to be counted. */
type CountRequest = Omit<Extract<ScanRequest, { readonly kind: "count" }>, "search">;

/** Parts that a thread has at a time: while one hands over its counts the other goes on. */
const PARTS_PER_THREAD = 2;

/**
 * Counts parts in the threads, each part in the thread that did so the last time; the first failure ends
 * all of them.
 *
 * @param counter What the counts are added to.
 * @param options The signal that ends it, and who is told when a part got its first turn, for those parts
 * that tell it.
 * @returns How many events were looked at.
 */
export async function countParts(
  threads: ScanThreads,
  requests: readonly CountRequest[],
  counter: EventCounter,
  { signal, onTurn }: CountOptions,
): Promise<number> {
  const counting = new PartCounting(threads, requests, counter, onTurn);
  const onAbort = () => counting.fail(signal?.reason);
  signal?.throwIfAborted();
  signal?.addEventListener("abort", onAbort);
  try {
    return await counting.run();
  } finally {
    signal?.removeEventListener("abort", onAbort);
  }
}

class PartCounting {
  readonly #threads: ScanThreads;
  /** What is not begun yet, by thread. */
  readonly #waiting: CountRequest[][];
  readonly #running = new Set<RunningPart>();
  readonly #counter: EventCounter;
  readonly #onTurn: (() => void) | undefined;
  #scanned = 0;
  #failure: { readonly reason: unknown } | undefined;

  constructor(
    threads: ScanThreads,
    requests: readonly CountRequest[],
    counter: EventCounter,
    onTurn: (() => void) | undefined,
  ) {
    this.#threads = threads;
    this.#waiting = Array.from({ length: threads.size }, () => []);
    for (const request of requests) {
      this.#waiting[laneOf(firstBlock(request.part)) % threads.size]?.push(request);
    }
    this.#counter = counter;
    this.#onTurn = onTurn;
  }

  async run(): Promise<number> {
    const lanes = this.#waiting.flatMap((waiting, thread) =>
      Array.from({ length: PARTS_PER_THREAD }, () => this.#runLane(waiting, thread))
    );
    await Promise.all(lanes);
    if (this.#failure !== undefined) throw this.#failure.reason;
    return this.#scanned;
  }

  /** Ends the parts that run and begins no more. */
  fail(reason: unknown): void {
    if (this.#failure !== undefined) return;
    this.#failure = { reason };
    for (const part of this.#running) part.put(new Error("Counting has ended", { cause: reason }));
  }

  async #runLane(waiting: CountRequest[], thread: number): Promise<void> {
    try {
      while (this.#failure === undefined) {
        const request = waiting.shift();
        if (request === undefined) return;
        await this.#runPart(request, thread);
      }
    } catch (error) {
      this.fail(error);
    }
  }

  async #runPart(request: CountRequest, thread: number): Promise<void> {
    using part = this.#threads.run(request, thread);
    this.#running.add(part);
    try {
      let item = await part.take();
      if (item.kind === "turn") {
        this.#onTurn?.();
        item = await part.take();
      }
      if (this.#failure !== undefined || item.kind !== "end") return;
      this.#scanned += item.scanned;
      if (item.counts !== undefined) await this.#merge(item.counts);
    } finally {
      this.#running.delete(part);
    }
  }

  async #merge(counts: PackedCounts): Promise<void> {
    for (const _ of this.#counter.mergeSteps(unpackCounts(counts))) {
      await sleep(0);
      if (this.#failure !== undefined) return;
    }
  }
}
