import { Backoff, type BackoffOptions } from "../../base/backoff.ts";
import type { BridgeNotice } from "./bridge_options.ts";

/** What {@linkcode Retry} works with. */
export interface RetryParts {
  readonly bridge: string;
  readonly direction: "to-hat" | "to-theia";
  readonly observer: (notice: BridgeNotice) => void;
  readonly backoff: BackoffOptions | undefined;
  /** Ends it. */
  readonly signal: AbortSignal;
}

/** Tries again what does not work, and says so once until it works again. */
export class Retry {
  readonly #parts: RetryParts;
  readonly #backoff: Backoff;
  #isStalled = false;

  constructor(parts: RetryParts) {
    this.#parts = parts;
    this.#backoff = new Backoff(parts.backoff);
  }

  /** It works: the next failure is one of its own. */
  works(): void {
    this.#backoff.reset();
    if (!this.#isStalled) return;
    this.#isStalled = false;
    const { bridge, direction, observer } = this.#parts;
    observer({ kind: "bridge-resumed", bridge, direction });
  }

  /** Does it until it succeeds or the signal aborts, waiting after each failure. */
  async untilDone(work: () => Promise<void>): Promise<void> {
    const { signal } = this.#parts;
    while (!signal.aborted) {
      try {
        return await work();
      } catch (error) {
        if (signal.aborted) return;
        this.#fails(error);
        await this.#backoff.sleep(this.#backoff.next(), signal).catch(() => {});
      }
    }
  }

  #fails(error: unknown): void {
    if (this.#isStalled) return;
    this.#isStalled = true;
    const { bridge, direction, observer } = this.#parts;
    observer({ kind: "bridge-stalled", bridge, direction, error });
  }
}
