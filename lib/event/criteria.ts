/**
 * Which events to find or to follow; every member is optional and all that are given must hold.
 *
 * Patterns are Python regular expressions, see {@linkcode compilePattern}.
 */
export interface Criteria {
  /** Pattern matched at the start of the id. */
  readonly id?: string;
  /** Pattern matched at the start of the source. */
  readonly source?: string;
  /** Earliest timestamp, inclusive, in seconds since 1970. */
  readonly start?: number;
  /** Latest timestamp, inclusive, in seconds since 1970; 0 is open, as in Theia 0.9.2. */
  readonly end?: number;
  /** Patterns of which each must match one whole tag. */
  readonly tags?: readonly string[];
  /** Pattern searched anywhere in the content. */
  readonly content?: string;
  /** By timestamp, ties by arrival. @default {"asc"} */
  readonly order?: Order;
  /** At most that many events. @default {no limit} */
  readonly limit?: number;
  /** Only events that arrived after this cursor. @default {all} */
  readonly since?: Cursor;
}

/** `asc`: oldest first; `desc`: newest first. */
export type Order = "asc" | "desc";

/**
 * A place in the order of arrival: the arrival number of the last event seen. Arrival numbers rise,
 * may have gaps, and are never given twice by one store.
 */
export type Cursor = number;

/** Criteria that cannot be used: the message names the key, its rule and its value. */
export class CriteriaError extends Error {
  /** Tells this error from others, also across copies of this library. */
  override readonly name = "CriteriaError";
  /** The key that is wrong, or undefined when the criteria are no object at all. */
  readonly key: string | undefined;

  /** For those who check criteria. */
  constructor(message: string, key?: string, options?: ErrorOptions) {
    super(message, options);
    this.key = key;
  }
}

/** The time span of criteria, both ends inclusive; where one is open it is infinite. */
export function timeSpan(criteria: Criteria): { readonly start: number; readonly end: number } {
  return { start: criteria.start ?? -Infinity, end: criteria.end || Infinity };
}

/**
 * Criteria that hold for the same events, but say nothing of their order and how many are wanted.
 *
 * @example
 * ```ts
 * import { withoutOrder } from "@theia/collector/event";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(withoutOrder({ source: "cron", order: "desc", limit: 9 }), { source: "cron" });
 * ```
 */
export function withoutOrder(criteria: Criteria): Omit<Criteria, "order" | "limit"> {
  const { order: _order, limit: _limit, ...filters } = criteria;
  return filters;
}

type Rule = {
  readonly expected: string;
  readonly holds: (value: unknown) => boolean;
};

const PATTERN: Rule = { expected: "a string", holds: (value) => typeof value === "string" };
const SECONDS: Rule = {
  expected: "a finite number of seconds since 1970",
  holds: (value) => Number.isFinite(value),
};
const COUNT: Rule = {
  expected: "a non-negative integer",
  holds: (value) => Number.isSafeInteger(value) && Number(value) >= 0,
};

const RULES: Readonly<Record<keyof Criteria, Rule>> = {
  id: PATTERN,
  source: PATTERN,
  start: SECONDS,
  end: SECONDS,
  tags: {
    expected: "an array of strings",
    holds: (value) => Array.isArray(value) && value.every((tag) => typeof tag === "string"),
  },
  content: PATTERN,
  order: { expected: "'asc' or 'desc'", holds: (value) => value === "asc" || value === "desc" },
  limit: COUNT,
  since: COUNT,
};

/**
 * Checks a value from outside, such as parsed JSON. A key whose value is null counts as not given.
 *
 * Patterns are not compiled here; see `compileCriteria`.
 *
 * @example
 * ```ts
 * import { parseCriteria } from "@theia/collector/event";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(parseCriteria({ start: 1.5, end: null }), { start: 1.5 });
 * assert.throws(() => parseCriteria({ tags: "web" }), /'tags' must be an array of strings/);
 * ```
 *
 * @throws {CriteriaError} When the value is no object, has an unknown key, or a value of a wrong type.
 */
export function parseCriteria(value: unknown): Criteria {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new CriteriaError(
      `Cannot read criteria: must be a JSON object, current value is ${describe(value)}`,
    );
  }
  const criteria: Record<string, unknown> = {};
  for (const [key, member] of Object.entries(value)) {
    if (!isCriteriaKey(key)) {
      const known = Object.keys(RULES).join(", ");
      throw new CriteriaError(
        `Cannot read criteria: unknown key '${key}', known are ${known}`,
        key,
      );
    }
    if (member === null || member === undefined) continue;
    const rule = RULES[key];
    if (!rule.holds(member)) {
      const message = `Cannot read criteria: '${key}' must be ${rule.expected}, ` +
        `current value is ${describe(member)}`;
      throw new CriteriaError(message, key);
    }
    criteria[key] = member;
  }
  if (criteria["end"] === 0) delete criteria["end"];
  return criteria;
}

function isCriteriaKey(key: string): key is keyof Criteria {
  return Object.hasOwn(RULES, key);
}

/** Long enough to recognise a value, short enough for a message. */
const MAX_SHOWN_CHARS = 80;

function describe(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > MAX_SHOWN_CHARS ? `${text.slice(0, MAX_SHOWN_CHARS)}…` : text;
}
