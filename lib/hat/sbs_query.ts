import type { EventType } from "./event_type.ts";
import {
  assertQueryParams,
  type Order,
  type OrderBy,
  type QueryParams,
  type QueryResult,
  type QueryTimeseriesParams,
  type Status,
} from "./query.ts";
import type { SbsChoice, SbsRecord, SbsValue } from "./sbs/value.ts";
import {
  eventFromSbs,
  eventIdToSbs,
  eventToSbs,
  optionalFromSbs,
  optionalToSbs,
  timestampFromSbs,
  timestampToSbs,
} from "./sbs_event.ts";

/** A status as value of `HatEventer.Status`. */
export function statusToSbs(status: Status): SbsChoice {
  return { name: status, value: null };
}

/** The status of a value of `HatEventer.Status`. */
export function statusFromSbs(value: SbsValue): Status {
  return (value as SbsChoice).name as Status;
}

/** An order as value of `HatEventer.Order`. */
export function orderToSbs(order: Order): SbsChoice {
  return { name: order, value: null };
}

/** The order of a value of `HatEventer.Order`. */
export function orderFromSbs(value: SbsValue): Order {
  return (value as SbsChoice).name as Order;
}

/** What results are ordered by, as value of `HatEventer.OrderBy`. */
export function orderByToSbs(orderBy: OrderBy): SbsChoice {
  return { name: orderBy, value: null };
}

/** What results are ordered by, of a value of `HatEventer.OrderBy`. */
export function orderByFromSbs(value: SbsValue): OrderBy {
  return (value as SbsChoice).name as OrderBy;
}

/**
 * A query as value of `HatEventer.QueryParams`.
 *
 * @example
 * ```ts
 * import { HAT_SCHEMA, queryParamsFromSbs, queryParamsToSbs } from "@theia/collector/hat";
 * import assert from "node:assert/strict";
 *
 * const value = queryParamsToSbs({ kind: "latest", eventTypes: [["plant", "*"]] });
 * const bytes = HAT_SCHEMA.encode("HatEventer.QueryParams", value);
 * const query = queryParamsFromSbs(HAT_SCHEMA.decode("HatEventer.QueryParams", bytes));
 * assert.deepEqual(query, { kind: "latest", eventTypes: [["plant", "*"]] });
 * ```
 */
export function queryParamsToSbs(params: QueryParams): SbsChoice {
  switch (params.kind) {
    case "latest":
      return { name: params.kind, value: { eventTypes: eventTypesToSbs(params.eventTypes) } };
    case "timeseries":
      return { name: params.kind, value: timeseriesToSbs(params) };
    case "server":
      return {
        name: params.kind,
        value: {
          serverId: params.serverId,
          persisted: params.persisted ?? false,
          maxResults: optionalToSbs(params.maxResults, same),
          lastEventId: optionalToSbs(params.lastEventId, eventIdToSbs),
        },
      };
  }
}

/**
 * The query of a value of `HatEventer.QueryParams`.
 *
 * @throws {TypeError | RangeError | QueryTypeError} When it is one that cannot be answered.
 */
export function queryParamsFromSbs(value: SbsValue): QueryParams {
  const choice = value as SbsChoice;
  const record = choice.value as SbsRecord;
  const params = present({ kind: choice.name, ...MEMBERS[choice.name]?.(record) });
  assertQueryParams(params);
  return params;
}

/** The result of a query as value of `HatEventer.QueryResult`. */
export function queryResultToSbs(result: QueryResult): SbsRecord {
  return { events: result.events.map(eventToSbs), moreFollows: result.moreFollows };
}

/**
 * The result of a query of a value of `HatEventer.QueryResult`.
 *
 * @throws {TypeError | RangeError | SyntaxError} When a part of an event is out of range, or is not JSON.
 */
export function queryResultFromSbs(value: SbsValue): QueryResult {
  const record = value as SbsRecord;
  return {
    events: (record["events"] as readonly SbsValue[]).map(eventFromSbs),
    moreFollows: record["moreFollows"] as boolean,
  };
}

/** The members of each query, as far as they are there. */
const MEMBERS: Readonly<Record<string, (record: SbsRecord) => object>> = {
  latest: (record) => ({ eventTypes: optionalFromSbs(record["eventTypes"], same) }),
  timeseries: (record) => ({
    eventTypes: optionalFromSbs(record["eventTypes"], same),
    tFrom: optionalFromSbs(record["tFrom"], timestampFromSbs),
    tTo: optionalFromSbs(record["tTo"], timestampFromSbs),
    sourceTFrom: optionalFromSbs(record["sourceTFrom"], timestampFromSbs),
    sourceTTo: optionalFromSbs(record["sourceTTo"], timestampFromSbs),
    order: orderFromSbs(record["order"] as SbsValue),
    orderBy: orderByFromSbs(record["orderBy"] as SbsValue),
    maxResults: optionalFromSbs(record["maxResults"], same),
    lastEventId: optionalFromSbs(record["lastEventId"], same),
  }),
  server: (record) => ({
    serverId: record["serverId"],
    persisted: record["persisted"],
    maxResults: optionalFromSbs(record["maxResults"], same),
    lastEventId: optionalFromSbs(record["lastEventId"], same),
  }),
};

function timeseriesToSbs(params: QueryTimeseriesParams): SbsRecord {
  return {
    eventTypes: eventTypesToSbs(params.eventTypes),
    tFrom: optionalToSbs(params.tFrom, timestampToSbs),
    tTo: optionalToSbs(params.tTo, timestampToSbs),
    sourceTFrom: optionalToSbs(params.sourceTFrom, timestampToSbs),
    sourceTTo: optionalToSbs(params.sourceTTo, timestampToSbs),
    order: orderToSbs(params.order ?? "descending"),
    orderBy: orderByToSbs(params.orderBy ?? "timestamp"),
    maxResults: optionalToSbs(params.maxResults, same),
    lastEventId: optionalToSbs(params.lastEventId, eventIdToSbs),
  };
}

function eventTypesToSbs(eventTypes: readonly EventType[] | undefined): SbsChoice {
  return optionalToSbs(eventTypes, same);
}

/** Only the members that are there. */
function present(params: object): object {
  return Object.fromEntries(Object.entries(params).filter(([, member]) => member !== undefined));
}

function same<T>(value: T): T {
  return value;
}
