import { type Criteria, CriteriaError, timeSpan } from "./criteria.ts";
import type { Event } from "./event.ts";
import { compilePattern, type Pattern, PatternError, type PatternMode } from "./pattern.ts";

/** Criteria made ready: says of an event whether it is among those asked for. */
export interface Matcher {
  /** What was compiled. */
  readonly criteria: Criteria;
  /** False when a pattern could run for ever on some event, so that it must run under a deadline. */
  readonly linear: boolean;
  /** The pattern for the content, for stores that look for candidates in bulk. */
  readonly content: Pattern | undefined;
  /** Whether the event's timestamp, id, source, tags and content hold; order, limit and since are not its matter. */
  matches(event: Event): boolean;
  /** Whether an event of this id can match. */
  mayMatchId(id: string): boolean;
  /** Whether source and tags hold. */
  matchesLabels(labels: Pick<Event, "source" | "tags">): boolean;
  /**
   * False when no event can match whose source is among these and whose tags are all among these;
   * undefined means any, the empty tag stands for an event without tags.
   */
  mayMatchLabels(
    sources: readonly string[] | undefined,
    tags: readonly string[] | undefined,
  ): boolean;
}

/**
 * Compiles the patterns of criteria. An empty pattern is no filter, as in Theia 0.9.2.
 *
 * @throws {CriteriaError} When a pattern is refused: the message names the key and the construct, the
 * cause is the {@linkcode PatternError}.
 */
export function compileCriteria(criteria: Criteria): Matcher {
  const id = compileKey("id", criteria.id, "match");
  const source = compileKey("source", criteria.source, "match");
  const content = compileKey("content", criteria.content, "search");
  const tags = (criteria.tags ?? []).map((tag) => compileKey("tags", tag, "fullmatch", true));
  const { start, end } = timeSpan(criteria);
  const patterns = [id, source, content, ...tags];

  function matchesLabels(labels: Pick<Event, "source" | "tags">): boolean {
    if (source !== undefined && !source.test(labels.source)) return false;
    return tags.every((tag) => hasTag(labels.tags, tag));
  }

  return {
    criteria,
    content,
    linear: patterns.every((pattern) => pattern === undefined || pattern.linear),
    mayMatchId: (text) => id === undefined || id.test(text),
    matchesLabels,
    mayMatchLabels(sources, labels) {
      return isAnyFound(source, sources) && tags.every((tag) => isAnyFound(tag, labels));
    },
    matches(event) {
      if (event.timestamp < start || event.timestamp > end) return false;
      if (id !== undefined && !id.test(event.id)) return false;
      return matchesLabels(event) && (content === undefined || content.test(event.content));
    },
  };
}

function isAnyFound(pattern: Pattern | undefined, values: readonly string[] | undefined): boolean {
  if (pattern === undefined || values === undefined) return true;
  return values.some((value) => pattern.test(value));
}

/** An event without tags has the empty tag: Theia 0.9.2 lets the pattern `""` find it. */
function hasTag(tags: readonly string[], pattern: Pattern | undefined): boolean {
  if (pattern === undefined) return true;
  return tags.length === 0 ? pattern.test("") : tags.some((tag) => pattern.test(tag));
}

function compileKey(
  key: keyof Criteria,
  source: string | undefined,
  mode: PatternMode,
  keepEmpty = false,
): Pattern | undefined {
  if (source === undefined || (source === "" && !keepEmpty)) return undefined;
  try {
    return compilePattern(source, mode);
  } catch (cause) {
    if (!(cause instanceof PatternError)) throw cause;
    throw new CriteriaError(`Cannot read criteria: '${key}': ${cause.message}`, key, { cause });
  }
}
