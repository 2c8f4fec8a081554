import assert from "node:assert/strict";
import { concatBytes, concatInParts, lengthOf } from "../../lib/base/bytes.ts";

const KIB = 1 << 10;

Deno.test("concatInParts keeps all bytes in order, in parts that are large and not too large", () => {
  const pieces = Array.from({ length: 1000 }, (_, i) => new Uint8Array(i).fill(i));
  const parts = concatInParts(pieces);
  assert.deepEqual(concatBytes(parts), concatBytes(pieces));
  assert.equal(lengthOf(parts), lengthOf(pieces));
  assert.ok(parts.every(({ length }) => length <= 64 * KIB));
  assert.ok(parts.slice(0, -1).every(({ length }) => length > 60 * KIB));
});

Deno.test("concatInParts leaves a piece alone that is larger than a part, and makes nothing of nothing", () => {
  const large = new Uint8Array(100 * KIB);
  const small = new Uint8Array(3);
  assert.deepEqual(concatInParts([small, large, small]).map(({ length }) => length), [
    3,
    100 * KIB,
    3,
  ]);
  assert.deepEqual(concatInParts([]), []);
});
