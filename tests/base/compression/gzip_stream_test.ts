import assert from "node:assert/strict";
import { gzipStream } from "../../../lib/base/compression/gzip_stream.ts";
import { forSeeds } from "../../random.ts";

function decompress(pieces: AsyncIterable<Uint8Array<ArrayBuffer>>): Promise<ArrayBuffer> {
  const compressed = ReadableStream.from(pieces);
  return new Response(compressed.pipeThrough(new DecompressionStream("gzip"))).arrayBuffer();
}

async function* given(pieces: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* pieces;
}

Deno.test("gzipStream makes what becomes the same bytes again, however they are cut", () =>
  forSeeds(20, async (random) => {
    const pieces = Array.from({ length: random.below(6) }, () => {
      const kinds = 1 + random.below(256);
      return Uint8Array.from({ length: random.below(100_000) }, () => random.below(kinds));
    });
    const back = new Uint8Array(await decompress(gzipStream(given(pieces))));
    assert.deepEqual(back, new Uint8Array(await new Blob(pieces).arrayBuffer()));
  }));

Deno.test("gzipStream makes a file of nothing", async () => {
  assert.equal((await decompress(gzipStream(given([])))).byteLength, 0);
});

Deno.test("gzipStream gives each piece before the next is there", async () => {
  const next = Promise.withResolvers<void>();
  async function* slow(): AsyncGenerator<Uint8Array> {
    yield new TextEncoder().encode("first");
    await next.promise;
    yield new TextEncoder().encode("second");
  }
  const reader = ReadableStream.from(gzipStream(slow()))
    .pipeThrough(new DecompressionStream("gzip"))
    .pipeThrough(new TextDecoderStream())
    .getReader();
  assert.equal((await reader.read()).value, "first");
  next.resolve();
  assert.equal((await reader.read()).value, "second");
  assert.equal((await reader.read()).done, true);
});

Deno.test("gzipStream ends its source when it is left, and fails as it does", async () => {
  let isEnded = false;
  async function* endless(): AsyncGenerator<Uint8Array> {
    try {
      for (;;) yield new Uint8Array(1000);
    } finally {
      isEnded = true;
    }
  }
  for await (const piece of gzipStream(endless())) {
    assert.ok(piece.length > 0);
    break;
  }
  assert.ok(isEnded);
  // deno-lint-ignore require-yield -- it fails
  async function* failing(): AsyncGenerator<Uint8Array> {
    await Promise.resolve();
    throw new RangeError("broken");
  }
  await assert.rejects(gzipStream(failing()).next(), { name: "RangeError", message: "broken" });
});
