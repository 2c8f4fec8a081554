import type { EventWriteError } from "./store.ts";

/** What a store tells about room on its disk: once when it is full, once when writing goes on. */
export type DiskNotice =
  /** Nothing can be saved until there is room again; the store finds out by itself. */
  | { readonly kind: "disk-full"; readonly reason: string }
  /** Events are saved again. */
  | { readonly kind: "disk-ready" };

/**
 * How long saves are refused untried after one found the disk full: an attempt costs as much as a
 * save. A producer that tries again after half a second is within a second of space coming back.
 */
const REFUSAL_MS = 200;

/** Keeps a full disk from costing work with each save, and tells when it begins and ends. */
export class DiskFullGate {
  readonly #now: () => number;
  #listener: (notice: DiskNotice) => void = () => {};
  #error: EventWriteError | undefined;
  #tryAgainAt = 0;

  /** @param now Milliseconds of a clock that does not jump. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** Calls with what happens from now on; one listener at a time. */
  onNotice(listener: (notice: DiskNotice) => void): void {
    this.#listener = listener;
  }

  /** Why a save need not be tried now; undefined when it is to be tried. */
  get refusal(): EventWriteError | undefined {
    return this.#now() < this.#tryAgainAt ? this.#error : undefined;
  }

  /** A save failed; the gate closes when that was for lack of room. */
  failed(error: EventWriteError): void {
    if (!error.isDiskFull) return;
    const isNews = this.#error === undefined;
    this.#error = error;
    this.#tryAgainAt = this.#now() + REFUSAL_MS;
    if (isNews) this.#listener({ kind: "disk-full", reason: error.message });
  }

  /** Something was written that needed room. */
  passed(): void {
    if (this.#error === undefined) return;
    this.#error = undefined;
    this.#tryAgainAt = 0;
    this.#listener({ kind: "disk-ready" });
  }

  /** Events went away: the next save may find room. */
  open(): void {
    this.#tryAgainAt = 0;
  }
}
