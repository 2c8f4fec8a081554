import { DeadlineError, runWithDeadline } from "../base/deadline.ts";
import { runAsWorker, startWorker, type WorkerThread } from "../base/worker_thread.ts";
import { type Criteria, CriteriaError } from "./criteria.ts";
import { compileCriteria, type Matcher } from "./matcher.ts";
import { type PackedEvents, packEvents, transferables, unpackEvents } from "./packed_events.ts";
import type { RawEvent } from "./raw_event.ts";

/** How long a pattern that may run away gets for one batch of events. */
export const PATTERN_DEADLINE_MS = 1000;

/** Compiled criteria kept by the thread: as many as there may be live subscribers with such patterns. */
const MAX_CACHED_MATCHERS = 256;

const WORKER_NAME = "theia-matcher";

interface MatchRequest {
  readonly request: number;
  readonly criteria: Criteria;
  readonly events: PackedEvents;
  /** Whether to tell when it is begun. */
  readonly tellsTurn: boolean;
}

type MatchReply =
  | { readonly request: number; readonly turn: true }
  | { readonly request: number; readonly matching: readonly number[] }
  | { readonly request: number; readonly error: string };

/**
 * Which of these events match, found under a deadline.
 *
 * @throws {CriteriaError} When the patterns need more time; the message says so.
 */
export function matchWithDeadline(
  matcher: Matcher,
  events: readonly RawEvent[],
  deadlineMs: number = PATTERN_DEADLINE_MS,
): number[] {
  try {
    return runWithDeadline(deadlineMs, () => {
      const matching: number[] = [];
      for (let i = 0; i < events.length; i++) {
        const event = events[i];
        if (event !== undefined && matcher.matches(event)) matching.push(i);
      }
      return matching;
    });
  } catch (cause) {
    if (!(cause instanceof DeadlineError)) throw cause;
    throw tooSlow(deadlineMs, cause);
  }
}

/** The error for patterns that ran out of time. */
export function tooSlow(deadlineMs: number, cause?: unknown): CriteriaError {
  const message = `Cannot match criteria: a pattern took longer than ${deadlineMs} ms on ` +
    "a batch of events; make it simpler, such as (a+)+ to a+";
  return new CriteriaError(message, undefined, { cause });
}

/** Who waits for whom: those of one purpose share a thread and its turns. */
export type MatchPurpose = "find" | "live";

/** Options of {@linkcode GuardedMatcher}. */
export interface GuardedMatcherOptions {
  /** What the matches are for. @default {"live"} */
  readonly purpose?: MatchPurpose;
  /** Called whenever events are begun to be matched, after waiting for others. @default {nothing is called} */
  readonly onTurn?: (() => void) | undefined;
}

/** A request that is not answered yet. */
interface Waiting extends PromiseWithResolvers<readonly number[]> {
  readonly onTurn: (() => void) | undefined;
}

/**
 * Matches criteria whose patterns could run away in a thread beside, which all of one purpose share, so
 * that nobody but their own users waits for them.
 */
export class GuardedMatcher implements Disposable {
  readonly #criteria: Criteria;
  readonly #thread: MatchThread;
  readonly #onTurn: (() => void) | undefined;
  #closed = false;

  /** @throws {CriteriaError} When a pattern is refused. */
  constructor(criteria: Criteria, options: GuardedMatcherOptions = {}) {
    compileCriteria(criteria);
    this.#criteria = criteria;
    this.#thread = MatchThread.enter(options.purpose ?? "live");
    this.#onTurn = options.onTurn;
  }

  /**
   * The indexes of the events that match.
   *
   * @throws {CriteriaError} When the patterns run out of time.
   */
  matching(events: readonly RawEvent[]): Promise<readonly number[]> {
    return this.#thread.match(this.#criteria, events, this.#onTurn);
  }

  [Symbol.dispose](): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#thread.leave();
  }
}

/** A thread that matches, as long as somebody uses it. */
class MatchThread {
  static readonly #threads = new Map<MatchPurpose, MatchThread>();

  #worker: WorkerThread<MatchRequest> | undefined;
  #users = 0;
  #requests = 0;
  readonly #waiting = new Map<number, Waiting>();

  /** The thread of a purpose, with one user more. */
  static enter(purpose: MatchPurpose): MatchThread {
    const thread = this.#threads.get(purpose) ?? new MatchThread();
    this.#threads.set(purpose, thread);
    thread.#users++;
    return thread;
  }

  /** To be called once for each user. */
  leave(): void {
    if (--this.#users === 0) this.#fail(new Error("the matcher was closed"));
  }

  match(
    criteria: Criteria,
    events: readonly RawEvent[],
    onTurn: (() => void) | undefined,
  ): Promise<readonly number[]> {
    const worker = this.#worker ??= startWorker(import.meta.url, WORKER_NAME, {
      onMessage: (reply: MatchReply) => this.#settle(reply),
      onError: (error) => this.#fail(error),
    });
    const request = ++this.#requests;
    const result = Promise.withResolvers<readonly number[]>();
    this.#waiting.set(request, { ...result, onTurn });
    const packed = packEvents(events);
    const tellsTurn = onTurn !== undefined;
    worker.post({ request, criteria, events: packed, tellsTurn }, transferables(packed));
    return result.promise;
  }

  #settle(reply: MatchReply): void {
    const result = this.#waiting.get(reply.request);
    if ("turn" in reply) return result?.onTurn?.();
    this.#waiting.delete(reply.request);
    if ("matching" in reply) result?.resolve(reply.matching);
    else result?.reject(new CriteriaError(reply.error));
  }

  #fail(error: Error): void {
    this.#worker?.[Symbol.dispose]();
    this.#worker = undefined;
    for (const result of this.#waiting.values()) {
      result.promise.catch(() => {});
      result.reject(error);
    }
    this.#waiting.clear();
  }
}

runAsWorker<MatchRequest, MatchReply>(WORKER_NAME, (port) => {
  const matchers = new Map<string, Matcher>();
  port.onMessage(({ request, criteria, events, tellsTurn }) => {
    if (tellsTurn) port.post({ request, turn: true });
    const key = JSON.stringify(criteria);
    try {
      if (matchers.size > MAX_CACHED_MATCHERS) matchers.clear();
      const matcher = matchers.get(key) ?? compileCriteria(criteria);
      matchers.set(key, matcher);
      port.post({ request, matching: matchWithDeadline(matcher, unpackEvents(events)) });
    } catch (error) {
      port.post({ request, error: error instanceof Error ? error.message : String(error) });
    }
  });
});
