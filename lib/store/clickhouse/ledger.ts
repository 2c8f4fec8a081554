import type { Cursor } from "../../event/criteria.ts";
import { RowWriter } from "./row_binary.ts";
import type { Server } from "./server.ts";
import { LEDGER_COLUMNS, NAMES } from "./tables.ts";
import { type ArrivalRange, joinRanges } from "./visible.ts";

/**
 * What a row of the ledger says. Of rows with the same `kind` and `first` the one with the greatest
 * `last` counts, so that each may be written again.
 */
export type LedgerEntry =
  /** All events up to the arrival number `last` were inserted, but for gaps; `first` is 0. */
  | { readonly kind: "commit"; readonly first: 0; readonly last: Cursor }
  /** Arrival numbers up to `last` may be in use; `first` is 0. */
  | { readonly kind: "reserve"; readonly first: 0; readonly last: Cursor }
  /** The events of these arrival numbers were given up, whatever rows of them appear. */
  | { readonly kind: "gap"; readonly first: Cursor; readonly last: Cursor }
  /** The store was opened for writing the `last`th time; `first` tells apart who did it. */
  | { readonly kind: "open"; readonly first: number; readonly last: number }
  /** What the `last`th opening wrote is settled; `first` is 0. */
  | { readonly kind: "close"; readonly first: 0; readonly last: number }
  /** Somebody has the store open for writing; `first` is 0, `last` greater each time: milliseconds, about. */
  | { readonly kind: "beat"; readonly first: 0; readonly last: number }
  /** Retention dropped `last` events of so many bytes; `first` is the time in milliseconds. */
  | {
    readonly kind: "drop";
    readonly first: number;
    readonly last: number;
    readonly bytes: number;
  };

/** Who opened the store for writing: the last one may write. */
export interface Opening {
  readonly number: number;
  readonly token: number;
}

/** What the ledger says as a whole. */
export interface LedgerState {
  /** Every event up to this arrival number is there, but for the gaps. */
  readonly committed: Cursor;
  /** Numbers beyond this were never used. */
  readonly reserved: Cursor;
  readonly gaps: readonly ArrivalRange[];
  /** The last opening, undefined when there never was one. */
  readonly opening: Opening | undefined;
  /** The number of the last opening that was closed in order, 0 when there is none. */
  readonly closed: number;
  /** The last sign of life of a writer beside what it stored. */
  readonly beat: number;
  readonly dropped: { readonly events: number; readonly bytes: number } | undefined;
}

const NOTHING: LedgerState = {
  committed: 0,
  reserved: 0,
  gaps: [],
  opening: undefined,
  closed: 0,
  beat: 0,
  dropped: undefined,
};

/**
 * Writes entries: all or none of them, as they are one block of one part.
 *
 * @throws {ServerError} When that failed, or nobody knows.
 */
export async function writeLedger(server: Server, entries: readonly LedgerEntry[]): Promise<void> {
  const rows = new RowWriter();
  for (const entry of entries) {
    rows.text(entry.kind).uint64(entry.first).uint64(entry.last);
    rows.uint64(entry.kind === "drop" ? entry.bytes : 0);
  }
  await server.insert(LEDGER_COLUMNS, rows.bytes);
}

/** @throws {ServerError} When that failed. */
export async function readLedger(server: Server): Promise<LedgerState> {
  const entries = await server.select(
    `SELECT kind, first, max(last), max(bytes) FROM ${NAMES.ledger} GROUP BY kind, first`,
    (row) => ({ kind: row.text(), first: row.uint64(), last: row.uint64(), bytes: row.uint64() }),
  );
  const state = entries.reduce((sum: LedgerState, { kind, first, last, bytes }) => {
    switch (kind) {
      case "commit":
        return { ...sum, committed: last };
      case "reserve":
        return { ...sum, reserved: last };
      case "gap":
        return { ...sum, gaps: [...sum.gaps, { first, last }] };
      case "open":
        return { ...sum, opening: laterOpening(sum.opening, { number: last, token: first }) };
      case "close":
        return { ...sum, closed: last };
      case "beat":
        return { ...sum, beat: last };
      case "drop": {
        const { dropped } = sum;
        return {
          ...sum,
          dropped: { events: (dropped?.events ?? 0) + last, bytes: (dropped?.bytes ?? 0) + bytes },
        };
      }
      default:
        return sum;
    }
  }, NOTHING);
  return { ...state, gaps: joinRanges(state.gaps) };
}

/**
 * Who opened the store for writing last.
 *
 * @throws {ServerError} When that could not be read.
 */
export async function readOpening(server: Server): Promise<Opening | undefined> {
  const [opening] = await server.select(
    `SELECT last, first FROM ${NAMES.ledger} WHERE kind = 'open' ` +
      "ORDER BY last DESC, first DESC LIMIT 1",
    (row) => ({ number: row.uint64(), token: row.uint64() }),
  );
  return opening;
}

function laterOpening(a: Opening | undefined, b: Opening): Opening {
  if (a === undefined || b.number > a.number) return b;
  return b.number === a.number && b.token > a.token ? b : a;
}

/** Whether both are the same. */
export function isSameOpening(a: Opening | undefined, b: Opening | undefined): boolean {
  return a?.number === b?.number && a?.token === b?.token;
}
