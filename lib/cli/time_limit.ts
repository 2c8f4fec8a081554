/** A time to wait for, or to give up waiting for when it is disposed. */
export class TimeLimit implements Disposable {
  /** Resolves when the time is over; never when the limit is disposed before. */
  readonly passed: Promise<void>;
  readonly #timer: ReturnType<typeof setTimeout>;

  constructor(ms: number) {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.passed = promise;
    this.#timer = setTimeout(resolve, ms);
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
  }
}
