import { DeadlineError, runWithDeadline } from "../../base/deadline.ts";
import { type EventFinder, findContext } from "../../client/neighbours.ts";
import { type Criteria, CriteriaError } from "../../event/criteria.ts";
import type { Event } from "../../event/event.ts";
import { compileCriteria, type Matcher } from "../../event/matcher.ts";
import type { PrintedEvent } from "./event_printer.ts";
import { sourceEvents } from "./source_events.ts";

/** A pattern may take that long for some events, as in a collector. */
const MATCH_DEADLINE_MS = 1000;

/** What is asked for of a source beyond what surely belongs to a group. */
const MARGIN = 8;

/** Options of {@linkcode contextGroups}. */
export interface ContextGroupsOptions {
  /** Which events were asked for; those around them need not match. */
  readonly criteria: Criteria;
  /** How many events before each one. */
  readonly before: number;
  /** How many events after each one. */
  readonly after: number;
}

/** How far the events of a source were printed. */
interface Progress {
  readonly timestamp: number;
  /** Which ones of the last timestamp. */
  readonly ids: ReadonlySet<string>;
}

/**
 * The events that were asked for with those of the same source around them, in groups: where one's
 * surroundings reach the next one they are one group, as of `grep`.
 *
 * Groups come in the order of their first match. Each must be taken whole before the next. For each one
 * its source is read from the first match until nothing more belongs to it, so in memory are the events
 * before one match, and how far each source was printed.
 *
 * @param matches The events asked for, in the order of time.
 */
export async function* contextGroups(
  finder: EventFinder,
  matches: AsyncIterable<Event>,
  options: ContextGroupsOptions,
): AsyncGenerator<AsyncIterable<PrintedEvent>, void> {
  const printed = new Map<string, Progress>();
  const walker = new GroupWalker(finder, options);
  for await (const match of matches) {
    const progress = printed.get(match.source);
    if (progress !== undefined && isPrinted(match, progress)) continue;
    if (walker.isDone) return;
    yield walker.group(match, progress);
    printed.set(match.source, walker.progress);
  }
}

function isPrinted(event: Event, { timestamp, ids }: Progress): boolean {
  if (event.timestamp !== timestamp) return event.timestamp < timestamp;
  return ids.has(event.id);
}

/** Walks along the events of one source after another. */
class GroupWalker {
  readonly #finder: EventFinder;
  readonly #matcher: Matcher;
  readonly #options: ContextGroupsOptions;
  #remaining: number;
  #timestamp = 0;
  #ids = new Set<string>();

  constructor(finder: EventFinder, options: ContextGroupsOptions) {
    this.#finder = finder;
    this.#options = options;
    this.#matcher = compileCriteria(options.criteria);
    this.#remaining = options.criteria.limit ?? Infinity;
  }

  /** Whether as many matches were printed as were asked for. */
  get isDone(): boolean {
    return this.#remaining <= 0;
  }

  /** How far the last group went. */
  get progress(): Progress {
    return { timestamp: this.#timestamp, ids: this.#ids };
  }

  /** The group that begins around a match, and not before what was printed. */
  async *group(first: Event, progress: Progress | undefined): AsyncGenerator<PrintedEvent, void> {
    this.#timestamp = -Infinity;
    const { before } = this.#options;
    if (before > 0) {
      const around = await findContext(this.#finder, first, { before, sameSource: true });
      for (const event of around.before) {
        if (progress === undefined || !isPrinted(event, progress)) yield this.#take(event, true);
      }
    }
    yield* this.#walk(first);
  }

  /** From the first match on until as many events without one have passed as end a group. */
  async *#walk(first: Event): AsyncGenerator<PrintedEvent, void> {
    const { before, after } = this.#options;
    const waiting: Event[] = [];
    let trailing = 0;
    let hasBegun = false;
    for await (const { event, isMatch } of this.#candidates(first)) {
      if (!hasBegun && event.id !== first.id) continue;
      if (!hasBegun || (isMatch && !this.isDone)) {
        hasBegun = true;
        for (const passed of waiting.splice(0)) yield this.#take(passed, true);
        yield this.#take(event, false);
        this.#remaining--;
        trailing = after;
      } else if (trailing > 0) {
        trailing--;
        yield this.#take(event, true);
      } else {
        waiting.push(event);
      }
      if (waiting.length > before || (this.isDone && trailing === 0)) return;
    }
    // It was removed meanwhile; it was found all the same.
    if (!hasBegun) yield this.#take(first, false);
  }

  #take(event: Event, isContext: boolean): PrintedEvent {
    if (event.timestamp !== this.#timestamp) this.#ids = new Set();
    this.#timestamp = event.timestamp;
    this.#ids.add(event.id);
    return { event, isContext };
  }

  async *#candidates(
    first: Event,
  ): AsyncGenerator<{ readonly event: Event; readonly isMatch: boolean }, void> {
    const { before, after } = this.#options;
    for await (const events of sourceEvents(this.#finder, first, before + after + MARGIN)) {
      const matching = this.#matching(events);
      for (const [i, event] of events.entries()) yield { event, isMatch: matching[i] === true };
    }
  }

  #matching(events: readonly Event[]): readonly boolean[] {
    try {
      return runWithDeadline(
        MATCH_DEADLINE_MS,
        () => events.map((event) => this.#matcher.matches(event)),
      );
    } catch (cause) {
      if (!(cause instanceof DeadlineError)) throw cause;
      const message =
        `Cannot find context: a pattern needs more than ${MATCH_DEADLINE_MS} ms for ` +
        `${events.length} events of source '${events[0]?.source}'; use a simpler one`;
      throw new CriteriaError(message, undefined, { cause });
    }
  }
}
