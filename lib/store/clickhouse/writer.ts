import type { Cursor } from "../../event/criteria.ts";
import type { RawEvent } from "../../event/raw_event.ts";
import { EventWriteError } from "../store.ts";
import { Duplicates } from "./duplicates.ts";
import { encodeEvents } from "./event_rows.ts";
import {
  isSameOpening,
  type LedgerEntry,
  type Opening,
  readLedger,
  readOpening,
  writeLedger,
} from "./ledger.ts";
import { sqlText } from "./literal.ts";
import { askAllShards, type OpenedState, RESERVED_NUMBERS, settle } from "./settle.ts";
import { RowWriter } from "./row_binary.ts";
import type { Server } from "./server.ts";
import { ServerError } from "./server_error.ts";
import { DELETED_COLUMNS, EVENT_COLUMNS, NAMES } from "./tables.ts";
import { type ArrivalRange, joinRanges, sqlVisible, type Visible } from "./visible.ts";

/** Tokens of openings are random integers below this. */
const TOKENS = 2 ** 48;

/**
 * Writes to a store, one call after another.
 *
 * Rows of events are inserted first, with arrival numbers that no reader looks at yet. An entry of the
 * ledger then makes all of them events of the store at once, however many shards and partitions they
 * are spread over. When anything fails before, their numbers are given up for good, and whatever
 * rows of them appear later, such as of an insert whose answer was lost, are never looked at.
 */
export class Writer {
  readonly #server: Server;
  readonly #opening: Opening;
  readonly #duplicates: Duplicates;
  #committed: Cursor;
  #next: Cursor;
  #reserved: Cursor;
  #gaps: readonly ArrivalRange[];
  /** Numbers that were given up since the last entry of the ledger. */
  #givenUp: readonly ArrivalRange[] = [];
  #hasDeleted: boolean;
  /** The last deletion that failed: it may be done all the same, and then its events are found no more. */
  #undecided: { readonly id: string; readonly arrivals: readonly Cursor[] } | undefined;

  private constructor(server: Server, opening: Opening, opened: OpenedState) {
    this.#server = server;
    this.#opening = opening;
    this.#duplicates = new Duplicates(server, opened.newest);
    this.#committed = opened.committed;
    this.#next = opened.next;
    this.#reserved = opened.reserved;
    this.#gaps = opened.gaps;
    this.#hasDeleted = opened.hasDeleted;
  }

  /**
   * Takes the store over for writing: whoever wrote before is refused from now on.
   *
   * @throws {EventWriteError} When another one takes it over at the same time.
   * @throws {ServerError} When the server failed.
   */
  static async open(server: Server): Promise<Writer> {
    const before = await readOpening(server);
    const opening = {
      number: (before?.number ?? 0) + 1,
      token: Math.floor(Math.random() * TOKENS),
    };
    await writeLedger(server, [{ kind: "open", first: opening.token, last: opening.number }]);
    // From here on nobody else commits: who reads this opening after a commit takes it back.
    const ledger = await readLedger(server);
    if (!isSameOpening(ledger.opening, opening)) throw takenOver(server);
    const opened = await settle(server, ledger, before);
    return new Writer(server, opening, opened);
  }

  /** The arrival number of the last event stored. */
  get cursor(): Cursor {
    return this.#committed;
  }

