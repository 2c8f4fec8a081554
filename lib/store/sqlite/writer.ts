import { crc32 } from "node:zlib";
import { concatBytes } from "../../base/bytes.ts";
import type { Cursor } from "../../event/criteria.ts";
import type { RawEvent } from "../../event/raw_event.ts";
import { BlockDirectory } from "./block_directory.ts";
import { encodeBlock } from "./block_encoder.ts";
import type { BlockSpan } from "./block_summary.ts";
import { deleteBlock, readSoundBlock, replaceBlock } from "./block_table.ts";
import { type Database, isDiskFull } from "./database.ts";
import { DiskRoom } from "./disk_room.ts";
import { IdIndex } from "./id_index.ts";
import { type DamagedRow, readJournal, readJournalCursor } from "./journal.ts";
import { PendingIndex } from "./pending_index.ts";
import {
  addDropped,
  countDropped,
  dropBlocks,
  type DroppedEvents,
  type RetentionLimits,
  type RetentionStep,
  SpaceReturn,
} from "./retention_step.ts";
import { completeIndex, repairSummaries } from "./repair.ts";
import { BLOCK_BYTES, BLOCK_EVENTS, bytesOf, type SealedBlock, sealEvents } from "./seal.ts";
import type { StoredEvent } from "./stored_event.ts";

/**
 * As soon as so many events wait, they are sealed: half a block, so that under load, when events come
 * in large groups, most of them go into blocks at once and are written only once.
 */
export const SEAL_EVENTS = BLOCK_EVENTS / 2;
const SEAL_BYTES = BLOCK_BYTES / 2;

/**
 * Writes the database of a store: commits groups of events to the journal and seals the journal into
 * blocks. All of it is synchronous; it has a thread of its own.
 *
 * Every commit is a transaction: a crash leaves the state before or after it. What is kept in memory
 * changes only once the transaction is done.
 */
export class Writer implements Disposable {
  readonly #room: DiskRoom;
  readonly #database: Database;
  readonly #ids: IdIndex;
  readonly #blocks: BlockDirectory;
  readonly #index = new PendingIndex();
  /** What the journal holds. */
  #pending: StoredEvent[];
  #pendingBytes = 0;
  #cursor: Cursor;
  readonly #damaged: DamagedRow[] = [];
  readonly #space: SpaceReturn;
  readonly #repaired: number;
  #sealed = 0;

