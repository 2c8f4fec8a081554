import assert from "node:assert/strict";
import { hashId, makeIdFilter, mayHold } from "../../lib/store/sqlite/id_filter.ts";
import { Random } from "../random.ts";

const encoder = new TextEncoder();

function hash(id: string) {
  const bytes = encoder.encode(id);
  return hashId(bytes, 0, bytes.length);
}

const KINDS: Readonly<Record<string, (i: number) => string>> = {
  "numbers": (i) => `${i}`,
  "UUIDs": () => crypto.randomUUID(),
  "file and offset": (i) => `66306-1835024-1700000000000:${i * 117}`,
  "one character apart": (i) => `${"x".repeat(40)}${String.fromCharCode(0x100 + i)}`,
  "non-ASCII": (i) => `жук-🐞-${i}`,
};

Deno.test("mayHold is true for every id in the filter and seldom for others", async (t) => {
  for (const [kind, make] of Object.entries(KINDS)) {
    await t.step(kind, () => {
      for (const count of [1, 2, 100, 4096, 6144]) {
        const filter = makeIdFilter(Array.from({ length: count }, (_, i) => hash(make(i))));
        const others = Array.from({ length: 10_000 }, (_, i) => make(count + i));
        const wrong = others.filter((id) => mayHold(filter, hash(id))).length;
        assert.ok(wrong < 250, `${count} ids: ${wrong} of 10000 absent ids are "perhaps"`);
      }
      const ids = Array.from({ length: 4096 }, (_, i) => make(i));
      const filter = makeIdFilter(ids.map(hash));
      assert.ok(ids.every((id) => mayHold(filter, hash(id))));
    });
  }
});

Deno.test("mayHold is false for the filter of no ids", () => {
  const filter = makeIdFilter([]);
  assert.ok(!mayHold(filter, hash("a")));
  assert.ok(!mayHold(filter, hash("")));
});

Deno.test("hashId looks at the bytes between start and end only", () => {
  const random = new Random(3);
  for (let i = 0; i < 1000; i++) {
    const id = `id-${random.below(1e6)}`;
    const bytes = encoder.encode(`${random.below(100)}|${id}|${random.below(100)}`);
    const start = bytes.indexOf(0x7c) + 1;
    assert.deepEqual(hashId(bytes, start, start + id.length), hash(id));
  }
});

Deno.test("hashId gives two 32-bit numbers, the second odd", () => {
  for (let i = 0; i < 1000; i++) {
    const { first, second } = hash(`id-${i}`);
    assert.ok(Number.isInteger(first) && first >= 0 && first < 2 ** 32);
    assert.equal(second & 1, 1);
  }
});
