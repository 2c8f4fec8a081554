import type { ByteInput } from "./byte_input.ts";
import { CompressedDataError } from "./decompressor.ts";

/** Most history that is kept: what the tool `zstd` allows without being told otherwise. */
export const MAX_WINDOW_BYTES = 128 * 1024 * 1024;

/** The least window that a frame can ask for. */
const MIN_WINDOW_BYTES = 1024;

/** What the header of a frame says (RFC 8878, 3.1.1.1). */
export interface FrameHeader {
  /** How far back a repetition reaches. */
  readonly windowBytes: number;
  /** How many bytes the frame becomes; absent where the header does not say. */
  readonly contentBytes?: number;
  /** A checksum follows the last block. */
  readonly hasChecksum: boolean;
}

/**
 * Reads what follows the magic number of a frame.
 *
 * @throws {CompressedDataError} When it ends early or asks for what is not here.
 */
export function readFrameHeader(
  input: ByteInput,
  maxWindowBytes: number = MAX_WINDOW_BYTES,
): FrameHeader {
  const descriptor = input.byte();
  const isSingleSegment = (descriptor & 32) !== 0;
  if (descriptor & 8) {
    throw new CompressedDataError("unsupported", "it is of an unknown kind of zstd");
  }
  const window = isSingleSegment ? undefined : windowOf(input.byte());
  const dictionary = input.number([0, 1, 2, 4][descriptor & 3] as number);
  if (dictionary !== 0) {
    throw new CompressedDataError("unsupported", `it needs the dictionary ${dictionary}`);
  }
  const contentBytes = readContentSize(input, descriptor >>> 6, isSingleSegment);
  const windowBytes = Math.max(window ?? contentBytes ?? 0, MIN_WINDOW_BYTES);
  if (windowBytes > maxWindowBytes) {
    throw new CompressedDataError(
      "unsupported",
      `its window must have at most ${maxWindowBytes} bytes: it has ${windowBytes}`,
    );
  }
  return {
    windowBytes,
    hasChecksum: (descriptor & 4) !== 0,
    ...(contentBytes === undefined ? {} : { contentBytes }),
  };
}

function windowOf(descriptor: number): number {
  const base = 2 ** (10 + (descriptor >>> 3));
  return base + base / 8 * (descriptor & 7);
}

function readContentSize(
  input: ByteInput,
  flag: number,
  isSingleSegment: boolean,
): number | undefined {
  if (flag === 0) return isSingleSegment ? input.byte() : undefined;
  if (flag === 1) return input.number(2) + 256;
  return input.number(flag === 2 ? 4 : 8);
}
