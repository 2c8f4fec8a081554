/**
 * The kind of an event: a path of segments, such as `["plant", "pump", "1"]`. Any text is a segment,
 * also the empty one, and a type may have no segment at all.
 *
 * As a **query type** it chooses among types: the segment `?` stands for any one segment, and `*` as the
 * last segment for any number of further ones, also none.
 */
export type EventType = readonly string[];

/** The segment of a query type that stands for any one segment. */
export const ANY_SEGMENT = "?";

/** The last segment of a query type that stands for any number of further segments, also none. */
export const ANY_REST = "*";

/** A query type that has `*` before its end, where it has no meaning. */
export class QueryTypeError extends Error {
  /** `"QueryTypeError"`. */
  override readonly name = "QueryTypeError";
  /** The query type that breaks the rule. */
  readonly queryType: EventType;

  /**
   * Makes the error.
   *
   * @param queryType The query type that breaks the rule.
   */
  constructor(queryType: EventType) {
    super(
      "Cannot use query type as '*' must be its last segment: current value is " +
        JSON.stringify(queryType),
    );
    this.queryType = queryType;
  }
}

/**
 * Whether a query type chooses an event type.
 *
 * Hat's rule for a `*` before the end of the query type is kept: there it stands for itself. A
 * subscription refuses such a query type.
 *
 * @example
 * ```ts
 * import { matchesQueryType } from "@theia/collector/hat";
 * import assert from "node:assert/strict";
 *
 * assert(matchesQueryType(["plant", "pump", "1"], ["plant", "?", "*"]));
 * assert(matchesQueryType(["plant"], ["plant", "*"]));
 * assert(!matchesQueryType(["plant"], ["plant", "?"]));
 * ```
 *
 * @param type The type of an event.
 * @param queryType The query type to test it by.
 */
export function matchesQueryType(type: EventType, queryType: EventType): boolean {
  const last = queryType.length - 1;
  const isOpen = last >= 0 && queryType[last] === ANY_REST;
  const length = isOpen ? last : last + 1;
  if (isOpen ? type.length < length : type.length !== length) return false;
  for (let i = 0; i < length; i++) {
    if (queryType[i] !== ANY_SEGMENT && queryType[i] !== type[i]) return false;
  }
  return true;
}

/**
 * Checks that something is an event type: for values that come from outside.
 *
 * @param value What should be an array of strings.
 * @param name What the value is called in the message.
 * @throws {TypeError} When it is not.
 */
export function assertEventType(value: unknown, name = "type"): asserts value is EventType {
  if (!Array.isArray(value)) {
    throw new TypeError(
      `Cannot use event type as '${name}' must be an array of strings: current value is ${
        describe(value)
      }`,
    );
  }
  for (let i = 0; i < value.length; i++) {
    if (typeof value[i] === "string") continue;
    throw new TypeError(
      `Cannot use event type as '${name}[${i}]' must be a string: current value is ${
        describe(value[i])
      }`,
    );
  }
}

function describe(value: unknown): string {
  return typeof value === "string" ? JSON.stringify(value) : String(value);
}
