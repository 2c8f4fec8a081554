import { HttpProblem, RETRY_LATER } from "./problem.ts";

/** Bounds how many requests of a kind are under way at once, as each holds something meanwhile. */
export class RequestGate {
  readonly #max: number;
  readonly #purpose: string;
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  /** @param purpose What they do, such as `search`. */
  constructor(max: number, purpose: string) {
    this.#max = max;
    this.#purpose = purpose;
  }

  /** How many are under way. */
  get running(): number {
    return this.#running;
  }

  /**
   * Begins a request.
   *
   * @returns Ends it; may be called more than once.
   * @throws {HttpProblem} With 503 when there are too many.
   */
  enter(): () => void {
    if (this.#running >= this.#max) {
      throw new HttpProblem({
        status: 503,
        detail: `Cannot ${this.#purpose} as ${this.#max} requests do already; try again later`,
        headers: RETRY_LATER,
      });
    }
    this.#running++;
    let isOver = false;
    return () => {
      if (isOver) return;
      isOver = true;
      this.#running--;
      if (this.#running === 0) { for (const resolve of this.#waiting.splice(0)) resolve(); }
    };
  }

  /** Resolves when none is under way. */
  settled(): Promise<void> {
    if (this.#running === 0) return Promise.resolve();
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.push(resolve);
    return promise;
  }
}
