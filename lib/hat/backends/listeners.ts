import type { HatEvent } from "../event.ts";

/** What is called with events. */
export type EventsCallback = (events: readonly HatEvent[]) => void;

/** Callbacks of the users of a backend: one that throws keeps no other from its events. */
export class Listeners {
  readonly #callbacks = new Set<{ readonly call: EventsCallback }>();
  readonly #onError: (error: unknown) => void;

  /** @param onError Told what a callback threw. */
  constructor(onError: (error: unknown) => void) {
    this.#onError = onError;
  }

  /** Adds a callback, until the result is disposed of. */
  add(call: EventsCallback): Disposable {
    const entry = { call };
    this.#callbacks.add(entry);
    return { [Symbol.dispose]: () => void this.#callbacks.delete(entry) };
  }

  /** Calls all of them, unless there are no events. */
  call(events: readonly HatEvent[]): void {
    if (events.length === 0) return;
    for (const { call } of [...this.#callbacks]) {
      try {
        call(events);
      } catch (error) {
        this.#onError(error);
      }
    }
  }
}