  /** What searches that begin now see. */
  get visible(): Visible {
    const gaps = joinRanges([...this.#gaps, ...this.#givenUp]);
    return { until: this.#committed, gaps, hasDeleted: this.#hasDeleted };
  }

  /**
   * Stores the events that are not stored yet.
   *
   * @returns The arrival number of each, 0 for duplicates.
   * @throws {ServerError} When none was stored.
   * @throws {EventWriteError} When another one has taken the store over.
   */
  async save(events: readonly RawEvent[]): Promise<readonly Cursor[]> {
    const chosen = await this.#duplicates.selectNew(events, this.visible);
    const arrivals = new Array<Cursor>(events.length).fill(0);
    if (chosen.length === 0) return arrivals;
    if (this.#givenUp.length > 0) await askAllShards(this.#server);
    const range = { first: this.#next, last: this.#next + chosen.length - 1 };
    await this.#reserve(range.last);
    const stored = chosen.flatMap((i, at) => {
      const event = events[i];
      arrivals[i] = range.first + at;
      return event === undefined ? [] : [{ event, arrival: range.first + at }];
    });
    await this.#insert(encodeEvents(stored), range);
    await this.#commit(range);
    this.#duplicates.add(stored.map(({ event }) => event));
    return arrivals;
  }

  /**
   * Removes the events of an id.
   *
   * @returns Their arrival numbers.
   * @throws {ServerError} When the server failed.
   */
  async delete(id: string): Promise<readonly Cursor[]> {
    const found = await this.#server.select(
      `SELECT arrival FROM ${NAMES.events} WHERE id = ${sqlText(id)} ` +
        `AND ${sqlVisible(this.visible)}`,
      (row) => row.uint64(),
    );
    const undecided = this.#undecided?.id === id ? this.#undecided.arrivals : [];
    const arrivals = [...new Set([...undecided, ...found])];
    if (arrivals.length === 0) return arrivals;
    const rows = new RowWriter(arrivals.length * 8);
    for (const arrival of arrivals) rows.uint64(arrival);
    // Whether this insert is done or not is known to nobody when it fails, and either is right then.
    this.#hasDeleted = true;
    this.#duplicates.forget();
    this.#undecided = { id, arrivals };
    await this.#server.insert(DELETED_COLUMNS, rows.bytes);
    this.#undecided = undefined;
    return arrivals;
  }

  /** Must be called when stored events went away otherwise. */
  forget(): void {
    this.#duplicates.forget();
  }

  /** Notes in the ledger that nothing is unsettled, so that the next opening leaves no number out. */
  async close(): Promise<void> {
    await writeLedger(this.#server, [
      ...this.#givenUpEntries(),
      ...(this.#givenUp.length > 0
        ? []
        : [{ kind: "close", first: 0, last: this.#opening.number } as const]),
    ]);
  }

  async #reserve(last: Cursor): Promise<void> {
    if (last <= this.#reserved) return;
    const reserved = last + RESERVED_NUMBERS;
    await writeLedger(this.#server, [{ kind: "reserve", first: 0, last: reserved }]);
    this.#reserved = reserved;
  }

  async #insert(rows: Uint8Array<ArrayBuffer>, range: ArrivalRange): Promise<void> {
    try {
      await this.#server.insert(EVENT_COLUMNS, rows);
    } catch (error) {
      if (!(error instanceof ServerError && error.fate === "unsent")) this.#giveUp(range);
      throw error;
    }
  }

  async #commit(range: ArrivalRange): Promise<void> {
    try {
      await writeLedger(this.#server, [
        ...this.#givenUpEntries(),
        { kind: "commit", first: 0, last: range.last },
      ]);
      const opening = await readOpening(this.#server);
      if (!isSameOpening(opening, this.#opening)) throw takenOver(this.#server);
    } catch (error) {
      this.#giveUp(range);
      throw error;
    }
    this.#gaps = joinRanges([...this.#gaps, ...this.#givenUp]);
    this.#givenUp = [];
    this.#committed = range.last;
    this.#next = range.last + 1;
  }

  #giveUp(range: ArrivalRange): void {
    this.#givenUp = joinRanges([...this.#givenUp, range]);
    this.#next = range.last + 1;
  }

  #givenUpEntries(): readonly LedgerEntry[] {
    return this.#givenUp.map(({ first, last }) => ({ kind: "gap", first, last }));
  }
}

function takenOver(server: Server): EventWriteError {
  return new EventWriteError(
    `Cannot write store '${server.address.name}': another collector has opened it since; ` +
      "only one may write to a store, so stop one of them and open it again",
    { retryable: false },
  );
}
