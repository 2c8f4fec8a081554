import { crc32 } from "node:zlib";
import type { Cursor } from "../../event/criteria.ts";
import type { RawEvent } from "../../event/raw_event.ts";
import type { FileContents } from "./file_contents.ts";
import { type FileSpan, parseFileName } from "./names.ts";

/** Events that lie one after another in a file and have consecutive arrival numbers. */
export type ArrivalRun = readonly [count: number, first: Cursor];

/** What tells whether a file is still the one that was looked at. */
export interface FileStamp {
  readonly mtime: number;
  readonly inode: number;
}

/** What is known of a data file without reading it; the members that change do so with the file. */
export class DataFile {
  readonly name: string;
  /** What the name says; the events may lie outside. */
  readonly span: FileSpan;
  /** Bytes that were taken in. */
  size = 0;
  /** CRC-32 of those. */
  crc = 0;
  events = 0;
  rawBytes = 0;
  oldest = Infinity;
  newest = -Infinity;
  runs: ArrivalRun[] = [];
  missingNewlines = 0;
  /** Regions that are no events. */
  damages = 0;
  /** Rises when the file is replaced: what was read before does not fit what is said here. */
  generation = 0;
  stamp: FileStamp | undefined;

  /** A file that holds nothing yet. */
  constructor(name: string) {
    this.name = name;
    this.span = parseFileName(name) ?? { start: 0, end: 0 };
  }

  /** The greatest arrival number in the file. */
  get lastArrival(): Cursor {
    let last = 0;
    for (const [count, first] of this.runs) last = Math.max(last, first + count - 1);
    return last;
  }

  /** Takes note of events behind those that the file holds. */
  append(bytes: Uint8Array, events: readonly RawEvent[], runs: readonly ArrivalRun[]): void {
    this.size += bytes.length;
    this.crc = crc32(bytes, this.crc);
    this.missingNewlines = 0;
    this.addEvents(events);
    for (const run of runs) addRun(this.runs, run);
  }

  /** Takes note of what a file holds from its beginning on. */
  reset(bytes: Uint8Array, contents: FileContents, runs: readonly ArrivalRun[]): void {
    this.generation++;
    this.size = bytes.length;
    this.crc = crc32(bytes);
    this.events = 0;
    this.rawBytes = 0;
    this.oldest = Infinity;
    this.newest = -Infinity;
    this.addEvents(contents.events);
    this.missingNewlines = contents.missingNewlines;
    this.damages = contents.damages.length;
    this.runs = [];
    for (const run of runs) addRun(this.runs, run);
  }

  private addEvents(events: readonly RawEvent[]): void {
    this.events += events.length;
    for (const event of events) {
      this.rawBytes += event.contentEnd - event.headerStart;
      if (event.timestamp < this.oldest) this.oldest = event.timestamp;
      if (event.timestamp > this.newest) this.newest = event.timestamp;
    }
  }
}

/** Adds a run behind others, joined with the last one where it goes on. */
export function addRun(runs: ArrivalRun[], run: ArrivalRun): void {
  const last = runs.at(-1);
  if (last !== undefined && last[0] + last[1] === run[1]) {
    runs[runs.length - 1] = [last[0] + run[0], last[1]];
  } else if (run[0] > 0) {
    runs.push(run);
  }
}

/** The numbers of runs, one by one. */
export function arrivalsOf(runs: readonly ArrivalRun[]): Cursor[] {
  const arrivals: Cursor[] = [];
  for (const [count, first] of runs) {
    for (let i = 0; i < count; i++) arrivals.push(first + i);
  }
  return arrivals;
}

/** Runs of numbers. */
export function runsOf(arrivals: readonly Cursor[]): ArrivalRun[] {
  const runs: ArrivalRun[] = [];
  for (const arrival of arrivals) addRun(runs, [1, arrival]);
  return runs;
}

/**
 * The arrival number of each event of a file that was read, 0 where damage leaves it open: what comes
 * before the first damage is counted from the front, what comes after the last one from the back.
 */
export function alignArrivals(runs: readonly ArrivalRun[], contents: FileContents): Cursor[] {
  const arrivals = arrivalsOf(runs);
  const found = contents.events.length;
  if (found === arrivals.length) return arrivals;
  const front = contents.damages[0]?.eventsBefore ?? found;
  const back = contents.tornAt === undefined
    ? contents.damages.at(-1)?.eventsBefore ?? found
    : found;
  return contents.events.map((_, i) => {
    if (i < front) return arrivals[i] ?? 0;
    return i < back ? 0 : arrivals[arrivals.length - (found - i)] ?? 0;
  });
}
