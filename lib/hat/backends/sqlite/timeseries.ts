import type { Database, SqlRow, SqlValue } from "./database.ts";
import { PACKED_EVENT } from "./found_rows.ts";
import { SEGMENT_BITS } from "./schema.ts";

/** Some of the types. */
export interface TypeChoice {
  /** Their numbers, in hexadecimal digits of four bytes. */
  readonly numbers: readonly string[];
  /** Whether all types but these are chosen. */
  readonly areExcluded: boolean;
}

/** A timeseries query in terms of the database. All bytes are as in `packed_events.ts`. */
export interface TimeseriesRequest {
  /** The types that match; undefined for all. */
  readonly types: TypeChoice | undefined;
  readonly tFrom: Uint8Array | undefined;
  readonly tTo: Uint8Array | undefined;
  readonly sourceTFrom: Uint8Array | undefined;
  readonly sourceTTo: Uint8Array | undefined;
  readonly column: "time" | "source";
  readonly isAscending: boolean;
  /** The id of the event after which results start. */
  readonly last: Uint8Array | undefined;
  readonly limit: number;
}

/**
 * Types up to which each is looked for in each segment. To look takes about as long as to go over ten
 * entries of the index by time, and a segment has 16,384 of these.
 */
const MAX_SOUGHT_TYPES = 1500;

/** Entries of the other timestamp's span up to which they are read and sorted instead. */
const MAX_SORTED = 4096;

/** A condition with the values for it. */
interface Conditions {
  readonly texts: string[];
  readonly values: SqlValue[];
}

/** Where an event stands in the order of results. */
interface Place {
  readonly key: Uint8Array;
  readonly time: Uint8Array;
  readonly arrival: number;
}

/** The rows of a timeseries, `PACKED_EVENT` each. */
export function findTimeseries(database: Database, request: TimeseriesRequest): SqlRow[] {
  const span = spanOf(request);
  if (request.last !== undefined && !startAfter(database, request, span)) return [];
  const { types } = request;
  if (types?.areExcluded === false && types.numbers.length <= MAX_SOUGHT_TYPES) {
    return seekTypes(database, request, types.numbers, span);
  }
  const filters = [...span.texts];
  const values = [...span.values];
  if (types !== undefined) {
    const operator = types.areExcluded ? "NOT IN" : "IN";
    filters.push(`e.type ${operator} (SELECT unhex(value) FROM json_each(?))`);
    values.push(JSON.stringify(types.numbers));
  }
  return database.all(
    `SELECT ${PACKED_EVENT} FROM event e INDEXED BY ${indexFor(database, request)}
    WHERE ${filters.join(" AND ")} ORDER BY ${orderOf(request)} LIMIT ?`,
    ...values,
    request.limit,
  );
}

function orderOf({ column, isAscending }: TimeseriesRequest): string {
  const columns = column === "time" ? ["e.time", "e.arrival"] : ["e.source", "e.time", "e.arrival"];
  return columns.map((each) => each + (isAscending ? "" : " DESC")).join(", ");
}

function spanOf(request: TimeseriesRequest): Conditions {
  const texts = ["e.time IS NOT NULL"];
  const values: SqlValue[] = [];
  const limits = [
    ["e.time >= ?", request.tFrom],
    ["e.time <= ?", request.tTo],
    ["e.source >= ?", request.sourceTFrom],
    ["e.source <= ?", request.sourceTTo],
  ] as const;
  for (const [text, value] of limits) {
    if (value === undefined) continue;
    texts.push(text);
    values.push(value);
  }
  // Also what tells SQLite that the index of source timestamps has all of them.
  if (needsSource(request)) texts.push("e.source IS NOT NULL");
  return { texts, values };
}

function needsSource({ column, sourceTFrom, sourceTTo }: TimeseriesRequest): boolean {
  return column === "source" || sourceTFrom !== undefined || sourceTTo !== undefined;
}

/** Has results start after the last event; false when that is not among those the query asks for. */
function startAfter(database: Database, request: TimeseriesRequest, span: Conditions): boolean {
  const { types, column, isAscending, last } = request;
  const filters = ["e.id = ?", ...span.texts];
  const row = database.first(
    `SELECT e.${column}, e.time, e.arrival, hex(e.type) FROM event e
    WHERE ${filters.join(" AND ")}`,
    last ?? null,
    ...span.values,
  );
  if (row === undefined) return false;
  const [key = null, time = null, arrival = null, type] = row;
  if (types !== undefined && types.numbers.includes(String(type)) === types.areExcluded) {
    return false;
  }
  const than = isAscending ? ">" : "<";
  if (column === "time") {
    span.texts.push(`(e.time, e.arrival) ${than} (?, ?)`);
    span.values.push(time, arrival);
  } else {
    span.texts.push(`(e.source, e.time, e.arrival) ${than} (?, ?, ?)`);
    span.values.push(key, time, arrival);
  }
  return true;
}

