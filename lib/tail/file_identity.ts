import { crc32 } from "node:zlib";
import type { ByteReader } from "./byte_reader.ts";

/** How much of a file's head tells it from another: enough for any first line, one disk sector pair. */
export const HEAD_BYTES = 1024;

/** A checksum of some bytes of a file. */
export interface Fingerprint {
  /** How many bytes it covers: 0 to {@linkcode HEAD_BYTES}. */
  readonly length: number;
  /** CRC-32 (as in zlib) of these bytes; 0 for none. */
  readonly crc32: number;
}

/**
 * Who a file is, whatever its name.
 *
 * A file system may hand the inode of a deleted file to the next one at once, and then within the
 * same millisecond, so the numbers alone do not tell; the content of the head does.
 */
export interface FileIdentity {
  /** Device number. */
  readonly dev: number;
  /** Inode number; 0 where the system has none. */
  readonly ino: number;
  /** Milliseconds since 1970 at which the file was made; `null` where the file system does not keep it. */
  readonly birthtimeMs: number | null;
  /** How often the file was seen truncated or rewritten in place: 0 at first. */
  readonly generation: number;
  /** Covers what lies before a position, up to {@linkcode HEAD_BYTES}. */
  readonly head: Fingerprint;
}

/** The fingerprint before anything was read. */
export const NO_FINGERPRINT: Fingerprint = { length: 0, crc32: 0 };

/**
 * The fingerprint that belongs to a position: it covers the bytes before it, at most
 * {@linkcode HEAD_BYTES}.
 *
 * It depends only on what was read up to there, never on what the file grew to since. So two readers
 * that come to the same position, one of them after a restart, have the same fingerprint.
 *
 * @example
 * ```ts
 * import { fingerprintHead } from "./file_identity.ts";
 * import assert from "node:assert/strict";
 *
 * const grown = new TextEncoder().encode("first\nsecond\n");
 * assert.deepEqual(fingerprintHead(grown, 6), fingerprintHead(grown.subarray(0, 6), 6));
 * ```
 *
 * @param head The first bytes of the file: `HEAD_BYTES` of them, or all where there are fewer.
 * @param offset The position in bytes.
 */
export function fingerprintHead(head: Uint8Array, offset: number): Fingerprint {
  const length = Math.min(offset, HEAD_BYTES, head.length);
  return length === 0 ? NO_FINGERPRINT : { length, crc32: crc32(head.subarray(0, length)) };
}

/**
 * Tells whether the head of a file still is what was read from it.
 *
 * @param head The first bytes of the file now.
 */
export function headMatches(head: Uint8Array, fingerprint: Fingerprint): boolean {
  if (head.length < fingerprint.length) return false;
  return fingerprintHead(head, fingerprint.length).crc32 === fingerprint.crc32;
}

/** A head that is compared with many fingerprints: each length is summed once. */
export class HeadProbe {
  readonly #head: Uint8Array;
  readonly #sums = new Map<number, number>();

  /** @param head The first bytes of a file; they must stay as they are. */
  constructor(head: Uint8Array) {
    this.#head = head;
  }

