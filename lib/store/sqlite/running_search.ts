import { packEvents, transferables } from "../../event/packed_events.ts";
import type { PostReply, RunningScan } from "./running_scan.ts";
import type { Scan, ScanStep } from "./scan.ts";
import { SEARCH_CREDITS } from "./scan_protocol.ts";
import type { StoredEvent } from "./stored_event.ts";

/** Bytes and events after which found events are handed over as a batch. */
const BATCH_BYTES = 256 << 10;
const BATCH_EVENTS = 2048;

/** How long found events wait for more of them before they are handed over. */
const BATCH_WAIT_MS = 50;

/** A part of a search: hands over what it finds, in batches. */
export class RunningSearch implements RunningScan {
  credits = SEARCH_CREDITS;
  readonly #id: number;
  readonly #steps: Iterator<ScanStep>;
  readonly #post: PostReply;
  #found: StoredEvent[] = [];
  #foundBytes = 0;
  #scanned = 0;
  #lastBatch = performance.now();

  constructor(
    id: number,
    scan: Scan,
    post: PostReply,
  ) {
    this.#id = id;
    this.#steps = scan.steps();
    this.#post = post;
  }

  step(): boolean {
    const { done, value } = this.#steps.next();
    if (done) {
      this.#postBatch();
      this.#post({ kind: "end", search: this.#id, scanned: this.#scanned });
      return false;
    }
    this.#scanned += value.scanned;
    if (value.damaged !== undefined) this.#post({ kind: "damaged", ...value.damaged });
    this.#add(value.found);
    return true;
  }

  #add(found: readonly StoredEvent[]): void {
    for (const stored of found) {
      this.#found.push(stored);
      this.#foundBytes += stored.event.frameLength;
      if (this.#foundBytes >= BATCH_BYTES || this.#found.length >= BATCH_EVENTS) this.#postBatch();
    }
    if (performance.now() - this.#lastBatch > BATCH_WAIT_MS) this.#postBatch();
  }

  #postBatch(): void {
    this.#lastBatch = performance.now();
    if (this.#found.length === 0) return;
    const events = packEvents(this.#found.map((stored) => stored.event));
    const arrivals = this.#found.map((stored) => stored.arrival);
    this.#found = [];
    this.#foundBytes = 0;
    this.credits--;
    this.#post(
      { kind: "batch", search: this.#id, events, arrivals, scanned: this.#scanned },
      transferables(events),
    );
  }
}
