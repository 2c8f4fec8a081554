import { join } from "node:path";
import { crc32 } from "node:zlib";
import type { Cursor } from "../../event/criteria.ts";
import type { RawEvent } from "../../event/raw_event.ts";
import { Catalog } from "./catalog.ts";
import { addRun, type ArrivalRun, DataFile, type FileStamp } from "./data_file.ts";
import { removeIfThere, syncDirectory, syncFile, writeAll, writeSynced } from "./disk.ts";
import { type FileContents, readContents } from "./file_contents.ts";
import { FileIndex, readIndex } from "./file_index.ts";
import { type AppendedPart, type CutFile, Journal } from "./journal.ts";
import { JOURNAL_NAME, parseFileName, TEMP_PREFIX } from "./names.ts";
import type { FilesStoreNotice } from "./notice.ts";

/** What was found in a directory, made whole. */
export interface Recovered {
  readonly catalog: Catalog;
  readonly cursor: Cursor;
  /** Tails that were cut off and lines of the index that were lost. */
  readonly damaged: number;
}

/** What a file should hold from its beginning on, as far as index and journal tell. */
interface Expected {
  size: number;
  crc: number;
  readonly runs: ArrivalRun[];
}

/**
 * Makes a directory whole after whatever end its last user came to, and finds out what is in it. Files
 * that are as the index says are not read. Each step may be cut short and is then done again:
 * the journal is emptied last.
 */
export class Recovery {
  readonly #directory: string;
  readonly #notify: (notice: FilesStoreNotice) => void;
  readonly #catalog = new Catalog();
  readonly #expected = new Map<string, Expected>();
  /** Files that the journal names: they may not be on disk yet. */
  readonly #touched = new Set<string>();
  #known: ReadonlyMap<string, DataFile> = new Map();
  #cursor: Cursor = 0;
  #damaged = 0;

  private constructor(directory: string, notify: (notice: FilesStoreNotice) => void) {
    this.#directory = directory;
    this.#notify = notify;
  }

  /** The directory must be locked. */
  static async run(
    directory: string,
    notify: (notice: FilesStoreNotice) => void,
  ): Promise<Recovered> {
    const recovery = new Recovery(directory, notify);
    return await recovery.#run();
  }

