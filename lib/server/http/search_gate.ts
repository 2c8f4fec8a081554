import { HttpProblem } from "./problem.ts";

/** Bounds how many searches run for requests at once: each may hold a thread of the store. */
export class SearchGate {
  readonly #max: number;
  #running = 0;

  constructor(max: number) {
    this.#max = max;
  }

  /** How many run. */
  get running(): number {
    return this.#running;
  }

  /**
   * Begins a search.
   *
   * @returns Ends it; may be called more than once.
   * @throws {HttpProblem} With 503 when there are too many.
   */
  enter(): () => void {
    if (this.#running >= this.#max) {
      throw new HttpProblem({
        status: 503,
        detail: `Cannot search as ${this.#max} searches run already; try again later`,
        headers: { "retry-after": "1" },
      });
    }
    this.#running++;
    let isOver = false;
    return () => {
      if (!isOver) this.#running--;
      isOver = true;
    };
  }
}
