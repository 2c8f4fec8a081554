import { crc32 } from "node:zlib";
import { concatBytes } from "../../base/bytes.ts";
import type { Cursor } from "../../event/criteria.ts";
import type { RawEvent } from "../../event/raw_event.ts";
import { compareStored, encodeBlock, type StoredEvent } from "./block_codec.ts";
import { BlockDirectory } from "./block_directory.ts";
import {
  type BlockSpan,
  deleteBlock,
  insertBlock,
  readSoundBlock,
  replaceBlock,
} from "./block_table.ts";
import { type Database, isDiskFull } from "./database.ts";
import { DiskRoom } from "./disk_room.ts";
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

/** Events of a block: enough to compress well, few enough to read one for a single event. */
export const BLOCK_EVENTS = 4096;

/** Bytes of a block before compression, unless a single event has more. */
export const BLOCK_BYTES = 2 << 20;

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
  readonly #blocks: BlockDirectory;
  readonly #index = new PendingIndex();
  /** What the journal holds. */
  #pending: StoredEvent[];
  #pendingBytes = 0;
  #cursor: Cursor;
  readonly #damaged: DamagedRow[] = [];
  readonly #space: SpaceReturn;
  #sealed = 0;

  /** @throws {EventStoreError} When the file is no store of this version or not accessible. */
  constructor(path: string) {
    this.#room = new DiskRoom(path);
    this.#database = this.#room.database;
    this.#blocks = new BlockDirectory(this.#database);
    this.#space = new SpaceReturn(this.#database, () => this.#room.emptyLog());
    this.#pending = readJournal(this.#database, (row) => this.#damaged.push(row));
    this.#pendingBytes = bytesOf(this.#pending);
    this.#index.reset(this.#pending.map(({ event }) => event));
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
    const fresh: StoredEvent[] = [];
    let cursor = this.#cursor;
    try {
      for (let i = 0; i < events.length; i++) {
        const event = events[i];
        if (event === undefined || this.#blocks.has(event) || !this.#index.add(event)) continue;
        arrivals[i] = ++cursor;
        fresh.push({ event, arrival: cursor });
      }
      if (fresh.length > 0) this.#room.grow(bytesOf(fresh), () => this.#commit(fresh));
    } catch (error) {
      this.#index.reset(this.#pending.map(({ event }) => event));
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
    for (const { old, now } of changed) {
      this.#blocks.remove(old.id);
      if (now !== undefined) this.#blocks.add(now);
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
    for (const { id } of spans) this.#blocks.remove(id);
    if (kept.dropped.length > 0) {
      this.#pending = kept.pending;
      this.#pendingBytes = bytesOf(kept.pending);
      this.#index.reset(kept.pending.map(({ event }) => event));
    }
    return { dropped, done: done && this.#returnSpace() };
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
  #seal(stored: StoredEvent[]): BlockSpan[] {
    const spans = splitForBlocks(stored.sort(compareStored)).map((part) => {
      const { summary, data } = encodeBlock(part);
      return { id: insertBlock(this.#database, summary, data), ...summary };
    });
    this.#database.run("DELETE FROM journal");
    return spans;
  }

  #settle(sealed: readonly BlockSpan[]): void {
    for (const span of sealed) this.#blocks.add(span);
    this.#sealed++;
    this.#pending = [];
    this.#pendingBytes = 0;
    this.#index.reset([]);
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
    const block = readSoundBlock(this.#database, span.id);
    if (block === undefined) return undefined;
    const rows = Array.from({ length: block.count }, (_, row) => row);
    const stored = block.events(rows);
    const kept = stored.filter(({ event }) => event.id !== id);
    const removed = stored.length - kept.length;
    if (removed === 0) return undefined;
    if (kept.length === 0) {
      deleteBlock(this.#database, span.id);
      return { removed, now: undefined };
    }
    const { summary, data } = encodeBlock(kept);
    replaceBlock(this.#database, span.id, summary, data);
    return { removed, now: { id: span.id, ...summary } };
  }

  /** The events that hold the highest numbers may be removed; the numbers are not given again. */
  #saveCursor(): void {
    this.#database.run("INSERT OR REPLACE INTO counter VALUES ('arrival', ?)", this.#cursor);
  }

  #readCursor(): Cursor {
    const row = this.#database.first("SELECT value FROM counter WHERE name = 'arrival'");
    let cursor = Number(row?.["value"] ?? 0);
    for (const { maxArrival } of this.#blocks.spans) cursor = Math.max(cursor, maxArrival);
    return Math.max(cursor, readJournalCursor(this.#database));
  }
}

function summarizeDropped(stored: readonly StoredEvent[]): DroppedEvents | undefined {
  const timestamps = stored.map(({ event }) => event.timestamp).sort((a, b) => a - b);
  const [oldest, newest] = [timestamps[0], timestamps.at(-1)];
  if (oldest === undefined || newest === undefined) return undefined;
  return { events: stored.length, bytes: bytesOf(stored), oldest, newest };
}

function bytesOf(stored: readonly StoredEvent[]): number {
  let bytes = 0;
  for (const { event } of stored) bytes += event.contentEnd - event.headerStart;
  return bytes;
}

/** Cuts sorted events into blocks of about equal size. */
function splitForBlocks(stored: readonly StoredEvent[]): StoredEvent[][] {
  const blocks = Math.max(
    Math.ceil(stored.length / (BLOCK_EVENTS * 1.5)),
    Math.floor(bytesOf(stored) / BLOCK_BYTES),
    1,
  );
  const size = Math.ceil(stored.length / blocks);
  const parts: StoredEvent[][] = [];
  for (let i = 0; i < stored.length; i += size) parts.push(stored.slice(i, i + size));
  return parts;
}
