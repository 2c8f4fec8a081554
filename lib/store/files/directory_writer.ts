import { join } from "node:path";
import { crc32 } from "node:zlib";
import type { Cursor } from "../../event/criteria.ts";
import type { RawEvent } from "../../event/raw_event.ts";
import { isNoSpace } from "../../base/no_space.ts";
import type { Catalog } from "./catalog.ts";
import { type ArrivalRun, type DataFile, runsOf } from "./data_file.ts";
import { removeIfThere, syncDirectory, syncFile, writeAll, writeSynced } from "./disk.ts";
import { readContents } from "./file_contents.ts";
import { FileIndex } from "./file_index.ts";
import { type CutFile, encodeRecord, Journal } from "./journal.ts";
import { KeyCache, keyOf } from "./key_cache.ts";
import { TEMP_PREFIX } from "./names.ts";
import type { Cut } from "./find_by_id.ts";
import { stampOf } from "./recovery.ts";

/** Bytes in the journal after which the data files are synced and it is emptied: some seconds to read again. */
const CHECKPOINT_BYTES = 16 << 20;

/** Data files kept open for writing: as many minutes as late events usually touch. */
const MAX_OPEN_FILES = 64;

/** Files synced at a time. */
const PARALLEL_SYNCS = 8;

const NEWLINES = new TextEncoder().encode("\n\n");

/** Events for one file. */
interface Part {
  readonly file: DataFile;
  readonly events: RawEvent[];
  readonly arrivals: Cursor[];
  bytes: Uint8Array;
  runs: readonly ArrivalRun[];
}

/**
 * Changes the data files of a directory. One call at a time; whoever calls says when the journal is
 * synced.
 */
export class DirectoryWriter implements AsyncDisposable {
  readonly #directory: string;
  readonly #catalog: Catalog;
  readonly #journal: Journal;
  readonly #index: FileIndex;
  readonly #keys: KeyCache;
  readonly #open = new Map<DataFile, Deno.FsFile>();
  /** Files with bytes that may not be on disk, which the journal has. */
  readonly #dirty = new Set<DataFile>();
  #hasNewNames = false;
  /** Whether the index does not tell of a deletion yet: nothing may follow it in the journal. */
  #isIndexBehind = false;
  #cursor: Cursor;

  private constructor(
    directory: string,
    catalog: Catalog,
    cursor: Cursor,
    journal: Journal,
    index: FileIndex,
  ) {
    this.#directory = directory;
    this.#catalog = catalog;
    this.#cursor = cursor;
    this.#journal = journal;
    this.#index = index;
    this.#keys = new KeyCache(directory);
  }

  /** The directory must be locked and made whole. */
  static async open(directory: string, catalog: Catalog, cursor: Cursor): Promise<DirectoryWriter> {
    const journal = await Journal.open(directory);
    try {
      const index = await FileIndex.open(directory);
      return new DirectoryWriter(directory, catalog, cursor, journal, index);
    } catch (error) {
      journal[Symbol.dispose]();
      throw error;
    }
  }

  /** The last arrival number given. */
  get cursor(): Cursor {
    return this.#cursor;
  }

  /** Bytes of the journal. */
  get journalBytes(): number {
    return this.#journal.length;
  }

  /** Brings the journal to the disk. */
  async sync(): Promise<void> {
    await this.#journal.sync();
  }

