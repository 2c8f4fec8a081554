import assert from "node:assert/strict";
import { XxHash64 } from "../../../lib/base/compression/xxhash64.ts";

/** From the reference implementation. */
const KNOWN: readonly (readonly [string, bigint])[] = [
  ["", 0xef46db3751d8e999n],
  ["a", 0xd24ec4f1a98c6e5bn],
  ["abc", 0x44bc2cf5ad770999n],
  ["Nobody inspects the spammish repetition", 0xfbcea83c8a378bf1n],
];

Deno.test("XxHash64 gives the known checksums, however the bytes come", () => {
  for (const [text, expected] of KNOWN) {
    const bytes = new TextEncoder().encode(text);
    for (let split = 0; split <= bytes.length; split++) {
      const hash = new XxHash64();
      hash.update(bytes.subarray(0, split));
      hash.update(bytes.subarray(split));
      assert.equal(hash.digest(), expected, `${text} at ${split}`);
    }
  }
});
