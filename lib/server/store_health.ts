import { EventWriteError } from "../store/store.ts";

/**
 * How long a failed save counts. Where nothing is sent to a collector that is not ready, nothing would
 * show that the store is well again: after that time it is given another try.
 */
const FAILURE_MS = 10_000;

/** Remembers whether saving succeeds. */
export class StoreHealth {
  readonly #now: () => number;
  #failure: { readonly reason: string; readonly at: number } | undefined;

  /** @param now Milliseconds of a clock that does not jump. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** Why events cannot be stored; undefined when they can, as far as one knows. */
  get trouble(): string | undefined {
    const failure = this.#failure;
    if (failure === undefined || this.#now() - failure.at > FAILURE_MS) return undefined;
    return failure.reason;
  }

  /** A save succeeded. */
  succeeded(): void {
    this.#failure = undefined;
  }

  /** A save failed. */
  failed(error: unknown): void {
    const isFull = error instanceof EventWriteError && error.isDiskFull;
    const reason = isFull ? "the disk is full" : "the store does not save";
    this.#failure = { reason, at: this.#now() };
  }
}