  /** As {@linkcode headMatches}. */
  matches({ length, crc32: expected }: Fingerprint): boolean {
    if (length > this.#head.length) return false;
    let sum = this.#sums.get(length);
    if (sum === undefined) {
      sum = fingerprintHead(this.#head, length).crc32;
      this.#sums.set(length, sum);
    }
    return sum === expected;
  }
}

/**
 * The fingerprint of the bytes just before a position, at most {@linkcode HEAD_BYTES}.
 *
 * @param offset The position in bytes.
 * @param buffer Room for that many bytes.
 */
export function fingerprintTail(
  reader: ByteReader,
  offset: number,
  buffer: Uint8Array,
): Fingerprint {
  const length = Math.min(offset, HEAD_BYTES);
  if (length === 0) return NO_FINGERPRINT;
  const read = readFully(reader, offset - length, buffer.subarray(0, length));
  return { length: read, crc32: crc32(buffer.subarray(0, read)) };
}

/** One read may bring less than there is: what is compressed is kept in pieces. */
function readFully(reader: ByteReader, offset: number, buffer: Uint8Array): number {
  let length = 0;
  while (length < buffer.length) {
    const count = reader.readAt(offset + length, buffer.subarray(length));
    if (count === 0) break;
    length += count;
  }
  return length;
}

/** What a position says of the bytes before it. */
export interface KnownContent {
  readonly identity: Pick<FileIdentity, "head">;
  readonly offset: number;
  readonly tail: Fingerprint;
}

/**
 * Tells whether a file has, up to a position, the bytes that were read there: its head and the bytes
 * just before the position are the same.
 *
 * @param buffer Room for {@linkcode HEAD_BYTES}.
 */
export function holdsContent(
  reader: ByteReader,
  { identity, offset, tail }: KnownContent,
  buffer: Uint8Array,
): boolean {
  const { length } = identity.head;
  const read = length === 0 ? 0 : reader.readAt(0, buffer.subarray(0, length));
  if (!headMatches(buffer.subarray(0, read), identity.head)) return false;
  const now = fingerprintTail(reader, offset, buffer);
  return now.length === tail.length && now.crc32 === tail.crc32;
}

/**
 * What a file has up to an offset; nothing where it does not reach so far.
 *
 * @param buffer Room for {@linkcode HEAD_BYTES}.
 */
export function contentOf(
  reader: ByteReader,
  offset: number,
  buffer: Uint8Array,
): KnownContent | undefined {
  if (offset === 0 || reader.stat().size < offset) return undefined;
  const length = readFully(reader, 0, buffer.subarray(0, Math.min(offset, HEAD_BYTES)));
  const head = fingerprintHead(buffer.subarray(0, length), offset);
  return { identity: { head }, offset, tail: fingerprintTail(reader, offset, buffer) };
}

/** False for a copy that is older than what it would be a copy of, and for the same file. */
export function mayBeMadeOf(copy: FileNumbers, original: FileNumbers): boolean {
  if (fileKey(copy) === fileKey(original)) return false;
  const made = copy.birthtime?.getTime() ?? Infinity;
  return made >= (original.birthtime?.getTime() ?? 0);
}

/** What {@linkcode identify} needs of a file's status. */
export type FileNumbers = Pick<Deno.FileInfo, "dev" | "ino" | "birthtime">;

/** The numbers of a file as they are kept. */
export type KnownNumbers = Pick<FileIdentity, "dev" | "ino" | "birthtimeMs">;

/** The identity of a file of which nothing was read yet. */
export function identify(info: FileNumbers, generation = 0): FileIdentity {
  const { dev, ino, birthtimeMs } = numbersOf(info);
  return { dev, ino, birthtimeMs, generation, head: NO_FINGERPRINT };
}

/** The numbers of a file, to be kept. */
export function numbersOf({ dev, ino, birthtime }: FileNumbers): KnownNumbers {
  return { dev, ino: ino ?? 0, birthtimeMs: birthtime?.getTime() ?? null };
}

/** The same file with another head: written out, as a copy by `...` takes more memory. */
export function withHead(identity: FileIdentity, head: Fingerprint): FileIdentity {
  const { dev, ino, birthtimeMs, generation } = identity;
  return { dev, ino, birthtimeMs, generation, head };
}

/** Whether a file has the {@linkcode fileKey} of one that is known; for thousands of files a second. */
export function isSameFile(file: FileNumbers, known: KnownNumbers): boolean {
  if (file.dev !== known.dev || (file.ino ?? 0) !== known.ino) return false;
  return known.ino !== 0 || (file.birthtime?.getTime() ?? null) === known.birthtimeMs;
}

/**
 * A name for a file that is unique among all that are open: as long as a handle is held, the file
 * system cannot give the inode to another. (Without inode numbers the birth time stands in.)
 */
export function fileKey(file: FileNumbers | KnownNumbers): string {
  if (file.ino) return `${file.dev}:${file.ino}`;
  const birth = "birthtime" in file
    ? file.birthtime?.getTime()
    : (file as KnownNumbers).birthtimeMs;
  return `${file.dev}:at ${birth}`;
}
