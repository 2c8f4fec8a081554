import type { Clock } from "../clock.ts";
import { ChatterError } from "./chatter_error.ts";

/** What a {@linkcode Backlog} needs. */
export interface BacklogOptions {
  readonly clock: Clock;
  /** How many bytes may wait for any time. */
  readonly maxQueuedBytes: number;
  /** The peer takes less than is sent to it. */
  readonly onSlow: (error: ChatterError) => void;
}

/**
 * So many times more may wait for a while: what a flush makes known comes in one turn, before the peer can
 * have taken any of it.
 */
const BURST = 16;

/** With more waiting than may for any time, the peer takes that much within so long, or is too slow. */
const PATIENCE_MS = 10_000;

/** Tells whether a peer is too slow: not by how much is sent to it at once, but by how little it takes. */
export class Backlog implements Disposable {
  readonly #options: BacklogOptions;
  #waiting = 0;
  /** Written since the timer began. */
  #written = 0;
  #timer: Disposable | undefined;

  constructor(options: BacklogOptions) {
    this.#options = options;
  }

  /** Looks at how many bytes wait now. */
  update(waiting: number): void {
    const { maxQueuedBytes } = this.#options;
    this.#waiting = waiting;
    if (waiting <= maxQueuedBytes) this[Symbol.dispose]();
    else if (waiting > maxQueuedBytes * BURST) this.#tooSlow();
    else if (this.#timer === undefined) this.#start();
  }

  /** So many bytes were written. */
  wrote(bytes: number): void {
    this.#written += bytes;
  }

  /** Looks no more. */
  [Symbol.dispose](): void {
    this.#timer?.[Symbol.dispose]();
    this.#timer = undefined;
  }

  #start(): void {
    this.#written = 0;
    this.#timer = this.#options.clock.after(PATIENCE_MS, () => {
      if (this.#written < this.#options.maxQueuedBytes) this.#tooSlow();
      else this.#start();
    });
  }

  #tooSlow(): void {
    this[Symbol.dispose]();
    const reason = `it takes less than is sent to it: ${this.#waiting} bytes wait`;
    this.#options.onSlow(new ChatterError("overflow", `Cannot send to peer as ${reason}`));
  }
}
