import { PAGE_BYTES } from "./schema.ts";

/** What a write-ahead log holds. */
export interface LogFrames {
  /** Where in the log the newest content of each page stands. */
  readonly places: ReadonlyMap<number, number>;
  /** The greatest page number in it. */
  readonly lastPage: number;
  /** Pages of the database after the last commit, 0 when there is no commit. */
  readonly committedPages: number;
  /** Whether commits stand behind damage: SQLite would pass over them. */
  readonly isBroken: boolean;
  /** Whether it ends within a commit that was being written or was damaged. */
  readonly isTorn: boolean;
}

/** Those of a log that is not there. */
export const NO_FRAMES: LogFrames = {
  places: new Map(),
  lastPage: 0,
  committedPages: 0,
  isBroken: false,
  isTorn: false,
};

const HEADER_BYTES = 32;
const FRAME_HEADER_BYTES = 24;
const FRAME_BYTES = FRAME_HEADER_BYTES + PAGE_BYTES;

/** The least significant bit says in which order the bytes of the numbers that are summed stand. */
const MAGIC = 0x377f0682;
const FORMAT_VERSION = 3_007_000;

type Sums = readonly [number, number];

/** Options of {@linkcode readLogFrames}. */
export interface LogFramesOptions {
  /** Whether somebody may be writing the log: then it ends at the first frame that is not whole. */
  readonly isInUse?: boolean;
}

/**
 * Reads a write-ahead log (https://sqlite.org/fileformat2.html#the_write_ahead_log), its commits only.
 *
 * SQLite ends at the first frame whose checksum does not match. Each checksum starts from the one before,
 * which the frame before holds; so here the frames behind a damaged one are checked all the same.
 */
export function readLogFrames(
  file: Deno.FsFile,
  { isInUse = false }: LogFramesOptions = {},
): LogFrames {
  const reader = new FrameReader(file);
  const places = new Map<number, number>();
  const state = { committedPages: 0, lastPage: 0, isBroken: false, isTorn: false };
  let isBehindDamage = !reader.isSound;
  let pending: (readonly [page: number, place: number])[] = [];
  for (let frame = reader.next(); frame !== undefined; frame = reader.next()) {
    if (!frame.isSound) {
      if (isInUse) break;
      isBehindDamage = true;
      state.isTorn ||= frame.isCurrent;
      continue;
    }
    pending.push([frame.page, frame.place]);
    if (frame.committedPages === 0) continue;
    for (const [page, place] of pending) {
      places.set(page, place);
      state.lastPage = Math.max(state.lastPage, page);
    }
    pending = [];
    state.committedPages = frame.committedPages;
    state.isBroken ||= isBehindDamage;
  }
  return { ...state, places };
}

interface Frame {
  readonly page: number;
  readonly place: number;
  /** Pages of the database when it ends a commit, else 0. */
  readonly committedPages: number;
  readonly isSound: boolean;
  /** Whether it belongs to the commits of this log, not to older ones that it writes over. */
  readonly isCurrent: boolean;
}

class FrameReader {
  readonly #file: Deno.FsFile;
  readonly #isBigEndian: boolean;
  /** Whether the header of the log is. */
  readonly isSound: boolean;
  #place = HEADER_BYTES;
  /** From which the next checksum may start: the one before as it is stored, and as it should be. */
  #sums: readonly Sums[];
  /** The two numbers that all frames of these commits have, undefined when the header is damaged. */
  #salts: bigint | undefined;
  #saltsBefore: bigint | undefined;
  readonly #bytes = new Uint8Array(FRAME_BYTES);

  constructor(file: Deno.FsFile) {
    this.#file = file;
    const bytes = new Uint8Array(HEADER_BYTES);
    const isWhole = fill(file, bytes);
    const header = new DataView(bytes.buffer);
    const magic = header.getUint32(0);
    const stored: Sums = [header.getUint32(24), header.getUint32(28)];
    const sums = addTo([0, 0], bytes.subarray(0, 24), magic === MAGIC + 1);
    this.#sums = isSame(stored, sums) ? [stored] : [stored, sums];
    this.isSound = !isWhole || (magic === MAGIC || magic === MAGIC + 1) &&
        header.getUint32(4) === FORMAT_VERSION && header.getUint32(8) === PAGE_BYTES &&
        this.#sums.length === 1;
    this.#isBigEndian = this.isSound && magic === MAGIC + 1;
    if (this.isSound) this.#salts = header.getBigUint64(16);
  }

  next(): Frame | undefined {
    if (!fill(this.#file, this.#bytes)) return undefined;
    const header = new DataView(this.#bytes.buffer);
    const place = this.#place + FRAME_HEADER_BYTES;
    this.#place += FRAME_BYTES;
    const salts = header.getBigUint64(8);
    const stored: Sums = [header.getUint32(16), header.getUint32(20)];
    const page = header.getUint32(0);
    // Without a header two frames in a row that fit together tell the salts.
    const isCurrent = salts === (this.#salts ?? this.#saltsBefore ?? salts);
    const sums = isCurrent ? this.#sums.map((start) => this.#sumUp(start)) : [];
    const isSound = page > 0 && sums.some((sum) => isSame(stored, sum));
    if (isSound) this.#salts ??= salts;
    this.#sums = isSound ? [stored] : [stored, ...sums.slice(0, 1)];
    this.#saltsBefore = salts;
    return { page, place, committedPages: header.getUint32(4), isSound, isCurrent };
  }

  #sumUp(start: Sums): Sums {
    const sums = addTo(start, this.#bytes.subarray(0, 8), this.#isBigEndian);
    return addTo(sums, this.#bytes.subarray(FRAME_HEADER_BYTES), this.#isBigEndian);
  }
}

/** Whether the file has enough bytes to fill these. */
function fill(file: Deno.FsFile, bytes: Uint8Array): boolean {
  for (let read = 0; read < bytes.length;) {
    const count = file.readSync(bytes.subarray(read));
    if (count === null) return false;
    read += count;
  }
  return true;
}

function isSame(a: Sums, b: Sums): boolean {
  return a[0] === b[0] && a[1] === b[1];
}

/** SQLite's checksum of pairs of 32-bit numbers. */
function addTo(sums: Sums, bytes: Uint8Array, isBigEndian: boolean): Sums {
  let [first, second] = sums;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let at = 0; at < bytes.length; at += 8) {
    first = (first + view.getUint32(at, !isBigEndian) + second) >>> 0;
    second = (second + view.getUint32(at + 4, !isBigEndian) + first) >>> 0;
  }
  return [first, second];
}
