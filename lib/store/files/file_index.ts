import { Buffer } from "node:buffer";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import type { Cursor } from "../../event/criteria.ts";
import { EventStoreError } from "../store.ts";
import { type ArrivalRun, DataFile, type FileStamp } from "./data_file.ts";
import { syncDirectory, writeAll, writeSynced } from "./disk.ts";
import { INDEX_NAME, TEMP_PREFIX } from "./names.ts";

/** A later layout gets a greater number; this program refuses numbers that it does not know. */
const VERSION = 1;

const FORMAT = "theia-files-index";

/** Lines that may be out of date before the index is written anew, beside as many as there are files. */
const MAX_STALE_LINES = 1024;

interface IndexEntry extends FileStamp {
  readonly file: string;
  readonly size: number;
  readonly crc: number;
  readonly events: number;
  readonly rawBytes: number;
  readonly oldest: number | null;
  readonly newest: number | null;
  readonly runs: readonly ArrivalRun[];
  readonly missingNewlines: number;
  readonly damages: number;
}

type IndexLine =
  | IndexEntry
  | { readonly removed: string }
  | { readonly cursor: Cursor }
  | { readonly format: string; readonly version: number };

/** What an index says. */
export interface IndexContents {
  readonly files: ReadonlyMap<string, DataFile>;
  readonly cursor: Cursor;
  /** Lines that could not be read, from 1. */
  readonly damagedLines: readonly number[];
  /** Whether the file is as a new one would be: nothing out of date, nothing damaged. */
  readonly isTidy: boolean;
}

const encoder = new TextEncoder();

/** Reads the index of a directory; without one nothing is known. */
export async function readIndex(directory: string): Promise<IndexContents> {
  const files = new Map<string, DataFile>();
  const damagedLines: number[] = [];
  const text = await readText(join(directory, INDEX_NAME));
  const lines = text.split("\n");
  // What follows the last newline was not written to its end: it was not relied on yet.
  const rest = lines.pop();
  let cursor = 0;
  for (const [i, line] of lines.entries()) {
    const entry = decodeLine(line);
    if (entry === undefined) damagedLines.push(i + 1);
    else if ("format" in entry) assertVersion(directory, entry.version);
    else if ("cursor" in entry) cursor = Math.max(cursor, entry.cursor);
    else if ("removed" in entry) files.delete(entry.removed);
    else files.set(entry.file, toDataFile(entry));
  }
  const stale = lines.length - files.size;
  const isTidy = rest === "" && lines.length > 0 && damagedLines.length === 0 &&
    stale <= files.size + MAX_STALE_LINES;
  return { files, cursor, damagedLines, isTidy };
}

async function readText(path: string): Promise<string> {
  try {
    return Buffer.from(await Deno.readFile(path)).toString("utf8");
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "";
    throw error;
  }
}

function assertVersion(directory: string, version: number): void {
  if (version <= VERSION) return;
  throw new EventStoreError(
    `Cannot open store '${directory}': its index has version ${version}, this program knows ` +
      `versions up to ${VERSION}; use a newer program`,
  );
}

/** Adds to the index of a directory: what it says of a file last holds. */
export class FileIndex implements Disposable {
  readonly #file: Deno.FsFile;

  private constructor(file: Deno.FsFile) {
    this.#file = file;
  }

  static async open(directory: string): Promise<FileIndex> {
    return new FileIndex(await Deno.open(join(directory, INDEX_NAME), { append: true }));
  }

  /** Writes an index of these files in place of any other: a crash leaves the one or the other. */
  static async rewrite(
    directory: string,
    files: Iterable<DataFile>,
    cursor: Cursor,
  ): Promise<void> {
    const lines: IndexLine[] = [{ format: FORMAT, version: VERSION }, { cursor }];
    for (const file of files) lines.push(...toEntry(file));
    const temp = join(directory, `${TEMP_PREFIX}index`);
    await writeSynced(temp, encodeLines(lines));
    await Deno.rename(temp, join(directory, INDEX_NAME));
    await syncDirectory(directory);
  }

  /** Says what is known of files now; on disk when it resolves. */
  async update(
    changed: Iterable<DataFile>,
    removed: Iterable<string>,
    cursor: Cursor,
  ): Promise<void> {
    const lines: IndexLine[] = [{ cursor }];
    for (const name of removed) lines.push({ removed: name });
    for (const file of changed) lines.push(...toEntry(file));
    const { size } = await this.#file.stat();
    try {
      await writeAll(this.#file, encodeLines(lines));
    } catch (error) {
      await this.#file.truncate(size);
      throw error;
    }
    await this.#file.syncData();
  }

  [Symbol.dispose](): void {
    this.#file.close();
  }
}

function encodeLines(lines: readonly IndexLine[]): Uint8Array<ArrayBuffer> {
  return encoder.encode(lines.map(encodeLine).join(""));
}

function encodeLine(line: IndexLine): string {
  const text = JSON.stringify(line);
  return `${crc32(text).toString(16).padStart(8, "0")} ${text}\n`;
}

function decodeLine(line: string): IndexLine | undefined {
  const text = line.slice(9);
  if (crc32(text).toString(16).padStart(8, "0") !== line.slice(0, 8)) return undefined;
  return JSON.parse(text);
}

function toEntry(file: DataFile): IndexEntry[] {
  const { name, size, crc, events, rawBytes, runs, missingNewlines, damages, stamp } = file;
  if (stamp === undefined) return [];
  const [oldest, newest] = events > 0 ? [file.oldest, file.newest] : [null, null];
  return [{
    file: name,
    size,
    crc,
    ...stamp,
    events,
    rawBytes,
    oldest,
    newest,
    runs,
    missingNewlines,
    damages,
  }];
}

function toDataFile(entry: IndexEntry): DataFile {
  const file = new DataFile(entry.file);
  file.size = entry.size;
  file.crc = entry.crc;
  file.events = entry.events;
  file.rawBytes = entry.rawBytes;
  file.oldest = entry.oldest ?? Infinity;
  file.newest = entry.newest ?? -Infinity;
  file.runs = [...entry.runs];
  file.missingNewlines = entry.missingNewlines;
  file.damages = entry.damages;
  file.stamp = { mtime: entry.mtime, inode: entry.inode };
  return file;
}
