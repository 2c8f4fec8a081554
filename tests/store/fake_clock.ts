import type { RetentionClock } from "../../lib/store/sqlite/retention.ts";

/** A clock that a test moves. */
export class FakeClock implements RetentionClock {
  seconds: number;
  readonly #calls = new Set<() => void>();

  constructor(seconds: number) {
    this.seconds = seconds;
  }

  now(): number {
    return this.seconds * 1000;
  }

  every(_ms: number, call: () => void): Disposable {
    this.#calls.add(call);
    return { [Symbol.dispose]: () => void this.#calls.delete(call) };
  }

  /** How many timers run. */
  get timers(): number {
    return this.#calls.size;
  }

  /** Lets every timer go off once. */
  tick(): void {
    for (const call of this.#calls) call();
  }
}
