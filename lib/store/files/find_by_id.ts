import { Buffer } from "node:buffer";
import { join } from "node:path";
import { NEWLINE } from "../../event/ascii.ts";
import type { Cursor } from "../../event/criteria.ts";
import type { RawEvent } from "../../event/raw_event.ts";
import { EventReadError } from "../store.ts";
import type { Catalog } from "./catalog.ts";
import { alignArrivals, type ArrivalRun, type DataFile, runsOf } from "./data_file.ts";
import { readStart } from "./disk.ts";
import { type FileContents, readContents } from "./file_contents.ts";
import { cutBytes } from "./recovery.ts";

/** An event with its arrival number. */
export interface StoredEvent {
  readonly event: RawEvent;
  readonly arrival: Cursor;
}

/** A file as it was read, with what was known of it then. */
export interface ReadFile {
  readonly bytes: Uint8Array;
  readonly contents: FileContents;
  /** The arrival number of each event, 0 where it is not known. */
  readonly arrivals: readonly Cursor[];
}

/** A file without the events of an id. */
export interface Cut {
  readonly file: DataFile;
  /** The size before. */
  readonly before: number;
  readonly cuts: readonly (readonly [offset: number, bytes: number])[];
  /** What is left. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly contents: FileContents | undefined;
  readonly runs: readonly ArrivalRun[];
  /** How many events go. */
  readonly removed: number;
}

/**
 * Reads what was taken in of a file; undefined when the file is gone.
 *
 * @param mayHold Looks at the bytes first: false spares reading the events.
 */
export async function readDataFile(
  directory: string,
  file: DataFile,
  mayHold: (bytes: Uint8Array) => boolean = () => true,
): Promise<ReadFile | undefined> {
  for (;;) {
    const { generation, size } = file;
    const runs = [...file.runs];
    let bytes: Uint8Array;
    try {
      bytes = await readStart(join(directory, file.name), size);
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return undefined;
      throw error;
    }
    // A deletion has put another file in its place meanwhile.
    if (file.generation !== generation) continue;
    if (!mayHold(bytes)) return undefined;
    const contents = readContents(bytes);
    return { bytes, contents, arrivals: alignArrivals(runs, contents) };
  }
}

/** The event of this id with the greatest timestamp, the last to arrive among equals. */
export async function findById(
  directory: string,
  catalog: Catalog,
  id: string,
  assertOpen: () => void,
): Promise<RawEvent | undefined> {
  const isCandidate = idFinder(id);
  let found: StoredEvent | undefined;
  const files = [...catalog.files].filter(({ events }) => events > 0);
  for (const file of files.sort((a, b) => b.newest - a.newest)) {
    assertOpen();
    if (found !== undefined && found.event.timestamp > file.newest) break;
    const read = await readDataFile(directory, file, isCandidate);
    for (const [i, event] of read?.contents.events.entries() ?? []) {
      if (event.id !== id) continue;
      const arrival = read?.arrivals[i] ?? 0;
      const after = found === undefined ? 1 : event.timestamp - found.event.timestamp;
      if (after > 0 || (after === 0 && arrival > (found?.arrival ?? 0))) found = { event, arrival };
    }
  }
  return found?.event;
}

/** What is left of the files that hold events of this id. */
export async function cutById(directory: string, catalog: Catalog, id: string): Promise<Cut[]> {
  const isCandidate = idFinder(id);
  const cuts: Cut[] = [];
  for (const file of catalog.files) {
    const read = await readDataFile(directory, file, isCandidate);
    const cut = read === undefined ? undefined : cutFile(file, read, id);
    if (cut !== undefined) cuts.push(cut);
  }
  return cuts;
}

function idFinder(id: string): (bytes: Uint8Array) => boolean {
  const wanted = Buffer.from(id);
  return (bytes) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).indexOf(wanted) >= 0;
}

function cutFile(file: DataFile, read: ReadFile, id: string): Cut | undefined {
  const { bytes, contents } = read;
  const cuts: (readonly [number, number])[] = [];
  const kept: Cursor[] = [];
  for (const [i, event] of contents.events.entries()) {
    if (event.id !== id) {
      kept.push(read.arrivals[i] ?? 0);
      continue;
    }
    const shift = event.buffer.byteOffset - bytes.byteOffset;
    const end = shift + event.contentEnd;
    // The preamble is the line before the header.
    const start = bytes.lastIndexOf(NEWLINE, shift + event.headerStart - 2) + 1;
    // With the newline that ends it and the blank line.
    const newlines = bytes[end] !== NEWLINE ? 0 : bytes[end + 1] === NEWLINE ? 2 : 1;
    cuts.push([start, end + newlines - start]);
  }
  if (cuts.length === 0) return undefined;
  if (kept.includes(0)) {
    throw new EventReadError(
      `Cannot delete from '${file.name}': it was damaged while the store was open; open it again`,
    );
  }
  const left = cutBytes(bytes, cuts);
  return {
    file,
    before: bytes.length,
    cuts,
    bytes: left,
    contents: undefined,
    runs: runsOf(kept),
    removed: cuts.length,
  };
}
