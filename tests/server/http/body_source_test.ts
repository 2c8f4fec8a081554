import assert from "node:assert/strict";
import { readBody } from "../../../lib/server/http/body_source.ts";

/** The runtime gives each chunk in a buffer of this length, however little is in it. */
const BUFFER_BYTES = 64 << 10;

Deno.test("readBody gives tiny chunks without the room that they came in", async () => {
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      for (let i = 0; i < 100; i++) controller.enqueue(new Uint8Array(BUFFER_BYTES).subarray(0, 1));
      controller.enqueue(new Uint8Array(BUFFER_BYTES).subarray(0, BUFFER_BYTES - 1));
      controller.close();
    },
  });
  const options = { signal: new AbortController().signal, maxSilenceMs: 60_000 };
  const pieces = await Array.fromAsync(readBody(body.getReader(), options));
  assert.deepEqual(pieces.map(({ length }) => length), [...Array(100).fill(1), BUFFER_BYTES - 1]);
  const held = pieces.reduce((sum, { buffer }) => sum + buffer.byteLength, 0);
  assert.ok(held <= 2 * BUFFER_BYTES, `${held} bytes are held`);
});
