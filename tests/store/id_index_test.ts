import assert from "node:assert/strict";
import { Database } from "../../lib/store/sqlite/database.ts";
import { makeIdHash } from "../../lib/store/sqlite/id_hash.ts";
import { IdIndex } from "../../lib/store/sqlite/id_index.ts";
import { SEGMENT_BLOCKS, SEGMENT_IDS } from "../../lib/store/sqlite/id_segment.ts";
import { forSeeds, Random } from "../random.ts";
import { tempDirectory } from "./fixtures.ts";

interface Fixture extends AsyncDisposable {
  readonly path: string;
  readonly database: Database;
  readonly index: IdIndex;
}

async function openIndex(): Promise<Fixture> {
  const directory = await tempDirectory();
  const path = `${directory.path}/events.db`;
  const database = Database.openForWriting(path);
  return {
    path,
    database,
    index: new IdIndex(database),
    async [Symbol.asyncDispose]() {
      database[Symbol.dispose]();
      await directory[Symbol.asyncDispose]();
    },
  };
}

/** Adds a block of these hashes whose events have its number as timestamp. */
function addBlock({ database, index }: Fixture, block: number, values: Iterable<number>): void {
  const hashes = Uint32Array.from(new Set(values)).sort();
  database.transaction(() => {
    database.run(
      `INSERT INTO block VALUES (?, ?, ?, 1, 1, 1, 1, 1, 0, NULL, NULL, 0)`,
      block,
      block,
      block,
    );
    index.insert(block, hashes);
  });
  index.add({ block, minTimestamp: block, maxTimestamp: block, hashes });
}

function randomHashes(random: Random, count: number): number[] {
  return Array.from({ length: count }, () => random.below(2 ** 32));
}

/** Which of the hashes the index finds in which blocks, all timestamps allowed. */
function findAll(index: IdIndex, hashes: readonly number[], timestamps: readonly number[]) {
  const found: [number, number][] = [];
  index.findAll({
    places: [...hashes.keys()],
    hashes: Uint32Array.from(hashes),
    timestamps: Float64Array.from(timestamps),
  }, (place, block) => found.push([place, block]));
  return found;
}

Deno.test("IdIndex names the block of every hash, in lists and in segments, also when opened again", async () => {
  await forSeeds(3, async (random) => {
    await using fixture = await openIndex();
    const { index, database } = fixture;
    const blocks = new Map<number, number[]>();
    for (let block = 1; block <= 70; block++) {
      const hashes = randomHashes(random, random.int(1, 8192));
      blocks.set(block, hashes);
      addBlock(fixture, block, hashes);
      index.merge();
    }
    assert.ok(database.all("SELECT * FROM id_segment").length > 0, "no segment was made");
    assert.ok(database.all("SELECT * FROM id_recent").length > 0, "no list is left");
    let wrong = 0;
    let asked = 0;
    for (const each of [index, new IdIndex(database)]) {
      for (const [block, hashes] of blocks) {
        for (const hash of hashes.slice(0, 50)) {
          const found = each.blocksOf(hash);
          assert.ok(found.includes(block), `block ${block} of ${hash}`);
          wrong += found.length - 1;
          asked++;
        }
        const own = findAll(each, hashes, hashes.map(() => block));
        assert.deepEqual(
          new Set(own.filter(([, found]) => found === block).map(([place]) => hashes[place])),
          new Set(hashes),
        );
      }
    }
    assert.ok(wrong < asked / 20, `${wrong} wrong blocks for ${asked} ids`);
  });
});

Deno.test("IdIndex.findAll looks only where the timestamp can be", async () => {
  await using fixture = await openIndex();
  addBlock(fixture, 1, [11, 12]);
  addBlock(fixture, 2, [11, 13]);
  assert.deepEqual(findAll(fixture.index, [11, 11, 13], [1, 2, 1]), [[0, 1], [1, 2]]);
});

Deno.test("IdIndex makes a segment of few ids in many blocks, too", async () => {
  await using fixture = await openIndex();
  for (let block = 1; block <= SEGMENT_BLOCKS; block++) addBlock(fixture, block, [block * 1000]);
  fixture.index.merge();
  assert.equal(fixture.database.all("SELECT * FROM id_recent").length, 0);
  for (let block = 1; block <= SEGMENT_BLOCKS; block++) {
    assert.deepEqual(fixture.index.blocksOf(block * 1000), [block]);
  }
});

Deno.test("IdIndex takes in what another connection wrote and removed", async () => {
  await using fixture = await openIndex();
  const random = new Random(3);
  using reader = Database.openForReading(fixture.path);
  const index = new IdIndex(reader);
  for (let block = 1; block <= 2; block++) {
    addBlock(fixture, block, [block, ...randomHashes(random, SEGMENT_IDS / 2)]);
  }
  index.refresh();
  assert.deepEqual(index.blocksOf(1), [1]);
  fixture.index.merge();
  addBlock(fixture, 3, [3]);
  index.refresh();
  assert.deepEqual([index.blocksOf(2), index.blocksOf(3)], [[2], [3]]);
  fixture.index.removeDead((block) => block === 3);
  fixture.database.run("DELETE FROM id_recent");
  index.refresh();
  assert.deepEqual([index.blocksOf(2), index.blocksOf(3)], [[], []]);
  assert.equal(fixture.database.all("SELECT * FROM id_page").length, 0);
});

Deno.test("IdIndex names all blocks of a segment whose page is damaged, and forgets damaged lists", async () => {
  await using fixture = await openIndex();
  const { database } = fixture;
  const random = new Random(5);
  for (let block = 1; block <= 3; block++) {
    addBlock(fixture, block, randomHashes(random, SEGMENT_IDS / 3 + 1000));
  }
  fixture.index.merge();
  database.run("UPDATE id_page SET entries = zeroblob(8)");
  addBlock(fixture, 4, [4]);
  addBlock(fixture, 5, [5]);
  database.run("UPDATE id_recent SET checksum = 1 WHERE block_id = 4");
  const index = new IdIndex(database);
  assert.deepEqual(index.blocksOf(77), [1, 2, 3]);
  assert.deepEqual(index.blocks(), new Set([1, 2, 3, 5]));
  database.run("UPDATE id_segment SET page_bits = 3");
  assert.deepEqual(new IdIndex(database).blocks(), new Set([5]));
});

Deno.test("makeIdHash looks at the bytes between start and end only, and depends on the seed", () => {
  const random = new Random(3);
  const encoder = new TextEncoder();
  const hash = makeIdHash(1);
  const values = new Set<number>();
  for (let i = 0; i < 1000; i++) {
    const id = `id-${i}`;
    const bytes = encoder.encode(`${random.below(100)}|${id}|${random.below(100)}`);
    const start = bytes.indexOf(0x7c) + 1;
    const value = hash(encoder.encode(id), 0, id.length);
    assert.equal(hash(bytes, start, start + id.length), value);
    assert.notEqual(makeIdHash(2)(bytes, start, start + id.length), value);
    assert.ok(Number.isInteger(value) && value >= 0 && value < 2 ** 32);
    values.add(value);
  }
  assert.equal(values.size, 1000);
});