/** The index to go over: that of the order, unless the other timestamp's span holds few events. */
function indexFor(database: Database, request: TimeseriesRequest): string {
  const { column, tFrom, tTo } = request;
  const own = `event_${column}`;
  const other = column === "time" ? "source" : "time";
  const isLimited = other === "source"
    ? needsSource(request)
    : tFrom !== undefined || tTo !== undefined;
  if (!isLimited) return own;
  const limits = other === "source"
    ? { from: request.sourceTFrom, to: request.sourceTTo }
    : { from: tFrom, to: tTo };
  const filters = [`${other} IS NOT NULL`];
  const values: SqlValue[] = [];
  if (limits.from !== undefined) {
    filters.push(`${other} >= ?`);
    values.push(limits.from);
  }
  if (limits.to !== undefined) {
    filters.push(`${other} <= ?`);
    values.push(limits.to);
  }
  const row = database.first(
    `SELECT count(*) FROM (SELECT 1 FROM event INDEXED BY event_${other}
    WHERE ${filters.join(" AND ")} LIMIT ${MAX_SORTED + 1})`,
    ...values,
  );
  return Number(row?.[0]) <= MAX_SORTED ? `event_${other}` : own;
}

/** Looks for each type in each segment, in the order of the results, until no later one can have any. */
function seekTypes(
  database: Database,
  request: TimeseriesRequest,
  types: readonly string[],
  span: Conditions,
): SqlRow[] {
  const { column, isAscending, limit } = request;
  const seek = `SELECT e.${column}, e.time, e.arrival
    FROM json_each(?) t CROSS JOIN event e INDEXED BY event_segment
    WHERE e.arrival >> ${SEGMENT_BITS} = ? AND e.type = unhex(t.value)
    AND ${span.texts.join(" AND ")} ORDER BY ${orderOf(request)} LIMIT ?`;
  const list = JSON.stringify(types);
  let places: Place[] = [];
  for (const { number, first } of segmentsOf(database, request)) {
    const worst = places[limit - 1];
    if (worst !== undefined && precedes(worst.key, first, isAscending)) break;
    const rows = database.all(seek, list, number, ...span.values, limit);
    if (rows.length === 0) continue;
    places = merge(places, rows.map(placeOf), isAscending).slice(0, limit);
  }
  return database.all(
    `SELECT ${PACKED_EVENT} FROM json_each(?) a CROSS JOIN event e ON e.arrival = a.value
    ORDER BY a.key`,
    JSON.stringify(places.map(({ arrival }) => arrival)),
  );
}

/** The segments that may have results: number, and the least place of their events in the order. */
function segmentsOf(
  database: Database,
  request: TimeseriesRequest,
): { readonly number: number; readonly first: Uint8Array }[] {
  const { column, isAscending } = request;
  const filters = ["TRUE"];
  const values: SqlValue[] = [];
  const limits = [
    ["max_time >= ?", request.tFrom],
    ["min_time <= ?", request.tTo],
    ["max_source >= ?", request.sourceTFrom],
    ["min_source <= ?", request.sourceTTo],
  ] as const;
  for (const [text, value] of limits) {
    if (value === undefined) continue;
    filters.push(text);
    values.push(value);
  }
  if (needsSource(request)) filters.push("max_source IS NOT NULL");
  const first = isAscending ? `min_${column}` : `max_${column}`;
  return database.all(
    `SELECT number, ${first} FROM segment WHERE ${filters.join(" AND ")}
    ORDER BY ${first} ${isAscending ? "" : "DESC"}`,
    ...values,
  ).map(([number, first]) => ({ number: Number(number), first: first as Uint8Array }));
}

function placeOf([key, time, arrival]: SqlRow): Place {
  return { key: key as Uint8Array, time: time as Uint8Array, arrival: Number(arrival) };
}

/** Merges two lists that are in order. */
function merge(a: readonly Place[], b: readonly Place[], isAscending: boolean): Place[] {
  if (a.length === 0) return [...b];
  const sign = isAscending ? 1 : -1;
  return [...a, ...b].sort((x, y) =>
    sign * (compareBytes(x.key, y.key) || compareBytes(x.time, y.time) || x.arrival - y.arrival)
  );
}

function precedes(a: Uint8Array, b: Uint8Array, isAscending: boolean): boolean {
  const order = compareBytes(a, b);
  return isAscending ? order < 0 : order > 0;
}

function compareBytes(a: Uint8Array, b: Uint8Array): number {
  for (let i = 0; i < a.length; i++) {
    const order = (a[i] ?? 0) - (b[i] ?? 0);
    if (order !== 0) return order;
  }
  return 0;
}
