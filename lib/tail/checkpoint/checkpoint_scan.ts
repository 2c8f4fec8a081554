import { NEWLINE } from "../../event/ascii.ts";
import { type CheckpointLine, decodeLine, FORMAT } from "./checkpoint_record.ts";

/** What follows the last line up to the end of the file. */
export const PADDING = 0x20;

/**
 * The unit in which disks write: after a power cut each is as it was before the write, or as after. Kernels
 * take what a program writes in pages, which are a multiple of it.
 */
const SECTOR_BYTES = 512;

/** Spaces up to a sector's border that are no accident within a path. */
const LEAST_GAP_BYTES = 8;

/**
 * A part of a copy: a line that proves itself, one that was being written at a crash and so is torn, or
 * something that no crash explains.
 */
export interface ScannedPiece {
  /** First byte. */
  readonly start: number;
  /** Behind the last byte. */
  readonly end: number;
  /** The line; undefined where there is none that proves itself. */
  readonly line: CheckpointLine | undefined;
  /** Whether a crash while this was written explains what it looks like. */
  readonly isTorn: boolean;
}

/** What is in the bytes of one copy. */
export interface ScannedCopy {
  readonly size: number;
  readonly pieces: readonly ScannedPiece[];
  /** Whether the file ends in padding. */
  readonly hasPadding: boolean;
}

/** Finds the lines in the bytes of a copy. */
export function scanCopy(bytes: Uint8Array): ScannedCopy {
  const pieces: ScannedPiece[] = [];
  const end = endOfText(bytes);
  for (let at = 0; at < end;) {
    const piece = nextPiece(bytes, at, end);
    pieces.push(piece);
    at = piece.end;
  }
  return { size: bytes.length, pieces, hasPadding: end < bytes.length };
}

/** Where the padding at the end begins. */
function endOfText(bytes: Uint8Array): number {
  let end = bytes.length;
  while (end > 0 && bytes[end - 1] === PADDING) end--;
  return end;
}

function nextPiece(bytes: Uint8Array, start: number, end: number): ScannedPiece {
  let textStart = start;
  while (bytes[textStart] === PADDING) textStart++;
  const newline = bytes.indexOf(NEWLINE, textStart);
  if (newline < 0) return lastPiece(bytes, start, end);
  const line = textStart === start ? decodeLine(bytes.subarray(start, newline)) : undefined;
  const isTorn = line === undefined && hasUnwrittenSector(bytes, start, newline);
  return { start, end: newline + 1, line, isTorn };
}

/** What has no newline: a line that lost only that, or the first bytes of one. */
function lastPiece(bytes: Uint8Array, start: number, end: number): ScannedPiece {
  for (const lineEnd of [end, end - 1]) {
    const line = decodeLine(bytes.subarray(start, lineEnd));
    if (line !== undefined) return { start, end, line, isTorn: false };
  }
  return { start, end, line: undefined, isTorn: end < bytes.length && isSectorEnd(end) };
}

/** Whether a write that was stopped may have come to here; the last byte may be a space of the text. */
function isSectorEnd(end: number): boolean {
  return end % SECTOR_BYTES === 0 || (end + 1) % SECTOR_BYTES === 0;
}

/** Whether there is padding that begins or ends where a sector does, besides text. */
function hasUnwrittenSector(bytes: Uint8Array, start: number, end: number): boolean {
  const first = Math.ceil(start / SECTOR_BYTES) * SECTOR_BYTES;
  for (let border = first; border <= end; border += SECTOR_BYTES) {
    let gapStart = border;
    while (gapStart > start && bytes[gapStart - 1] === PADDING) gapStart--;
    let gapEnd = border;
    while (gapEnd < end && bytes[gapEnd] === PADDING) gapEnd++;
    if (gapEnd - gapStart >= LEAST_GAP_BYTES || (gapStart === start && gapEnd > start)) return true;
  }
  return false;
}

/** What every copy has behind the checksum of its first line. */
const MARK = new TextEncoder().encode(` {"format":"${FORMAT}"`);

/** Where that is. */
const MARK_OFFSET = 8;

/**
 * Whether the bytes were a checkpoint before they were damaged: a line proves itself, or the start looks
 * like one as far as it is there.
 */
export function looksLikeCheckpoint(bytes: Uint8Array, copy: ScannedCopy): boolean {
  if (copy.pieces.some((piece) => piece.line !== undefined)) return true;
  const mark = bytes.subarray(MARK_OFFSET, MARK_OFFSET + MARK.length);
  const strange = mark.filter((byte, at) => byte !== 0 && byte !== MARK[at]).length;
  if (mark.length > 0) return strange * 2 <= mark.length;
  return bytes.every((byte) => byte === 0 || /[0-9a-f]/.test(String.fromCharCode(byte)));
}
