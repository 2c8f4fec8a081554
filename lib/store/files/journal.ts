import { Buffer } from "node:buffer";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { concatBytes } from "../../base/bytes.ts";
import { NEWLINE } from "../../event/ascii.ts";
import type { Cursor } from "../../event/criteria.ts";
import type { ArrivalRun } from "./data_file.ts";
import { syncDirectory, writeAll } from "./disk.ts";
import { JOURNAL_NAME } from "./names.ts";

/** Bytes that a group of saves adds to one file; they follow the record, part after part. */
export interface AppendedPart {
  readonly file: string;
  readonly offset: number;
  readonly bytes: number;
  readonly runs: readonly ArrivalRun[];
}

/** What a deletion takes out of one file. */
export interface CutFile {
  readonly file: string;
  readonly size: number;
  readonly crc: number;
  readonly cuts: readonly (readonly [offset: number, bytes: number])[];
  /** What is left; a file without bytes goes away. */
  readonly left: {
    readonly size: number;
    readonly crc: number;
    readonly runs: readonly ArrivalRun[];
  };
}

/** A change of data files, done again when it may not have come to its end. */
export type JournalRecord =
  | { readonly kind: "append"; readonly parts: readonly AppendedPart[] }
  | { readonly kind: "delete"; readonly cursor: Cursor; readonly files: readonly CutFile[] };

/** A record as it was read, with the bytes that follow it. */
export interface ReadRecord {
  readonly record: JournalRecord;
  readonly payload: Uint8Array;
}

/** `theia-journal <version> <bytes of the record> <bytes that follow> <CRC-32 of both>`, in a line. */
const HEAD = /^theia-journal 1 (\d+) (\d+) ([0-9a-f]{8})$/;

const encoder = new TextEncoder();

/** The bytes of a record. */
export function encodeRecord(
  record: JournalRecord,
  payload: readonly Uint8Array[],
): Uint8Array<ArrayBuffer> {
  const text = encoder.encode(JSON.stringify(record));
  let crc = crc32(text);
  let bytes = 0;
  for (const part of payload) {
    crc = crc32(part, crc);
    bytes += part.length;
  }
  const head = `theia-journal 1 ${text.length} ${bytes} ${crc.toString(16).padStart(8, "0")}\n`;
  return concatBytes([encoder.encode(head), text, ...payload]);
}

/** The records up to the first one that is incomplete: whoever wrote that was not told that it is stored. */
export function decodeRecords(bytes: Uint8Array): ReadRecord[] {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const records: ReadRecord[] = [];
  for (let at = 0; at < bytes.length;) {
    const lineEnd = bytes.indexOf(NEWLINE, at);
    const head = lineEnd < 0 || lineEnd - at > 80
      ? null
      : HEAD.exec(buffer.toString("latin1", at, lineEnd));
    if (head === null) break;
    const start = lineEnd + 1;
    const middle = start + Number(head[1]);
    const end = middle + Number(head[2]);
    if (end > bytes.length) break;
    if (crc32(bytes.subarray(start, end)) !== parseInt(head[3] ?? "", 16)) break;
    const record = JSON.parse(buffer.toString("utf8", start, middle)) as JournalRecord;
    records.push({ record, payload: bytes.subarray(middle, end) });
    at = end;
  }
  return records;
}

/**
 * The journal of a data directory: each change is written and synced here before it is done to the
 * data files, so that it is done as a whole or not at all, whatever number of files it touches, and
 * with one sync. When the data files were synced, the journal is emptied.
 */
export class Journal implements Disposable {
  readonly #file: Deno.FsFile;
  #length = 0;

  private constructor(file: Deno.FsFile) {
    this.#file = file;
  }

  /** Opens the journal, which must have been read before: it is as long as it is on disk. */
  static async open(directory: string): Promise<Journal> {
    const file = await Deno.open(join(directory, JOURNAL_NAME), { write: true, create: true });
    try {
      await syncDirectory(directory);
      const journal = new Journal(file);
      journal.#length = await file.seek(0, Deno.SeekMode.End);
      return journal;
    } catch (error) {
      file.close();
      throw error;
    }
  }

  /** What is in the journal of a directory. */
  static async read(directory: string): Promise<ReadRecord[]> {
    try {
      return decodeRecords(await Deno.readFile(join(directory, JOURNAL_NAME)));
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return [];
      throw error;
    }
  }

  get length(): number {
    return this.#length;
  }

  /** Writes a record; when it cannot be written as a whole, nothing of it stays. */
  async append(record: Uint8Array): Promise<void> {
    try {
      await writeAll(this.#file, record);
    } catch (error) {
      await this.truncate(this.#length);
      throw error;
    }
    this.#length += record.length;
  }

  /** Takes back what was written after a length. */
  async truncate(length: number): Promise<void> {
    await this.#file.truncate(length);
    await this.#file.seek(length, Deno.SeekMode.Start);
    this.#length = length;
  }

  async sync(): Promise<void> {
    await this.#file.syncData();
  }

  [Symbol.dispose](): void {
    this.#file.close();
  }
}
