import assert from "node:assert/strict";
import type { RawEvent } from "../../lib/event/raw_event.ts";
import { toRawEvent } from "../../lib/event/text_format.ts";
import { makeIdHash } from "../../lib/store/sqlite/id_hash.ts";
import { PendingIndex } from "../../lib/store/sqlite/pending_index.ts";
import { event, rawEvent } from "./fixtures.ts";
import { cpuMs } from "../cpu_time.ts";
import { firstSeed, Random } from "../random.ts";

const hash = makeIdHash(7);

function add(index: PendingIndex, event: RawEvent): boolean {
  return index.add(event, hash(event.buffer, event.idStart, event.idEnd));
}

function keyOf({ id, timestamp }: RawEvent): string {
  return `${timestamp} ${id}`;
}

Deno.test("PendingIndex.add answers as a Set does, while it grows and after it was cleared", () => {
  const seed = firstSeed();
  const random = new Random(seed);
  const index = new PendingIndex();
  let seen = new Set<string>();
  let all: RawEvent[] = [];
  for (let i = 0; i < 60_000; i++) {
    const id = `id-${random.below(20_000)}`;
    const item = toRawEvent(event(id, { timestamp: random.below(4) }));
    const isNew = !seen.has(keyOf(item));
    assert.equal(add(index, item), isNew, `seed ${seed}, event ${i}: ${keyOf(item)}`);
    seen.add(keyOf(item));
    if (isNew) all.push(item);
    if (i !== 40_000) continue;
    all = all.slice(0, 10_000);
    index.clear();
    for (const kept of all) add(index, kept);
    seen = new Set(all.map(keyOf));
  }
  assert.ok(all.length > 16_384, "the table never grew");
});

Deno.test("PendingIndex.add compares ids by bytes and timestamps by number", () => {
  const index = new PendingIndex();
  assert.ok(add(index, rawEvent("id:a\ntimestamp:1.5\n", "x")));
  assert.ok(!add(index, rawEvent("X: y\r\nid:  a \r\ntimestamp: 15e-1\n", "other")));
  assert.ok(add(index, rawEvent("id:aa\ntimestamp:1.5\n", "x")));
  assert.ok(add(index, rawEvent("id:a\ntimestamp:1.5000001\n", "x")));
  assert.ok(add(index, rawEvent("id:\u00e4\ntimestamp:1.5\n", "x")));
  assert.ok(add(index, rawEvent("id:a\u0308\ntimestamp:1.5\n", "x")));
  assert.ok(add(index, rawEvent("timestamp:1.5\n", "no id")));
  assert.ok(!add(index, rawEvent("timestamp:1.5\n", "no id either")));
});

Deno.test("PendingIndex.add takes many timestamps of one id in linear time", () => {
  const index = new PendingIndex();
  const started = cpuMs();
  for (let i = 0; i < 50_000; i++) assert.ok(add(index, rawEvent(`id:a\ntimestamp:${i}.5\n`, "")));
  assert.ok(cpuMs() - started < 5000);
  assert.ok(add(index, rawEvent("id:a\ntimestamp:0\n", "")));
  assert.ok(!add(index, rawEvent("id:a\ntimestamp:-0\n", "")));
});