  /** @throws {EventStoreError} When the file is no store of this version or not accessible. */
  constructor(path: string) {
    this.#room = new DiskRoom(path);
    this.#database = this.#room.database;
    this.#repaired = repairSummaries(this.#database);
    this.#ids = new IdIndex(this.#database);
    completeIndex(this.#database, this.#ids);
    this.#blocks = new BlockDirectory(this.#database, this.#ids);
    this.#space = new SpaceReturn(this.#database, () => this.#room.emptyLog());
    this.#pending = readJournal(this.#database, (row) => this.#damaged.push(row));
    this.#pendingBytes = bytesOf(this.#pending);
    this.#indexPending();
    this.#cursor = this.#readCursor();
  }

  /** The last arrival number given. */
  get cursor(): Cursor {
    return this.#cursor;
  }

  /** What could not be read when the store was opened. */
  get damaged(): readonly DamagedRow[] {
    return this.#damaged;
  }

  /**
   * Commits the events that are no duplicates.
   *
   * @returns The arrival number of each event, 0 for a duplicate.
   */
  save(events: readonly RawEvent[]): Float64Array<ArrayBuffer> {
    const arrivals = new Float64Array(events.length);
    const hashes = Uint32Array.from(
      events,
      ({ buffer, idStart, idEnd }) => this.#ids.hash(buffer, idStart, idEnd),
    );
    const stored = this.#blocks.findStored(events, hashes);
    const fresh: StoredEvent[] = [];
    let cursor = this.#cursor;
    try {
      for (let i = 0; i < events.length; i++) {
        const event = events[i];
        if (event === undefined || stored[i] === 1) continue;
        if (!this.#index.add(event, hashes[i] ?? 0)) continue;
        arrivals[i] = ++cursor;
        fresh.push({ event, arrival: cursor });
      }
      if (fresh.length > 0) this.#room.grow(bytesOf(fresh), () => this.#commit(fresh));
    } catch (error) {
      this.#indexPending();
      throw error;
    }
    this.#cursor = cursor;
    return arrivals;
  }

  /** Removes all events of this id and returns how many there were. */
  delete(id: string): number {
    const kept = this.#pending.filter(({ event }) => event.id !== id);
    const { removed, changed, sealed } = this.#shrink(() => {
      let removed = this.#pending.length - kept.length;
      const changed: { old: BlockSpan; now: BlockSpan | undefined }[] = [];
      for (const span of this.#blocks.mayHoldId(id)) {
        const change = this.#deleteFromBlock(span, id);
        if (change === undefined) continue;
        changed.push({ old: span, now: change.now });
        removed += change.removed;
      }
      if (removed > 0) this.#saveCursor();
      const isChanged = kept.length < this.#pending.length;
      return { removed, changed, sealed: isChanged ? this.#seal(kept) : undefined };
    });
    this.#blocks.remove(new Set(changed.map(({ old }) => old.id)));
    for (const { old, now } of changed) {
      // The hashes of a block that lost an event stay: they only say where to look.
      if (now === undefined) this.#ids.remove(old.id);
      else this.#blocks.add(now);
    }
    if (sealed !== undefined) this.#settle(sealed);
    this.#room.restore();
    return removed;
  }

  /** Drops some of what the limits exclude, or gives some of its space back: a few milliseconds. */
  retain(limits: RetentionLimits): RetentionStep {
    const kept = this.#keptRows(limits.before);
    const { spans, dropped, done } = this.#shrink(() => {
      const blocks = dropBlocks(this.#database, this.#blocks.spans, limits);
      for (const arrival of kept.droppedRows) {
        this.#database.run("DELETE FROM journal WHERE first_arrival = ?", arrival);
      }
      const dropped = addDropped(blocks.dropped, summarizeDropped(kept.dropped));
      if (dropped !== undefined) {
        countDropped(this.#database, dropped);
        this.#saveCursor();
      }
      return { ...blocks, dropped };
    });
    this.#forgetBlocks(spans);
    if (kept.dropped.length > 0) {
      this.#pending = kept.pending;
      this.#pendingBytes = bytesOf(kept.pending);
      this.#indexPending();
    }
    return { dropped, done: done && this.#returnSpace() };
  }

  /** How many summaries of blocks were damaged and made anew when the store was opened. */
  get repaired(): number {
    return this.#repaired;
  }

  /** How many events wait in the journal. */
  get pending(): number {
    return this.#pending.length;
  }

  /** How often events were sealed into blocks. */
  get sealed(): number {
    return this.#sealed;
  }

  [Symbol.dispose](): void {
    this.#room[Symbol.dispose]();
  }

  /** Runs a transaction that removes events, also on a full disk; it may be run more than once. */
  #shrink<T>(change: () => T): T {
    return this.#room.shrink(() => this.#database.transaction(change));
  }

  /** Does some of it; true when nothing is left to do or there is no room to do it in. */
  #returnSpace(): boolean {
    try {
      if (!this.#room.shrink(() => this.#space.step())) return false;
    } catch (error) {
      if (!isDiskFull(error)) throw error;
    }
    this.#room.restore();
    return true;
  }

  #commit(fresh: readonly StoredEvent[]): void {
    const all = [...this.#pending, ...fresh];
    const bytes = this.#pendingBytes + bytesOf(fresh);
    if (all.length < SEAL_EVENTS && bytes < SEAL_BYTES) {
      this.#database.transaction(() => this.#insertJournalRow(fresh));
      this.#pending = all;
      this.#pendingBytes = bytes;
    } else {
      this.#settle(this.#database.transaction(() => this.#seal(all)));
    }
  }

  #insertJournalRow(fresh: readonly StoredEvent[]): void {
    const frames = concatBytes(fresh.map(({ event }) => event.frame()));
    this.#database.run(
      "INSERT INTO journal (first_arrival, events, checksum, frames) VALUES (?, ?, ?, ?)",
      fresh[0]?.arrival ?? 0,
      fresh.length,
      crc32(frames),
      frames,
    );
  }

  /** Puts events into blocks and empties the journal; must run in a transaction. */
  #seal(stored: StoredEvent[]): SealedBlock[] {
    const sealed = sealEvents(this.#database, this.#ids, stored);
    this.#database.run("DELETE FROM journal");
    return sealed;
  }

  #settle(sealed: readonly SealedBlock[]): void {
    for (const { span, hashes } of sealed) {
      this.#blocks.add(span);
      this.#ids.add({ ...span, block: span.id, hashes });
    }
    this.#sealed++;
    this.#pending = [];
    this.#pendingBytes = 0;
    this.#index.clear();
    this.#tidyIndex(() => this.#ids.merge());
  }

  #forgetBlocks(spans: readonly BlockSpan[]): void {
    if (spans.length === 0) return;
    this.#blocks.remove(new Set(spans.map(({ id }) => id)));
    for (const { id } of spans) this.#ids.remove(id);
    const alive = new Set(this.#blocks.spans.map(({ id }) => id));
    this.#tidyIndex(() => this.#ids.removeDead((block) => alive.has(block)));
  }

  /** What comes after a change that is done: when there is no room for it, it is done after a later one. */
  #tidyIndex(tidy: () => void): void {
    try {
      tidy();
    } catch (error) {
      if (!isDiskFull(error)) throw error;
    }
  }

  #indexPending(): void {
    this.#index.clear();
    for (const { event } of this.#pending) {
      this.#index.add(event, this.#ids.hash(event.buffer, event.idStart, event.idEnd));
    }
  }

  /** Divides the journal into rows all of whose events are older, and the others. */
  #keptRows(before: number): {
    readonly droppedRows: readonly Cursor[];
    readonly dropped: readonly StoredEvent[];
    readonly pending: StoredEvent[];
  } {
    const result = { droppedRows: [] as Cursor[], dropped: [] as StoredEvent[] };
    if (!this.#pending.some(({ event }) => event.timestamp < before)) {
      return { ...result, pending: this.#pending };
    }
    const pending: StoredEvent[] = [];
    for (const row of this.#database.all("SELECT first_arrival, events FROM journal")) {
      const first = Number(row["first_arrival"]);
      const last = first + Number(row["events"]) - 1;
      const stored = this.#pending.filter(({ arrival }) => arrival >= first && arrival <= last);
      if (stored.some(({ event }) => event.timestamp >= before)) {
        pending.push(...stored);
      } else if (stored.length > 0) {
        result.droppedRows.push(first);
        result.dropped.push(...stored);
      }
    }
    return { ...result, pending };
  }

  #deleteFromBlock(
    span: BlockSpan,
    id: string,
  ): { readonly removed: number; readonly now: BlockSpan | undefined } | undefined {
    const stored = readSoundBlock(this.#database, span.id, (block) => block.allEvents());
    if (stored === undefined) return undefined;
    const kept = stored.filter(({ event }) => event.id !== id);
    const removed = stored.length - kept.length;
    if (removed === 0) return undefined;
    if (kept.length > 0) {
      return { removed, now: replaceBlock(this.#database, span.id, encodeBlock(kept)) };
    }
    deleteBlock(this.#database, span.id);
    return { removed, now: undefined };
  }

  /** The events that hold the highest numbers may be removed; the numbers are not given again. */
  #saveCursor(): void {
    this.#database.run("INSERT OR REPLACE INTO counter VALUES ('arrival', ?)", this.#cursor);
  }

  #readCursor(): Cursor {
    const row = this.#database.first("SELECT value FROM counter WHERE name = 'arrival'");
    let cursor = Number(row?.["value"] ?? 0);
    for (const { maxArrival } of this.#blocks.spans) {
      if (maxArrival < Infinity) cursor = Math.max(cursor, maxArrival);
    }
    return Math.max(cursor, readJournalCursor(this.#database));
  }
}

function summarizeDropped(stored: readonly StoredEvent[]): DroppedEvents | undefined {
  const timestamps = stored.map(({ event }) => event.timestamp).sort((a, b) => a - b);
  const [oldest, newest] = [timestamps[0], timestamps.at(-1)];
  if (oldest === undefined || newest === undefined) return undefined;
  return { events: stored.length, bytes: bytesOf(stored), oldest, newest };
}
