import type { Criteria } from "../../event/criteria.ts";
import { GuardedMatcher, matchWithDeadline } from "../../event/guarded_matcher.ts";
import { compileCriteria } from "../../event/matcher.ts";
import { decodeEvents, SELECTED } from "./event_rows.ts";
import { type Filter, toFilter } from "./filter.ts";
import { sqlDouble } from "./literal.ts";
import type { StoredEvent } from "./row_binary.ts";
import type { Server } from "./server.ts";
import { NAMES } from "./tables.ts";
import { sqlVisible, type Visible } from "./visible.ts";

/** Rows that the server sorts at a time, about. */
const WINDOW_ROWS = 250_000;

/** Windows at most; more rows make them larger. */
const MAX_WINDOWS = 400;

/** Events matched at a time: under one deadline, and with nothing else done meanwhile. */
const MATCH_EVENTS = 1024;

/** What a search works on. */
export interface SearchContext {
  readonly server: Server;
  readonly criteria: Criteria;
  readonly visible: Visible;
  readonly signal: AbortSignal;
  /** Told when patterns that may run away are tried. @default {nobody} */
  readonly onTurn?: (() => void) | undefined;
}

/** What came of a part of the rows. */
export interface SearchStep {
  readonly found: readonly StoredEvent[];
  /** Rows looked at up to now. */
  readonly scanned: number;
}

/**
 * Goes over the events in the order of time, a window of it after another, so that the server sorts
 * few rows at a time and a search that has enough leaves the rest alone.
 *
 * @throws {CriteriaError} When a pattern is refused or runs out of time.
 * @throws {ServerError} When the server failed.
 */
export async function* searchEvents(context: SearchContext): AsyncGenerator<SearchStep> {
  const { criteria, server, signal } = context;
  const matcher = compileCriteria(criteria);
  let left = criteria.limit ?? Infinity;
  if (left === 0) return;
  const filter = toFilter(criteria);
  using guarded = matcher.linear
    ? undefined
    : new GuardedMatcher(criteria, { purpose: "find", onTurn: context.onTurn });
  const where = [...filter.span, sqlVisible(context.visible)];
  const { rows, windows } = await planWindows(context, where);
  for (const [i, window] of windows.entries()) {
    const sql = windowSql(criteria, filter, [...where, ...window], left);
    for await (const stored of decodeEvents(server.stream(sql, signal))) {
      for (let at = 0; at < stored.length; at += MATCH_EVENTS) {
        const part = stored.slice(at, at + MATCH_EVENTS);
        const events = part.map(({ event }) => event);
        const matching = guarded === undefined
          ? matchWithDeadline(matcher, events)
          : await guarded.matching(events);
        const found = matching.flatMap((row) => part[row] ?? []).slice(0, left);
        left -= found.length;
        yield { found, scanned: Math.floor(rows * i / windows.length) };
        if (left === 0) return;
      }
    }
    yield { found: [], scanned: Math.floor(rows * (i + 1) / windows.length) };
  }
}

function windowSql(
  criteria: Criteria,
  filter: Filter,
  where: readonly string[],
  left: number,
): string {
  const direction = criteria.order === "desc" ? "DESC" : "ASC";
  return [
    `SELECT ${SELECTED} FROM ${NAMES.events}`,
    `WHERE ${[...where, ...filter.patterns].join(" AND ")}`,
    `ORDER BY time ${direction}, arrival ${direction}`,
    // Where our own rule may leave events out, it is not known how many are needed.
    ...(filter.isExact && left < Infinity ? [`LIMIT ${left}`] : []),
  ].join(" ");
}

interface Plan {
  readonly rows: number;
  /** The conditions of each window, in the order of the search. */
  readonly windows: readonly (readonly string[])[];
}

async function planWindows(
  { server, criteria, signal }: SearchContext,
  where: readonly string[],
): Promise<Plan> {
  const from = `FROM ${NAMES.events} WHERE ${where.join(" AND ")}`;
  const [rows = 0] = await server.select(
    `SELECT count() ${from}`,
    (row) => row.uint64(),
    { signal },
  );
  if (rows === 0) return { rows, windows: [] };
  const count = Math.min(MAX_WINDOWS, Math.ceil(rows / WINDOW_ROWS));
  if (count === 1) return { rows, windows: [[]] };
  const levels = Array.from({ length: count - 1 }, (_, i) => ((i + 1) / count).toFixed(4));
  const [quantiles = []] = await server.select(
    `SELECT quantiles(${levels.join(", ")})(time) ${from}`,
    (row) => Array.from({ length: row.length() }, () => row.double()),
    { signal },
  );
  const windows = windowsBetween(quantiles);
  return { rows, windows: criteria.order === "desc" ? windows.toReversed() : windows };
}

/** Any bounds part the time into windows; that they are near the quantiles makes these alike. */
export function windowsBetween(bounds: readonly number[]): readonly (readonly string[])[] {
  const sorted = [...new Set(bounds.filter(Number.isFinite))].sort((a, b) => a - b);
  return [...sorted, undefined].map((bound, i) => {
    const before = sorted[i - 1];
    return [
      ...(before === undefined ? [] : [`time > ${sqlDouble(before)}`]),
      ...(bound === undefined ? [] : [`time <= ${sqlDouble(bound)}`]),
    ];
  });
}
