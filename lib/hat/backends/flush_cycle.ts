import type { HatEvent } from "../event.ts";
import { Listeners } from "./listeners.ts";
import type { BackendSettings } from "./options.ts";

/** What a flush of a backend consists of. */
export interface FlushSteps {
  /** Resolves when everything that was registered before the call is on disk. */
  readonly sync: () => Promise<void>;
  /** Is called once a period, after the flush: the moment to drop events. */
  readonly afterwards: () => void;
}

/** Flushes a backend every so often, and tells of events once they are registered and once they are on disk. */
export class FlushCycle {
  /** Told of events that were registered. */
  readonly registered: Listeners;
  /** Told of events that are on disk. */
  readonly flushed: Listeners;
  readonly #settings: BackendSettings;
  readonly #steps: FlushSteps;
  readonly #timer: Disposable;
  #unflushed: (readonly HatEvent[])[] = [];
  #running: Promise<void> = Promise.resolve();
  /** A flush that has not begun: it serves everybody who asks meanwhile. */
  #next: Promise<void> | undefined;

  /** Begins the cycle. */
  constructor(settings: BackendSettings, steps: FlushSteps) {
    const onError = (error: unknown) => settings.observer({ kind: "callback-failed", error });
    this.registered = new Listeners(onError);
    this.flushed = new Listeners(onError);
    this.#settings = settings;
    this.#steps = steps;
    this.#timer = settings.clock.every(
      settings.flushPeriodMs,
      () => void this.#period(),
    );
  }

  /** Takes events that were registered. */
  add(events: readonly HatEvent[]): void {
    if (events.length === 0) return;
    this.#unflushed.push(events);
    this.registered.call(events);
  }

  /** Resolves when everything added before is on disk and `flushed` was told. */
  flush(): Promise<void> {
    return this.#next ??= this.#running = this.#running.catch(() => {}).then(() => {
      this.#next = undefined;
      return this.#flush();
    });
  }

  /** Flushes for nobody: a failure goes to the observer. */
  async flushInBackground(): Promise<void> {
    try {
      await this.flush();
    } catch (error) {
      this.#settings.observer({ kind: "flush-failed", error });
    }
  }

  /** Ends the cycle with a last flush. */
  async close(): Promise<void> {
    this.#timer[Symbol.dispose]();
    await this.flush();
  }

  async #period(): Promise<void> {
    await this.flushInBackground();
    try {
      this.#steps.afterwards();
    } catch (error) {
      this.#settings.observer({ kind: "drop-failed", error });
    }
  }

  async #flush(): Promise<void> {
    const count = this.#unflushed.length;
    await this.#steps.sync();
    for (const events of this.#unflushed.splice(0, count)) this.flushed.call(events);
  }
}
