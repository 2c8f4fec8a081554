import assert from "node:assert/strict";
import type { Event } from "../../lib/event/event.ts";
import { toRawEvent } from "../../lib/event/text_format.ts";
import { EventCounter } from "../../lib/store/event_counter.ts";
import { Block } from "../../lib/store/sqlite/block.ts";
import { BlockDigest } from "../../lib/store/sqlite/block_digest.ts";
import { encodeBlock } from "../../lib/store/sqlite/block_encoder.ts";
import { deleteBlock, insertBlock, replaceBlock } from "../../lib/store/sqlite/block_table.ts";
import { Database } from "../../lib/store/sqlite/database.ts";
import { DigestCache } from "../../lib/store/sqlite/digest_cache.ts";
import { compareStored, type StoredEvent } from "../../lib/store/sqlite/stored_event.ts";
import { forSeeds, type Random } from "../random.ts";
import { event, events, tempDirectory } from "./fixtures.ts";
import { countNaively, withoutFigures } from "./naive_counts.ts";

const EVERYTHING = { start: -Infinity, end: Infinity };
const FIGURES = { scanned: 0, cursor: 0 };

function toStored(items: readonly Event[]): StoredEvent[] {
  return items.map((item, i) => ({ event: toRawEvent(item), arrival: i + 1 })).sort(compareStored);
}

function blockOf(items: readonly Event[]): Block {
  const { columns } = encodeBlock(toStored(items));
  return new Block((column) => new Uint8Array(columns[column]));
}

function digestOf(items: readonly Event[]): BlockDigest | undefined {
  using block = blockOf(items);
  return BlockDigest.of(block);
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
    using block = blockOf(sent);
    const made = BlockDigest.of(block);
    if (made === undefined) return;
    const digest = BlockDigest.decode(made.encode());
    assert.ok(digest !== undefined);
    const options = {
      interval: random.pick([0.3, 1, 7, 60, 300, 86_400]),
      by: random.pick(["source", "tag"] as const),
    };
    const start = random.chance(0.5) ? -Infinity : random.below(spread) - 10;
    const end = random.chance(0.5) ? Infinity : start + 60 * random.below(50);
    const counter = new EventCounter(options);
    if (!digest.tells({ start, end }, counter)) {
      refused++;
      return;
    }
    const labels = block.labels().map((item) => item.source === "b" ? undefined : item);
    digest.addTo(counter, { start, end }, labels);
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
  assert.equal(digest?.tells(EVERYTHING, counter), true);
  digest?.addTo(counter, EVERYTHING);
  assert.equal(counter.counts(FIGURES).buckets.length, 16);
  assert.equal(digest?.tells(EVERYTHING, new EventCounter({ interval: 7 })), false);
});

Deno.test("BlockDigest.decode refuses bytes that are none, and takes an empty list of runs", () => {
  const bytes = digestOf(events("a", 900))?.encode() ?? new Uint8Array();
  assert.ok(bytes.length > 100);
  for (const length of [0, 1, bytes.length - 1]) {
    assert.equal(BlockDigest.decode(bytes.subarray(0, length)), undefined);
  }
  assert.equal(BlockDigest.decode(new Uint8Array([9, 0, 255, 255])), undefined);
  assert.ok(BlockDigest.decode(new Uint8Array(2))?.tells(EVERYTHING, new EventCounter()));
});

Deno.test("BlockDigest is not made where it would be hardly smaller than the rows", () => {
  assert.equal(
    digestOf(events("a", 100).map((item, i) => ({ ...item, source: `${i}` }))),
    undefined,
  );
  assert.equal(digestOf([event("a", { timestamp: 0 }), event("b", { timestamp: 1e9 })]), undefined);
  assert.notEqual(digestOf(events("a", 100)), undefined);
});

Deno.test("DigestCache forgets the oldest digests, and those of blocks that lost events", async () => {
  await using directory = await tempDirectory();
  using database = Database.openForWriting(`${directory.path}/events.db`);
  const cache = new DigestCache(database);
  using block = blockOf(events("a", 100));
  const known = cache.make(1, block);
  assert.ok(known !== undefined);
  assert.equal(cache.get(1, 100), known);
  assert.equal(cache.get(1, 99), undefined);
  assert.equal(cache.get(1, 100), undefined);
  cache.make(1, block);
  const fitting = Math.floor((8 << 20) / known.digest.bytes);
  for (let id = 2; id <= fitting; id++) cache.make(id, block);
  assert.notEqual(cache.get(1, 100), undefined);
  cache.make(fitting + 1, block);
  assert.equal(cache.get(1, 100), undefined);
  assert.notEqual(cache.get(2, 100), undefined);
});

Deno.test("DigestCache reads digests that are stored, unless they are damaged or of other events", async () => {
  await using directory = await tempDirectory();
  using database = Database.openForWriting(`${directory.path}/events.db`);
  const encoded = encodeBlock(toStored(events("a", 100)));
  const { id } = insertBlock(database, encoded);
  const known = new DigestCache(database).get(id, 100);
  assert.deepEqual(known?.digest.encode(), encoded.digest);
  assert.equal(new DigestCache(database).get(id, 99), undefined);
  database.run("UPDATE block_digest SET checksum = checksum + 1");
  assert.equal(new DigestCache(database).get(id, 100), undefined);
  replaceBlock(database, id, encodeBlock(toStored(events("a", 50))));
  assert.equal(new DigestCache(database).get(id, 50)?.events, 50);
  deleteBlock(database, id);
  assert.deepEqual(database.all("SELECT * FROM block_digest"), []);
});
