import type { Cursor } from "../event/criteria.ts";
import { QueryError } from "./query_error.ts";

/** How many stored events there are. */
export interface CollectorCounts {
  /** Events that match. */
  readonly matched: number;
  /** Events that were looked at, or known of without. */
  readonly scanned: number;
  /** How long the collector took. */
  readonly elapsedMs: number;
  /** Every event that arrived up to this number was counted, and none after it. */
  readonly cursor: Cursor;
  /** The buckets that have events, in the order of time; none without an interval. */
  readonly buckets: readonly CountBucket[];
  /** Those with the most events first; none when not grouped. */
  readonly groups: readonly CountGroup[];
  /** Events of none of the groups listed but of others. */
  readonly otherEvents: number;
  /** What the store holds in all. */
  readonly store: StoreFigures;
}

/** How many events there are in a stretch of time. */
export interface CountBucket {
  /** Its first second since 1970, a multiple of the interval. */
  readonly start: number;
  /** At least 1. */
  readonly count: number;
}

/** How many events there are of a source or with a tag. */
export interface CountGroup {
  /** The source, or the tag; `""` stands for none. */
  readonly key: string;
  /** At least 1; an event with several tags counts for each of them. */
  readonly count: number;
  /** As those of all, for this group. */
  readonly buckets: readonly CountBucket[];
}

/** Figures of a whole store. */
export interface StoreFigures {
  /** How many events it holds. */
  readonly events: number;
  /** The least timestamp, undefined when it holds none. */
  readonly oldest: number | undefined;
  /** The greatest timestamp, undefined when it holds none. */
  readonly newest: number | undefined;
}

type Members = Readonly<Record<string, unknown>>;

/**
 * Reads the answer of `/stats`.
 *
 * @param task What is being done, for the message.
 * @throws {QueryError} When it is something else.
 */
export function readCounts(text: string, task: string): CollectorCounts {
  try {
    const answer = members(JSON.parse(text), "answer");
    const store = members(answer["store"], "store");
    return {
      matched: number(answer, "matched"),
      scanned: number(answer, "scanned"),
      elapsedMs: number(answer, "elapsed_ms"),
      cursor: number(answer, "cursor"),
      buckets: buckets(answer["buckets"]),
      groups: list(answer["groups"], "groups").map(group),
      otherEvents: number(answer, "other_events"),
      store: {
        events: number(store, "events"),
        oldest: store["oldest"] === null ? undefined : number(store, "oldest"),
        newest: store["newest"] === null ? undefined : number(store, "newest"),
      },
    };
  } catch (cause) {
    if (!(cause instanceof SyntaxError) && !(cause instanceof TypeError)) throw cause;
    throw new QueryError(`Cannot ${task}: its answer is malformed, ${cause.message}`, { cause });
  }
}

function group(value: unknown): CountGroup {
  const row = members(value, "groups");
  const key = row["key"];
  if (typeof key !== "string") throw new TypeError("'key' must be a string");
  return { key, count: number(row, "count"), buckets: buckets(row["buckets"]) };
}

function buckets(value: unknown): CountBucket[] {
  return list(value, "buckets").map((row) => {
    const [start, count] = list(row, "buckets");
    if (typeof start === "number" && typeof count === "number") return { start, count };
    throw new TypeError("'buckets' must be pairs of numbers");
  });
}

function number(row: Members, name: string): number {
  const value = row[name];
  if (typeof value === "number") return value;
  throw new TypeError(`'${name}' must be a number`);
}

function list(value: unknown, name: string): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw new TypeError(`'${name}' must be an array`);
}

function members(value: unknown, name: string): Members {
  if (typeof value === "object" && value !== null) return value as Members;
  throw new TypeError(`'${name}' must be an object`);
}
