import { packEvents, transferables } from "../../event/packed_events.ts";
import type { PostReply, RunningScan } from "./running_scan.ts";
import { type Scan, type ScanStep, STEP_BYTES, STEP_EVENTS } from "./scan.ts";
import type { StoredEvent, StoredPosition } from "./stored_event.ts";

/** A batch is what a step found, so that nothing is left over: two of them at the most. */
const MAX_BATCH_BYTES = 2 * STEP_BYTES;

/** How long found events wait for more of them before they are handed over. */
const BATCH_WAIT_MS = 50;

/** How much more is found at a time after a rest, each time that it ended without another one. */
const GROWTH = 4;

/** A part of a search: hands over what it finds, in batches. */
export class RunningSearch implements RunningScan {
  credits: number;
  readonly #id: number;
  readonly #scan: Scan;
  readonly #post: PostReply;
  /** Undefined before the first step, and in a rest. */
  #steps: Iterator<ScanStep> | undefined;
  /** How many events a scan may find before it begins again: after a rest there may soon be another one. */
  #stretch = Infinity;
  /** How many may still be found in this stretch. */
  #stretchLeft = Infinity;
  #found: StoredEvent[] = [];
  #foundBytes = 0;
  #posted = 0;
  /** The last event handed over. */
  #position: StoredPosition | undefined;
  #scanned = 0;
  #lastBatch = performance.now();

  /** @param credits Batches that its reader has room for. */
  constructor(id: number, scan: Scan, credits: number, post: PostReply) {
    this.#id = id;
    this.#scan = scan;
    this.credits = credits;
    this.#post = post;
  }

  step(): boolean {
    this.#steps ??= this.#begin();
    const { done, value } = this.#steps.next();
    if (done) return this.#endStretch();
    this.#scanned += value.scanned;
    if (value.damaged !== undefined) this.#post({ kind: "damaged", ...value.damaged });
    this.#stretchLeft -= value.found.length;
    this.#add(value.found);
    return true;
  }

  /** What was found and not handed over is found again. */
  rest(): void {
    this.#steps?.return?.();
    this.#steps = undefined;
    for (const { shared } of this.#found) shared?.letGo();
    this.#found = [];
    this.#foundBytes = 0;
    this.#stretch = STEP_EVENTS;
  }

  #begin(): Iterator<ScanStep> {
    const left = this.#scan.limit - this.#posted - this.#found.length;
    const limit = this.#stretchLeft = Math.min(left, this.#stretch);
    const last = this.#found.at(-1);
    return this.#scan.steps({
      after: last === undefined ? this.#position : positionOf(last),
      limit,
    });
  }

  /** @returns False when there is no more. */
  #endStretch(): boolean {
    if (this.#stretchLeft === 0 && this.#posted + this.#found.length < this.#scan.limit) {
      this.#stretch *= GROWTH;
      this.#steps = undefined;
      return true;
    }
    this.#postBatch();
    this.#post({ kind: "end", search: this.#id, scanned: this.#scanned });
    return false;
  }

  #add(found: readonly StoredEvent[]): void {
    for (const stored of found) {
      this.#found.push(stored);
      this.#foundBytes += stored.event.frameLength;
      if (this.#foundBytes >= MAX_BATCH_BYTES) this.#postBatch();
    }
    const isFull = this.#foundBytes >= STEP_BYTES || this.#found.length >= STEP_EVENTS;
    if (isFull || performance.now() - this.#lastBatch > BATCH_WAIT_MS) this.#postBatch();
  }

  #postBatch(): void {
    this.#lastBatch = performance.now();
    const last = this.#found.at(-1);
    if (last === undefined) return;
    this.#position = positionOf(last);
    this.#posted += this.#found.length;
    const events = packEvents(this.#found.map((stored) => stored.event));
    const arrivals = this.#found.map((stored) => stored.arrival);
    for (const { shared } of this.#found) shared?.letGo();
    this.#found = [];
    this.#foundBytes = 0;
    this.credits--;
    this.#post(
      { kind: "batch", search: this.#id, events, arrivals, scanned: this.#scanned },
      transferables(events),
    );
  }
}

function positionOf({ event: { timestamp }, arrival }: StoredEvent): StoredPosition {
  return { timestamp, arrival };
}
