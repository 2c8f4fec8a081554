import { type Criteria, CriteriaError } from "../event/criteria.ts";
import { GuardedMatcher, matchWithDeadline } from "../event/guarded_matcher.ts";
import type { Matcher } from "../event/matcher.ts";
import type { RawEvent } from "../event/raw_event.ts";

/**
 * How long the patterns of one subscriber may hold up everybody else for one batch. The largest batch
 * takes half of it at the usual speed of a pattern.
 */
const MAIN_THREAD_DEADLINE_MS = 100;

/**
 * Finds which events of a batch a live subscriber asked for, where it disturbs nobody: on the main
 * thread while its patterns are linear and in time, else on the thread for patterns that may run away.
 */
export class BatchMatcher implements Disposable {
  readonly #matcher: Matcher;
  readonly #hasPatterns: boolean;
  #guarded: GuardedMatcher | undefined;

  constructor(matcher: Matcher) {
    this.#matcher = matcher;
    this.#hasPatterns = hasPatterns(matcher.criteria);
    if (!matcher.linear) this.#guarded = new GuardedMatcher(matcher.criteria);
  }

  /**
   * The indexes of the events that match: at once where the main thread does it.
   *
   * @throws {CriteriaError} When the patterns ran out of time, perhaps as a rejection.
   */
  matching(events: readonly RawEvent[]): readonly number[] | Promise<readonly number[]> {
    if (this.#guarded !== undefined) return this.#guarded.matching(events);
    if (!this.#hasPatterns) return this.#matchTimes(events);
    try {
      return matchWithDeadline(this.#matcher, events, MAIN_THREAD_DEADLINE_MS);
    } catch (error) {
      if (!(error instanceof CriteriaError)) throw error;
      this.#guarded = new GuardedMatcher(this.#matcher.criteria);
      return this.#guarded.matching(events);
    }
  }

  [Symbol.dispose](): void {
    this.#guarded?.[Symbol.dispose]();
  }

  #matchTimes(events: readonly RawEvent[]): number[] {
    const matching: number[] = [];
    for (const [i, event] of events.entries()) {
      if (this.#matcher.matches(event)) matching.push(i);
    }
    return matching;
  }
}

function hasPatterns({ id, source, content, tags }: Criteria): boolean {
  return [id, source, content].some((pattern) => pattern !== undefined && pattern !== "") ||
    (tags ?? []).length > 0;
}
