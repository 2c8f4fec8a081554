import { constants, gzipSync, zstdCompressSync } from "node:zlib";
import type { Decompressor } from "../../../lib/base/compression/decompressor.ts";
import { GzipDecompressor } from "../../../lib/base/compression/gzip_decompressor.ts";
import { ZstdDecompressor } from "../../../lib/base/compression/zstd_decompressor.ts";
import type { ReadBytes } from "../../../lib/base/compression/byte_input.ts";
import { concatBytes } from "../../../lib/base/bytes.ts";
import type { Random } from "../../random.ts";

/** A format, written by the runtime and read by us. */
export interface Format {
  readonly extension: "gz" | "zst";
  readonly levels: readonly number[];
  compress(bytes: Uint8Array, level?: number): Uint8Array;
  open(read: ReadBytes): Decompressor;
}

export const GZIP: Format = {
  extension: "gz",
  levels: [0, 1, 6, 9],
  compress: (bytes, level = 6) => new Uint8Array(gzipSync(bytes, { level })),
  open: (read) => new GzipDecompressor(read),
};

export const ZSTD: Format = {
  extension: "zst",
  levels: [-5, 1, 3, 12, 19],
  compress: (bytes, level = 3) => {
    const params = {
      [constants.ZSTD_c_compressionLevel]: level,
      [constants.ZSTD_c_checksumFlag]: 1,
    };
    return new Uint8Array(zstdCompressSync(bytes, { params }));
  },
  open: (read) => new ZstdDecompressor(read),
};

export const FORMATS: readonly Format[] = [GZIP, ZSTD];

/** Gives some bytes, at most so many at a time. */
export function readFrom(bytes: Uint8Array, most = Infinity): ReadBytes {
  let position = 0;
  return (buffer) => {
    const part = bytes.subarray(position, position + Math.min(most, buffer.length));
    buffer.set(part);
    position += part.length;
    return part.length;
  };
}

/** What was made of some data, and the error that ended it. */
export interface Outcome {
  readonly bytes: Uint8Array;
  readonly error?: unknown;
}

export function decompressAll(decompressor: Decompressor): Outcome {
  const pieces: Uint8Array[] = [];
  try {
    for (let piece = decompressor.next(); piece; piece = decompressor.next()) {
      pieces.push(piece.slice());
    }
    return { bytes: concatBytes(pieces) };
  } catch (error) {
    return { bytes: concatBytes(pieces), error };
  }
}

/** Bytes of one of the kinds that make compressors do different things. */
export function randomBytes(random: Random, size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  const kind = random.pick(["noise", "few symbols", "one symbol", "lines", "repetitions"]);
  const words = Array.from({ length: 20 }, () => random.text("abcdefgh0123456789", 1, 30));
  for (let at = 0; at < size;) {
    if (kind === "one symbol") bytes[at++] = 65;
    else if (kind === "noise") bytes[at++] = random.below(256);
    else if (kind === "few symbols") bytes[at++] = 65 + random.below(1 + random.below(7));
    else if (kind === "lines") {
      const line = `2024-05-01 ${random.pick(words)} ${random.pick(words)} ${random.below(1000)}\n`;
      at += new TextEncoder().encodeInto(line, bytes.subarray(at)).written || size;
    } else {
      const length = Math.min(size - at, 1 + random.below(random.chance(0.1) ? 70_000 : 40));
      if (at > 0 && random.chance(0.7)) {
        const distance = 1 + random.below(at);
        for (let index = 0; index < length; index++) {
          bytes[at + index] = bytes[at + index - distance] as number;
        }
      } else {
        for (let index = 0; index < length; index++) bytes[at + index] = random.below(256);
      }
      at += length;
    }
  }
  return bytes;
}

/** Repetitions one after another, each from a byte later than the one before. */
export function shiftedBytes(random: Random, size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  let at = 0;
  while (at < size) {
    const end = Math.min(size, at + 600);
    for (; at < end; at++) bytes[at] = random.below(256);
    for (let distance = 600; distance > 250; distance--) {
      const end = Math.min(size, at + random.int(8, 60));
      for (; at < end; at++) bytes[at] = bytes[at - distance] as number;
    }
  }
  return bytes;
}
