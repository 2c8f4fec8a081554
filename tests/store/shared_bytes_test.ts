import assert from "node:assert/strict";
import { SharedBytes } from "../../lib/store/sqlite/shared_bytes.ts";

Deno.test("SharedBytes are freed with the last event that needs them, and not before", () => {
  const bytes = new Uint8Array(64 << 10).fill(7);
  const shared = new SharedBytes(bytes, 3);
  shared.letGo();
  shared.letGo();
  assert.equal(bytes[bytes.length - 1], 7);
  shared.letGo();
  assert.equal(bytes.buffer.byteLength, 0);
});