  async #run(): Promise<Recovered> {
    const index = await readIndex(this.#directory);
    this.#known = index.files;
    this.#cursor = index.cursor;
    for (const line of index.damagedLines) {
      this.#damaged++;
      this.#notify({ kind: "damaged-index", line });
    }
    const journalSize = await this.#replay();
    const names = await this.#list();
    const scanned: DataFile[] = [];
    const removed = [...this.#known.keys()].filter((name) => !names.includes(name));
    for (const name of names) {
      const { file, isScanned } = await this.#take(name);
      this.#catalog.add(file);
      if (isScanned) scanned.push(file);
    }
    for (const file of scanned) {
      await syncFile(join(this.#directory, file.name));
      file.stamp = await stampOf(join(this.#directory, file.name));
    }
    if (!index.isTidy) {
      await FileIndex.rewrite(this.#directory, this.#catalog.files, this.#cursor);
    } else if (scanned.length > 0 || removed.length > 0 || journalSize > 0) {
      await syncDirectory(this.#directory);
      using writer = await FileIndex.open(this.#directory);
      await writer.update(scanned, removed, this.#cursor);
    }
    if (journalSize > 0) await this.#emptyJournal();
    return { catalog: this.#catalog, cursor: this.#cursor, damaged: this.#damaged };
  }

  async #emptyJournal(): Promise<void> {
    using journal = await Journal.open(this.#directory);
    await journal.truncate(0);
    await journal.sync();
  }

  /** Returns how many bytes the journal has. */
  async #replay(): Promise<number> {
    for (const { record, payload } of await Journal.read(this.#directory)) {
      if (record.kind === "delete") {
        this.#cursor = Math.max(this.#cursor, record.cursor);
        for (const cut of record.files) await this.#redoCut(cut);
        continue;
      }
      let offset = 0;
      for (const part of record.parts) {
        await this.#redoAppend(part, payload.subarray(offset, offset + part.bytes));
        offset += part.bytes;
      }
    }
    const stat = await Deno.stat(join(this.#directory, JOURNAL_NAME)).catch(() => undefined);
    return stat?.size ?? 0;
  }

  async #redoAppend(part: AppendedPart, bytes: Uint8Array): Promise<void> {
    const { file: name, offset, runs } = part;
    for (const [count, first] of runs) this.#cursor = Math.max(this.#cursor, first + count - 1);
    const expected = this.#expectedOf(name);
    // It was in the data file when the index was written.
    if (expected.size >= offset + bytes.length) return;
    this.#touched.add(name);
    const path = join(this.#directory, name);
    using file = await Deno.open(path, { read: true, write: true, create: true });
    const { size } = await file.stat();
    const present = await readFrom(
      file,
      offset,
      Math.min(bytes.length, Math.max(0, size - offset)),
    );
    const fits = size >= offset && present.every((byte, i) => byte === bytes[i]);
    // Where somebody else has changed the file since, the events go to its end.
    await file.seek(fits ? offset : size, Deno.SeekMode.Start);
    await writeAll(file, bytes);
    if (!fits || expected.size !== offset) return;
    expected.size += bytes.length;
    expected.crc = crc32(bytes, expected.crc);
    for (const run of runs) addRun(expected.runs, run);
  }

  async #redoCut({ file: name, size, crc, cuts, left }: CutFile): Promise<void> {
    this.#touched.add(name);
    const path = join(this.#directory, name);
    const bytes = await Deno.readFile(path).catch(() => undefined);
    if (bytes !== undefined && bytes.length === size && crc32(bytes) === crc) {
      await replaceFile(this.#directory, name, cutBytes(bytes, cuts));
    }
    const now = await Deno.readFile(path).catch(() => undefined);
    // Otherwise somebody else has changed the file since.
    if (now?.length === left.size && crc32(now) === left.crc) {
      this.#expected.set(name, { size: left.size, crc: left.crc, runs: [...left.runs] });
    }
  }

  #expectedOf(name: string): Expected {
    let expected = this.#expected.get(name);
    if (expected === undefined) {
      const known = this.#known.get(name);
      expected = { size: known?.size ?? 0, crc: known?.crc ?? 0, runs: [...known?.runs ?? []] };
      this.#expected.set(name, expected);
    }
    return expected;
  }

  /** The names of data files, in the order of their spans; what replaces others and never did is removed. */
  async #list(): Promise<string[]> {
    const names: string[] = [];
    for await (const { name, isDirectory } of Deno.readDir(this.#directory)) {
      if (name.startsWith(TEMP_PREFIX)) await removeIfThere(join(this.#directory, name));
      else if (parseFileName(name) !== undefined && !isDirectory) names.push(name);
    }
    const startOf = (name: string) => parseFileName(name)?.start ?? 0;
    return names.sort((a, b) => startOf(a) - startOf(b) || (a < b ? -1 : 1));
  }

  async #take(name: string): Promise<{ readonly file: DataFile; readonly isScanned: boolean }> {
    const path = join(this.#directory, name);
    const known = this.#known.get(name);
    if (known !== undefined && !this.#touched.has(name) && known.damages === 0) {
      const { size } = await Deno.stat(path);
      if (size === known.size && isSame(await stampOf(path), known.stamp)) {
        this.#cursor = Math.max(this.#cursor, known.lastArrival);
        return { file: known, isScanned: false };
      }
    }
    return { file: await this.#scan(name, path), isScanned: true };
  }

  async #scan(name: string, path: string): Promise<DataFile> {
    let bytes = await Deno.readFile(path);
    let contents = readContents(bytes);
    const wholeBytes = bytes;
    for (const { offset, bytes: count, reason } of contents.damages) {
      this.#notify({ kind: "damaged-file", file: name, offset, bytes: count, reason });
    }
    if (contents.tornAt !== undefined) {
      const offset = contents.tornAt;
      this.#damaged++;
      this.#notify({ kind: "torn-tail", file: name, offset, bytes: bytes.length - offset });
      await Deno.truncate(path, offset);
      bytes = bytes.subarray(0, offset);
      contents = readContents(bytes);
    }
    const file = new DataFile(name);
    file.reset(bytes, contents, this.#number(name, wholeBytes, bytes, contents));
    return file;
  }

  /** Events that lie where they were keep their numbers, others get new ones. */
  #number(
    name: string,
    wholeBytes: Uint8Array,
    bytes: Uint8Array,
    contents: FileContents,
  ): ArrivalRun[] {
    const expected = this.#expectedOf(name);
    const kept = countEvents(expected.runs);
    const within = contents.events.filter((event) => endOf(event, bytes) <= expected.size).length;
    const isSame = expected.size <= wholeBytes.length && kept === within &&
      crc32(wholeBytes.subarray(0, expected.size)) === expected.crc;
    for (const [count, first] of expected.runs) {
      this.#cursor = Math.max(this.#cursor, first + count - 1);
    }
    if (!isSame) this.#notify({ kind: "changed-file", file: name });
    const runs = isSame ? [...expected.runs] : [];
    const fresh = contents.events.length - (isSame ? kept : 0);
    if (fresh > 0) addRun(runs, [fresh, this.#cursor + 1]);
    this.#cursor += fresh;
    return runs;
  }
}

function countEvents(runs: readonly ArrivalRun[]): number {
  return runs.reduce((sum, [count]) => sum + count, 0);
}

/** Where an event's content ends in the bytes that it is part of. */
function endOf(event: RawEvent, bytes: Uint8Array): number {
  return event.buffer.byteOffset - bytes.byteOffset + event.contentEnd;
}

async function readFrom(file: Deno.FsFile, offset: number, count: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(count);
  await file.seek(offset, Deno.SeekMode.Start);
  for (let at = 0; at < count;) {
    const read = await file.read(bytes.subarray(at));
    if (read === null) return bytes.subarray(0, at);
    at += read;
  }
  return bytes;
}

/** What tells later whether the file is still this one. */
export async function stampOf(path: string): Promise<FileStamp> {
  const { mtime, ino } = await Deno.stat(path);
  return { mtime: mtime?.getTime() ?? 0, inode: ino ?? 0 };
}

function isSame(a: FileStamp, b: FileStamp | undefined): boolean {
  return a.mtime === b?.mtime && a.inode === b.inode;
}

/** Bytes without the ranges, which rise. */
export function cutBytes(
  bytes: Uint8Array,
  cuts: readonly (readonly [offset: number, bytes: number])[],
): Uint8Array<ArrayBuffer> {
  const removed = cuts.reduce((sum, [, count]) => sum + count, 0);
  const rest = new Uint8Array(bytes.length - removed);
  let from = 0;
  let to = 0;
  for (const [offset, count] of [...cuts, [bytes.length, 0] as const]) {
    rest.set(bytes.subarray(from, offset), to);
    to += offset - from;
    from = offset + count;
  }
  return rest;
}

/** Puts bytes in place of a file, or removes it for none: a crash leaves the old file or the new one. */
export async function replaceFile(
  directory: string,
  name: string,
  bytes: Uint8Array,
): Promise<void> {
  const path = join(directory, name);
  if (bytes.length === 0) {
    await removeIfThere(path);
  } else {
    const temp = join(directory, `${TEMP_PREFIX}${name}`);
    await writeSynced(temp, bytes);
    await Deno.rename(temp, path);
  }
  await syncDirectory(directory);
}
