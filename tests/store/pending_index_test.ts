import assert from "node:assert/strict";
import type { RawEvent } from "../../lib/event/raw_event.ts";
import { toRawEvent } from "../../lib/event/text_format.ts";
import { PendingIndex } from "../../lib/store/sqlite/pending_index.ts";
import { event, rawEvent } from "./fixtures.ts";
import { firstSeed, Random } from "../random.ts";

function keyOf({ id, timestamp }: RawEvent): string {
  return `${timestamp} ${id}`;
}

Deno.test("PendingIndex.add answers as a Set does, while it grows and after reset", () => {
  const seed = firstSeed();
  const random = new Random(seed);
  const index = new PendingIndex();
  let seen = new Set<string>();
  let all: RawEvent[] = [];
  for (let i = 0; i < 60_000; i++) {
    const id = `id-${random.below(20_000)}`;
    const item = toRawEvent(event(id, { timestamp: random.below(4) }));
    const isNew = !seen.has(keyOf(item));
    assert.equal(index.add(item), isNew, `seed ${seed}, event ${i}: ${keyOf(item)}`);
    seen.add(keyOf(item));
    if (isNew) all.push(item);
    if (i !== 40_000) continue;
    all = all.slice(0, 10_000);
    index.reset(all);
    seen = new Set(all.map(keyOf));
  }
  assert.ok(all.length > 16_384, "the table never grew");
});

Deno.test("PendingIndex.add compares ids by bytes and timestamps by number", () => {
  const index = new PendingIndex();
  assert.ok(index.add(rawEvent("id:a\ntimestamp:1.5\n", "x")));
  assert.ok(!index.add(rawEvent("X: y\r\nid:  a \r\ntimestamp: 15e-1\n", "other")));
  assert.ok(index.add(rawEvent("id:aa\ntimestamp:1.5\n", "x")));
  assert.ok(index.add(rawEvent("id:a\ntimestamp:1.5000001\n", "x")));
  assert.ok(index.add(rawEvent("id:\u00e4\ntimestamp:1.5\n", "x")));
  assert.ok(index.add(rawEvent("id:a\u0308\ntimestamp:1.5\n", "x")));
  assert.ok(index.add(rawEvent("timestamp:1.5\n", "no id")));
  assert.ok(!index.add(rawEvent("timestamp:1.5\n", "no id either")));
});
