import type { Cursor } from "../../event/criteria.ts";
import type { Server } from "./server.ts";
import { purge } from "./upkeep.ts";

/** Deletions within this time are removed from the disks together, as each removal rewrites files. */
const DELAY_MS = 10_000;

/**
 * Has the servers remove deleted events from their disks some time after they were deleted. Nothing
 * depends on it but the space: nobody looks at them any more.
 */
export class Purge implements AsyncDisposable {
  readonly #server: Server;
  readonly #onFailed: (reason: string) => void;
  #arrivals: Cursor[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  #running: Promise<void> | undefined;
  #closed = false;

  constructor(server: Server, onFailed: (reason: string) => void) {
    this.#server = server;
    this.#onFailed = onFailed;
  }

  /** Takes arrival numbers of deleted events. */
  add(arrivals: readonly Cursor[]): void {
    for (const arrival of arrivals) this.#arrivals.push(arrival);
    if (this.#closed) return;
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#running = this.#run();
    }, DELAY_MS);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    await this.#running;
    await this.#run();
  }

  async #run(): Promise<void> {
    const arrivals = this.#arrivals;
    this.#arrivals = [];
    try {
      await purge(this.#server, arrivals);
    } catch (error) {
      this.#arrivals = [...arrivals, ...this.#arrivals];
      this.#onFailed(error instanceof Error ? error.message : String(error));
    }
  }
}
