import assert from "node:assert/strict";
import { gzipSync, zstdCompressSync } from "node:zlib";
import { concatBytes } from "../../../lib/base/bytes.ts";
import { CompressedDataError } from "../../../lib/base/compression/decompressor.ts";
import { decompressStream } from "../../../lib/base/compression/decompress_stream.ts";
import { forSeeds, type Random } from "../../random.ts";

const KINDS = [["gzip", gzipSync], ["zstd", zstdCompressSync]] as const;

async function* source(parts: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  for (const part of parts) {
    await Promise.resolve();
    yield part;
  }
}

async function collect(pieces: AsyncIterable<Uint8Array>, into: Uint8Array[] = []) {
  for await (const piece of pieces) into.push(piece.slice());
  return concatBytes(into);
}

function cut(random: Random, bytes: Uint8Array, most: number): Uint8Array[] {
  const parts: Uint8Array[] = [];
  for (let at = 0; at < bytes.length;) {
    const end = at + random.below(most) + (random.chance(0.1) ? 0 : 1);
    parts.push(bytes.subarray(at, end));
    at = end;
  }
  return parts;
}

/** Some of it compresses well, some not at all. */
function sample(random: Random): Uint8Array {
  const parts = Array.from(
    { length: random.int(1, 6) },
    () =>
      random.chance(0.5)
        ? random.bytes(random.below(200_000))
        : new Uint8Array(random.below(300_000)).fill(random.below(256)),
  );
  return concatBytes(parts);
}

for (const [name, compress] of KINDS) {
  Deno.test(`decompressStream gives back ${name} of any number of members, however it is cut`, async () => {
    await forSeeds(10, async (random) => {
      const [a, b] = [sample(random), sample(random)];
      const compressed = concatBytes([compress(a), compress(b)]);
      const parts = cut(random, compressed, random.chance(0.5) ? 100_000 : 500);
      assert.deepEqual(await collect(decompressStream(source(parts), name)), concatBytes([a, b]));
    });
  });

  Deno.test(`decompressStream gives what came of ${name} before its source fails`, async () => {
    const text = Array.from(
      { length: 50_000 },
      (_, i) => `line ${Math.imul(i, 2654435761) >>> 0}\n`,
    ).join("");
    const compressed = compress(text);
    const half = compressed.subarray(0, Math.floor(compressed.length / 2));
    async function* failing() {
      yield half;
      await Promise.resolve();
      throw new Error("torn");
    }
    const pieces: Uint8Array[] = [];
    await assert.rejects(collect(decompressStream(failing(), name), pieces), /^Error: torn$/);
    const got = new TextDecoder().decode(concatBytes(pieces));
    assert.ok(got.length > text.length / 10, `${got.length} of ${text.length}`);
    assert.ok(text.startsWith(got));
  });

  Deno.test(`decompressStream takes no more of ${name} than it needs, and lets go of its source`, async () => {
    const compressed = compress(new Uint8Array(64 << 20).fill(97), {});
    const many = concatBytes(Array.from({ length: 50 }, () => compressed));
    let taken = 0;
    let isOver = false;
    async function* counted() {
      try {
        for (let at = 0; at < many.length; at += 10_000) {
          taken = at + 10_000;
          await Promise.resolve();
          yield many.subarray(at, at + 10_000);
        }
      } finally {
        isOver = true;
      }
    }
    for await (const piece of decompressStream(counted(), name)) {
      assert.ok(piece.length <= 132 << 10);
      if (piece.length > 0) break;
    }
    assert.ok(taken <= 280_000, `${taken} bytes were taken for the first piece`);
    assert.ok(isOver);
  });
}

Deno.test("decompressStream gives up gzip that goes on without bringing anything", async () => {
  // Empty stored blocks, one after another (RFC 1951, 3.2.4).
  const head = gzipSync("").subarray(0, 10);
  const empty = new Uint8Array(1 << 20).map((_, i) => [0, 0, 0, 0xff, 0xff][i % 5] ?? 0);
  const parts = [head, empty];
  await assert.rejects(collect(decompressStream(source(parts), "gzip")), (error: unknown) => {
    return error instanceof CompressedDataError && error.fault === "unsupported";
  });
});
