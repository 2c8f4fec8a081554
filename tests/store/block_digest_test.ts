import assert from "node:assert/strict";
import type { Event } from "../../lib/event/event.ts";
import { toRawEvent } from "../../lib/event/text_format.ts";
import { EventCounter } from "../../lib/store/event_counter.ts";
import { Block } from "../../lib/store/sqlite/block.ts";
import { BlockDigest } from "../../lib/store/sqlite/block_digest.ts";
import { encodeBlock } from "../../lib/store/sqlite/block_encoder.ts";
import { DigestCache } from "../../lib/store/sqlite/digest_cache.ts";
import { compareStored } from "../../lib/store/sqlite/stored_event.ts";
import { forSeeds, type Random } from "../random.ts";
import { event, events } from "./fixtures.ts";
import { countNaively, withoutFigures } from "./naive_counts.ts";

const EVERYTHING = { start: -Infinity, end: Infinity, matches: () => true };
const FIGURES = { scanned: 0, cursor: 0 };

function blockOf(items: readonly Event[]): Block {
  const stored = items.map((item, i) => ({ event: toRawEvent(item), arrival: i + 1 }));
  const { columns } = encodeBlock(stored.sort(compareStored));
  return new Block((column) => new Uint8Array(columns[column]));
}

function digestOf(items: readonly Event[]): BlockDigest | undefined {
  using block = blockOf(items);
  return BlockDigest.of(block, block.labels());
}

function randomEvents(random: Random, spread: number): Event[] {
  return Array.from({ length: 1 + random.below(2000) }, (_, i) =>
    event(`${i}`, {
      timestamp: 60 * random.below(100) - 3000 + random.below(spread * 8) / 8,
      source: random.pick(["", "a", "b"]),
      tags: random.chance(0.5) ? ["x"] : ["y", "x"],
    }));
}

Deno.test("BlockDigest counts as a naive count does, or says that it cannot", async () => {
  let counted = 0;
  let refused = 0;
  await forSeeds(150, (random) => {
    const spread = random.pick([1, 10, 100, 5000]);
    const sent = randomEvents(random, spread);
    const digest = digestOf(sent);
    if (digest === undefined) return;
    const options = {
      interval: random.pick([0.3, 1, 7, 60, 300, 86_400]),
      by: random.pick(["source", "tag"] as const),
    };
    const start = random.chance(0.5) ? -Infinity : random.below(spread) - 10;
    const end = random.chance(0.5) ? Infinity : start + 60 * random.below(50);
    const counter = new EventCounter(options);
    const matches = ({ source }: { readonly source: string }) => source !== "b";
    if (!digest.count({ start, end, matches }, counter)) {
      refused++;
      assert.equal(counter.matched, 0);
      return;
    }
    counted++;
    const found = sent.filter(({ timestamp, source }) =>
      timestamp >= start && timestamp <= end && source !== "b"
    );
    assert.deepEqual(withoutFigures(counter.counts(FIGURES)), countNaively(found, options));
  });
  if (!Deno.env.has("THEIA_SEED")) assert.ok(counted > 10 && refused > 10, `${counted} ${refused}`);
});

Deno.test("BlockDigest counts minutes of a block that lies in several", () => {
  const digest = digestOf(events("a", 900, 50));
  const counter = new EventCounter({ interval: 60 });
  assert.equal(digest?.count(EVERYTHING, counter), true);
  assert.equal(counter.counts(FIGURES).buckets.length, 16);
  assert.equal(digest?.count(EVERYTHING, new EventCounter({ interval: 7 })), false);
});

Deno.test("BlockDigest is not made where it would be hardly smaller than the rows", () => {
  assert.equal(
    digestOf(events("a", 100).map((item, i) => ({ ...item, source: `${i}` }))),
    undefined,
  );
  assert.equal(digestOf([event("a", { timestamp: 0 }), event("b", { timestamp: 1e9 })]), undefined);
  assert.notEqual(digestOf(events("a", 100)), undefined);
});

Deno.test("DigestCache forgets the oldest digests, and those of blocks that lost events", () => {
  const cache = new DigestCache();
  using block = blockOf(events("a", 100));
  const digest = cache.add(1, block);
  assert.ok(digest !== undefined);
  assert.equal(cache.get(1, 100), digest);
  assert.equal(cache.get(1, 99), undefined);
  assert.equal(cache.get(1, 100), undefined);
  cache.add(1, block);
  const fitting = Math.floor((8 << 20) / digest.bytes);
  for (let id = 2; id <= fitting; id++) cache.add(id, block);
  assert.notEqual(cache.get(1, 100), undefined);
  cache.add(fitting + 1, block);
  assert.equal(cache.get(1, 100), undefined);
  assert.notEqual(cache.get(2, 100), undefined);
});
