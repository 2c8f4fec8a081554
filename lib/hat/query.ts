import { assertEventId, type EventId, type HatEvent } from "./event.ts";
import type { EventType } from "./event_type.ts";
import { Subscription } from "./subscription.ts";
import { Timestamp } from "./timestamp.ts";

/** In which direction the results of a query lie. */
export type Order = "descending" | "ascending";

/** By which timestamp the results of a query are ordered. */
export type OrderBy = "timestamp" | "sourceTimestamp";

/** What an event server does at the moment; it registers only when it is `operational`. */
export type Status = "standby" | "starting" | "operational" | "stopping";

/** Asks for the latest event of each type. */
export interface QueryLatestParams {
  /** Which query this is. */
  readonly kind: "latest";
  /** Query types, one of which a type must match. @default {all types} */
  readonly eventTypes?: readonly EventType[] | undefined;
}

/** Asks for events of a span of time. All limits are inclusive. */
export interface QueryTimeseriesParams {
  /** Which query this is. */
  readonly kind: "timeseries";
  /** Query types, one of which an event must match. @default {all types} */
  readonly eventTypes?: readonly EventType[] | undefined;
  /** The least timestamp. */
  readonly tFrom?: Timestamp | undefined;
  /** The greatest timestamp. */
  readonly tTo?: Timestamp | undefined;
  /** The least source timestamp; leaves out events without one. */
  readonly sourceTFrom?: Timestamp | undefined;
  /** The greatest source timestamp; leaves out events without one. */
  readonly sourceTTo?: Timestamp | undefined;
  /** In which direction results lie. @default {"descending"} */
  readonly order?: Order | undefined;
  /** By what results are ordered; `sourceTimestamp` leaves out events without one. @default {"timestamp"} */
  readonly orderBy?: OrderBy | undefined;
  /** How many results at most. @default {as many as the server gives at once} */
  readonly maxResults?: number | undefined;
  /** Results start after this event, which must satisfy the other members. @default {from the first} */
  readonly lastEventId?: EventId | undefined;
}

/** Asks for the events of one server, in natural order. */
export interface QueryServerParams {
  /** Which query this is. */
  readonly kind: "server";
  /** The server. */
  readonly serverId: number;
  /** Whether only events that are on disk are wanted. @default {false} */
  readonly persisted?: boolean | undefined;
  /** How many results at most. @default {as many as the server gives at once} */
  readonly maxResults?: number | undefined;
  /** Results are greater than this one. @default {from the first} */
  readonly lastEventId?: EventId | undefined;
}

/** One of the three queries. */
export type QueryParams = QueryLatestParams | QueryTimeseriesParams | QueryServerParams;

/** What a query finds. */
export interface QueryResult {
  /** The found events, in order. */
  readonly events: readonly HatEvent[];
  /** Whether there are more than were given. */
  readonly moreFollows: boolean;
}

/**
 * Checks that something is a query that can be answered: for values that come from outside, and at the
 * entry of every backend.
 *
 * @example
 * ```ts
 * import { assertQueryParams } from "@theia/collector/hat";
 * import assert from "node:assert/strict";
 *
 * assertQueryParams({ kind: "latest", eventTypes: [["plant", "*"]] });
 * assert.throws(() => assertQueryParams({ kind: "timeseries", maxResults: -1 }), RangeError);
 * ```
 *
 * @throws {TypeError} When a member has the wrong kind.
 * @throws {RangeError} When `maxResults` is negative, or `lastEventId` of another server than the query.
 * @throws {QueryTypeError} When a query type has `*` before its end.
 */
export function assertQueryParams(value: unknown): asserts value is QueryParams {
  if (typeof value !== "object" || value === null) throw problem("query", "be an object", value);
  const params = value as QueryParams;
  switch (params.kind) {
    case "latest":
      return assertEventTypes(params.eventTypes);
    case "timeseries":
      return assertTimeseries(params);
    case "server":
      return assertServer(params);
    default:
      throw problem("kind", "be latest, timeseries or server", (value as { kind?: unknown }).kind);
  }
}

function assertTimeseries(params: QueryTimeseriesParams): void {
  assertEventTypes(params.eventTypes);
  for (const name of ["tFrom", "tTo", "sourceTFrom", "sourceTTo"] as const) {
    const value: unknown = params[name];
    if (value !== undefined && !(value instanceof Timestamp)) {
      throw problem(name, "be a Timestamp", value);
    }
  }
  assertChoice("order", params.order, ["descending", "ascending"]);
  assertChoice("orderBy", params.orderBy, ["timestamp", "sourceTimestamp"]);
  assertMaxResults(params.maxResults);
  if (params.lastEventId !== undefined) assertEventId(params.lastEventId, "lastEventId");
}

function assertServer(params: QueryServerParams): void {
  const { serverId, persisted, lastEventId } = params;
  if (!Number.isSafeInteger(serverId)) throw problem("serverId", "be a safe integer", serverId);
  if (persisted !== undefined && typeof persisted !== "boolean") {
    throw problem("persisted", "be a boolean", persisted);
  }
  assertMaxResults(params.maxResults);
  if (lastEventId === undefined) return;
  assertEventId(lastEventId, "lastEventId");
  if (lastEventId.server !== serverId) {
    throw new RangeError(
      `Cannot query as 'lastEventId.server' must be ${serverId}, as 'serverId' is: ` +
        `current value is ${lastEventId.server}`,
    );
  }
}

function assertEventTypes(value: unknown): void {
  if (value === undefined) return;
  if (!Array.isArray(value)) throw problem("eventTypes", "be an array of query types", value);
  new Subscription(value);
}

function assertMaxResults(value: unknown): void {
  if (value === undefined) return;
  if (!Number.isSafeInteger(value)) throw problem("maxResults", "be a safe integer", value);
  if (value as number < 0) {
    throw new RangeError(
      `Cannot query as 'maxResults' must not be negative: current value is ${value}`,
    );
  }
}

function assertChoice(name: string, value: unknown, choices: readonly string[]): void {
  if (value !== undefined && !choices.includes(value as string)) {
    throw problem(name, `be ${choices.join(" or ")}`, value);
  }
}

function problem(name: string, rule: string, value: unknown): TypeError {
  return new TypeError(`Cannot query as '${name}' must ${rule}: current value is ${String(value)}`);
}
