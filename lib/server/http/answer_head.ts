import { DOUBTFUL_HEAD_MS, MAX_TURN_WAIT_MS, SEARCH_HEAD_MS } from "../limits.ts";
import { HttpProblem, RETRY_LATER } from "./problem.ts";

/** What may be wrong with a search that nobody can tell before. */
export type SearchDoubt =
  /** Nothing. */
  | "none"
  /** That there are too many counts. */
  | "counts"
  /** That its patterns run away; it waits for its turn. */
  | "patterns";

/** How long {@linkcode AnswerHead} waits, in milliseconds. */
export interface HeadWaits {
  /** For a search that nothing is wrong with. */
  readonly soundMs: number;
  /** For another one, from its turn. */
  readonly doubtfulMs: number;
  /** For its turn. */
  readonly turnMs: number;
}

const WAITS: HeadWaits = {
  soundMs: SEARCH_HEAD_MS,
  doubtfulMs: DOUBTFUL_HEAD_MS,
  turnMs: MAX_TURN_WAIT_MS,
};

/**
 * Says when an answer begins although there is nothing of it: before, an error has a status of its own;
 * from then on a client that leaves is noticed.
 */
export class AnswerHead implements Disposable {
  /** Resolves when the answer is to begin; rejects with an {@linkcode HttpProblem} when it is in vain. */
  readonly due: Promise<void>;
  readonly #doubtfulMs: number;
  readonly #resolve: () => void;
  #waitsForTurn: boolean;
  #timer: ReturnType<typeof setTimeout>;

  constructor(doubt: SearchDoubt, { soundMs, doubtfulMs, turnMs }: HeadWaits = WAITS) {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.due = promise;
    // Nobody may wait any more when it rejects.
    promise.catch(() => {});
    this.#resolve = resolve;
    this.#doubtfulMs = doubtfulMs;
    this.#waitsForTurn = doubt === "patterns";
    this.#timer = this.#waitsForTurn
      ? setTimeout(() => reject(noTurn()), turnMs)
      : setTimeout(resolve, doubt === "none" ? soundMs : doubtfulMs);
  }

  /** The search got its turn. */
  takeTurn(): void {
    if (!this.#waitsForTurn) return;
    this.#waitsForTurn = false;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(this.#resolve, this.#doubtfulMs);
  }

  /** Ends the waiting. */
  [Symbol.dispose](): void {
    this.#waitsForTurn = false;
    clearTimeout(this.#timer);
  }
}

function noTurn(): HttpProblem {
  return new HttpProblem({
    status: 503,
    detail:
      "Cannot search now: too many others have patterns that may run away; try again later, " +
      "or without look-around, back-references or large repetitions",
    headers: RETRY_LATER,
  });
}