  /**
   * Stores the events that are no duplicates: first in the journal, which `sync` then brings to the
   * disk, then in their files. Searches see them when it resolves; when it rejects, none is stored.
   *
   * @returns The arrival number of each event, 0 for a duplicate.
   */
  async save(events: readonly RawEvent[], sync: () => Promise<void>): Promise<Cursor[]> {
    if (this.#isIndexBehind) await this.checkpoint();
    const { arrivals, cursor } = await this.#number(events);
    const parts = this.#split(events, arrivals);
    if (parts.length === 0) return arrivals;
    const journalLength = this.#journal.length;
    await this.#journal.append(encodeParts(parts));
    try {
      await sync();
      // All must have ended before anything is taken back.
      const writes = await Promise.allSettled(parts.map((part) => this.#write(part)));
      for (const write of writes) if (write.status === "rejected") throw write.reason;
    } catch (error) {
      await this.#takeBack(parts, journalLength);
      throw error;
    }
    for (const part of parts) this.#settle(part);
    this.#cursor = cursor;
    return arrivals;
  }

  /** Takes events out of files. */
  async cut(files: readonly Cut[]): Promise<void> {
    await this.checkpoint();
    const temps: string[] = [];
    const cutFiles: CutFile[] = [];
    try {
      for (const { file, cuts, before, bytes, runs } of files) {
        const temp = join(this.#directory, `${TEMP_PREFIX}${file.name}`);
        temps.push(temp);
        await writeSynced(temp, bytes);
        const left = { size: bytes.length, crc: crc32(bytes), runs };
        cutFiles.push({ file: file.name, size: before, crc: file.crc, cuts, left });
      }
      const record = { kind: "delete", cursor: this.#cursor, files: cutFiles } as const;
      await this.#journal.append(encodeRecord(record, []));
    } catch (error) {
      for (const temp of temps) await removeIfThere(temp);
      throw error;
    }
    // From here on the deletion is done, if need be when the store is opened again.
    await this.#journal.sync();
    for (const cut of files) await this.#replace(cut);
    await syncDirectory(this.#directory);
    for (const { file } of files) this.#dirty.add(file);
    this.#isIndexBehind = true;
    try {
      await this.checkpoint();
    } catch (error) {
      // On a full disk it is done with the next change, or when the store is opened again.
      if (!isNoSpace(error)) throw error;
    }
  }

  /** Whether the journal is so long that it is time for a checkpoint. */
  get isCheckpointDue(): boolean {
    return this.#journal.length > CHECKPOINT_BYTES;
  }

  /** Brings the data files to the disk, so that the journal is not needed any more. */
  async checkpoint(): Promise<void> {
    if (this.#journal.length === 0) return;
    const changed = [...this.#dirty];
    const dirty = changed.filter((file) => this.#catalog.get(file.name) === file);
    for (let i = 0; i < dirty.length; i += PARALLEL_SYNCS) {
      await Promise.all(
        dirty.slice(i, i + PARALLEL_SYNCS).map((file) => syncFile(this.#pathOf(file))),
      );
    }
    if (this.#hasNewNames) await syncDirectory(this.#directory);
    this.#hasNewNames = false;
    await this.#writeIndex(changed);
    this.#dirty.clear();
    await this.#emptyJournal();
    this.#isIndexBehind = false;
  }

  // deno-lint-ignore require-await -- the interface is asynchronous
  async [Symbol.asyncDispose](): Promise<void> {
    for (const file of this.#open.values()) file.close();
    this.#open.clear();
    this.#journal[Symbol.dispose]();
    this.#index[Symbol.dispose]();
  }

  async #writeIndex(files: readonly DataFile[]): Promise<void> {
    const removed: string[] = [];
    const changed: DataFile[] = [];
    for (const file of files) {
      if (this.#catalog.get(file.name) !== file) {
        removed.push(file.name);
        continue;
      }
      file.stamp = await stampOf(this.#pathOf(file));
      changed.push(file);
    }
    await this.#index.update(changed, removed, this.#cursor);
  }

  async #emptyJournal(): Promise<void> {
    await this.#journal.truncate(0);
    await this.#journal.sync();
  }

  /** Gives numbers to those that are no duplicates of stored ones or of each other. */
  async #number(
    events: readonly RawEvent[],
  ): Promise<{ readonly arrivals: Cursor[]; readonly cursor: Cursor }> {
    const keys = events.map(keyOf);
    const isStored = new Array<boolean>(events.length).fill(false);
    const candidates = new Map<DataFile, number[]>();
    for (const [i, event] of events.entries()) {
      for (const file of this.#catalog.mayHold(event.timestamp)) {
        const rows = candidates.get(file);
        if (rows === undefined) candidates.set(file, [i]);
        else rows.push(i);
      }
    }
    for (const [file, rows] of candidates) {
      const stored = await this.#keys.get(file);
      for (const row of rows) isStored[row] ||= stored.has(keys[row] ?? "");
    }
    const seen = new Set<string>();
    let cursor = this.#cursor;
    const arrivals = keys.map((key, i) => {
      if (isStored[i] || seen.has(key)) return 0;
      seen.add(key);
      return ++cursor;
    });
    return { arrivals, cursor };
  }

  #split(events: readonly RawEvent[], arrivals: readonly Cursor[]): Part[] {
    const parts = new Map<string, Part>();
    for (const [i, event] of events.entries()) {
      const arrival = arrivals[i] ?? 0;
      if (arrival === 0) continue;
      const file = this.#catalog.target(event.timestamp);
      let part = parts.get(file.name);
      if (part === undefined) {
        part = { file, events: [], arrivals: [], bytes: NEWLINES, runs: [] };
        parts.set(file.name, part);
      }
      part.events.push(event);
      part.arrivals.push(arrival);
    }
    for (const part of parts.values()) {
      part.bytes = encodeEvents(part.events, part.file.missingNewlines);
      part.runs = runsOf(part.arrivals);
    }
    return [...parts.values()];
  }

  async #write({ file, bytes }: Part): Promise<void> {
    const handle = await this.#handle(file);
    handle.seekSync(file.size, Deno.SeekMode.Start);
    await writeAll(handle, bytes);
  }

  #settle({ file, bytes, events, runs }: Part): void {
    const isNew = this.#catalog.get(file.name) === undefined;
    file.append(bytes, events, runs);
    if (isNew) {
      this.#hasNewNames = true;
      this.#catalog.add(file);
    } else {
      this.#catalog.update(file);
    }
    this.#dirty.add(file);
    this.#keys.add(file, events, isNew);
    this.#closeSome();
  }

  /** Neither the journal nor a file may keep what is refused. */
  async #takeBack(parts: readonly Part[], journalLength: number): Promise<void> {
    for (const { file } of parts) {
      const isNew = this.#catalog.get(file.name) === undefined;
      if (isNew) {
        // Without a handle it was not made here.
        if (!this.#open.has(file)) continue;
        this.#close(file);
        await removeIfThere(this.#pathOf(file));
      } else {
        await this.#open.get(file)?.truncate(file.size);
      }
    }
    await this.#journal.truncate(journalLength);
    await this.#journal.sync();
  }

  async #replace({ file, bytes, contents, runs }: Cut): Promise<void> {
    this.#close(file);
    this.#keys.drop(file);
    const path = this.#pathOf(file);
    const temp = join(this.#directory, `${TEMP_PREFIX}${file.name}`);
    if (bytes.length === 0) {
      await removeIfThere(path);
      await removeIfThere(temp);
      this.#catalog.remove(file);
    } else {
      await Deno.rename(temp, path);
      this.#catalog.remove(file);
    }
    file.reset(bytes, contents ?? readContents(bytes), runs);
    if (bytes.length > 0) this.#catalog.add(file);
  }

  async #handle(file: DataFile): Promise<Deno.FsFile> {
    let handle = this.#open.get(file);
    if (handle === undefined) {
      const isKnown = this.#catalog.get(file.name) !== undefined;
      handle = await Deno.open(this.#pathOf(file), { write: true, createNew: !isKnown });
    }
    this.#open.delete(file);
    this.#open.set(file, handle);
    return handle;
  }

  #closeSome(): void {
    for (const file of this.#open.keys()) {
      if (this.#open.size <= MAX_OPEN_FILES) return;
      this.#close(file);
    }
  }

  #close(file: DataFile): void {
    this.#open.get(file)?.close();
    this.#open.delete(file);
  }

  #pathOf(file: DataFile): string {
    return join(this.#directory, file.name);
  }
}

/** The events as they stand in a file: each followed by a blank line. */
function encodeEvents(
  events: readonly RawEvent[],
  missingNewlines: number,
): Uint8Array<ArrayBuffer> {
  let length = missingNewlines;
  for (const event of events) length += event.frameLength + 1;
  const bytes = new Uint8Array(length);
  bytes.set(NEWLINES.subarray(0, missingNewlines));
  let at = missingNewlines;
  for (const event of events) {
    const frame = event.frame();
    bytes.set(frame, at);
    at += frame.length;
    bytes.set(NEWLINES.subarray(0, 1), at++);
  }
  return bytes;
}

function encodeParts(parts: readonly Part[]): Uint8Array<ArrayBuffer> {
  const appended = parts.map(({ file, bytes, runs }) => ({
    file: file.name,
    offset: file.size,
    bytes: bytes.length,
    runs,
  }));
  return encodeRecord({ kind: "append", parts: appended }, parts.map(({ bytes }) => bytes));
}
