import type { HatEvent } from "../event.ts";

/**
 * Events may wait while what is missing is asked for; more are asked for afterwards instead. As many as
 * some pages of that.
 */
const MAX_WAITING_EVENTS = 10_000;

/** Events that another server told, waiting to be registered. */
export class SyncInbox {
  readonly #maxWaiting: number;
  #events: HatEvent[] = [];
  #hasLost = false;
  #isEnded = false;
  #wake: () => void = () => {};

  /** @param maxWaiting How many events may wait. */
  constructor(maxWaiting: number = MAX_WAITING_EVENTS) {
    this.#maxWaiting = maxWaiting;
  }

  /** Takes events. When too many wait, all are forgotten. */
  add(events: readonly HatEvent[]): void {
    if (this.#events.length + events.length <= this.#maxWaiting) this.#events.push(...events);
    else {
      this.#events = [];
      this.#hasLost = true;
    }
    this.#wake();
  }

  /** No more events come. */
  end(): void {
    this.#isEnded = true;
    this.#wake();
  }

  /**
   * Waits for events.
   *
   * @returns Those that wait; `missed` when others were forgotten before them; undefined at the end.
   */
  async take(): Promise<readonly HatEvent[] | "missed" | undefined> {
    while (this.#events.length === 0 && !this.#hasLost && !this.#isEnded) {
      await new Promise<void>((wake) => this.#wake = wake);
    }
    if (this.#hasLost) {
      this.#hasLost = false;
      return "missed";
    }
    if (this.#events.length === 0) return undefined;
    const events = this.#events;
    this.#events = [];
    return events;
  }
}
