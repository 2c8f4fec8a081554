import type { Cursor } from "../../event/criteria.ts";
import { type LedgerState, type Opening, writeLedger } from "./ledger.ts";
import type { Server } from "./server.ts";
import { NAMES } from "./tables.ts";
import { type ArrivalRange, joinRanges } from "./visible.ts";

/** Arrival numbers that are reserved at a time; after a crash the rest of them is left out. */
export const RESERVED_NUMBERS = 1 << 20;

/** What a writer begins with. */
export interface OpenedState {
  readonly committed: Cursor;
  readonly next: Cursor;
  readonly reserved: Cursor;
  readonly gaps: readonly ArrivalRange[];
  readonly hasDeleted: boolean;
  readonly newest: number;
}

/**
 * Gives up the numbers of which an interrupted opening may have inserted rows.
 *
 * @param before The opening before this one.
 * @throws {ServerError} When the server failed.
 */
export async function settle(
  server: Server,
  ledger: LedgerState,
  before: Opening | undefined,
): Promise<OpenedState> {
  const { committed } = ledger;
  const isSettled = before === undefined || ledger.closed === before.number;
  const last = isSettled ? committed : Math.max(committed, ledger.reserved);
  const left = last > committed ? [{ first: committed + 1, last }] : [];
  const reserved = Math.max(ledger.reserved, last + RESERVED_NUMBERS);
  await writeLedger(server, [
    ...left.map((gap) => ({ kind: "gap", ...gap } as const)),
    { kind: "reserve", first: 0, last: reserved },
  ]);
  return {
    committed,
    next: last + 1,
    reserved,
    gaps: joinRanges([...ledger.gaps, ...left]),
    ...await readEnds(server),
  };
}

/** @throws {ServerError} When the server failed. */
async function readEnds(server: Server): Promise<Pick<OpenedState, "hasDeleted" | "newest">> {
  const [newest] = await server.select(
    `SELECT count(), max(time) FROM ${NAMES.events}`,
    (row) => [row.uint64(), row.double()] as const,
  );
  return {
    newest: newest === undefined || newest[0] === 0 ? -Infinity : newest[1],
    hasDeleted: await hasDeleted(server),
  };
}

/**
 * Fails while a shard is away: trying again and again must not leave rows on the others each time.
 *
 * @throws {ServerError} When the server failed.
 */
export async function askAllShards(server: Server): Promise<void> {
  // Of a week that no event has, so that nothing is read.
  await server.select(`SELECT count() FROM ${NAMES.events} WHERE week = -2`, (row) => row.uint64());
}

/** Whether events were ever deleted. */
export async function hasDeleted(server: Server): Promise<boolean> {
  const [deleted = 0] = await server.select(
    `SELECT count() FROM ${NAMES.deleted}`,
    (row) => row.uint64(),
  );
  return deleted > 0;
}
