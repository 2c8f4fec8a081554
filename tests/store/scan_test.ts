import assert from "node:assert/strict";
import type { Criteria } from "../../lib/event/criteria.ts";
import type { RawEvent } from "../../lib/event/raw_event.ts";
import { toRawEvent } from "../../lib/event/text_format.ts";
import { Database } from "../../lib/store/sqlite/database.ts";
import { MAX_WAITING_BYTES, Scan } from "../../lib/store/sqlite/scan.ts";
import { planScan } from "../../lib/store/sqlite/scan_plan.ts";
import { Writer } from "../../lib/store/sqlite/writer.ts";
import { assertSameEvents, event, events, tempDirectory } from "./fixtures.ts";
import { forSeeds, Random } from "../random.ts";

/** More than may wait at a time, in blocks that all overlap. */
const COUNT = 3000;
const CONTENT_BYTES = 32 << 10;

function overlapping(timestampOf: (random: Random, i: number) => number): RawEvent[] {
  const random = new Random(11);
  return Array.from({ length: COUNT }, (_, i) =>
    toRawEvent(event(`e${i}`, {
      timestamp: timestampOf(random, i),
      content: `${i} `.padEnd(CONTENT_BYTES, `${random.below(10)}`),
    })));
}

const SPREADS: Readonly<Record<string, (random: Random, i: number) => number>> = {
  "random timestamps": (random) => random.next() * 1e6,
  "few timestamps": (random) => random.below(40),
  "one timestamp": () => 7,
  "mostly one timestamp": (random) => random.chance(0.7) ? 7 : random.below(15),
  "negative and positive timestamps": (random) => random.next() - 0.5,
};

/** The parts of a search, one after another. */
function scans(database: Database, criteria: Criteria, until: number): Scan[] {
  return planScan(database, criteria).map((part) => new Scan(database, criteria, until, part));
}

function* run(scans: readonly Scan[], limit = Infinity): Generator<RawEvent> {
  let left = limit;
  for (const scan of scans) {
    for (const { found } of scan.steps()) {
      for (const item of found) {
        if (left-- > 0) yield item.event;
      }
    }
  }
}

assert.ok(COUNT * CONTENT_BYTES > 2 * MAX_WAITING_BYTES);

for (const [what, timestampOf] of Object.entries(SPREADS)) {
  Deno.test(`Scan orders more than it may hold of blocks that overlap: ${what}`, async () => {
    await using directory = await tempDirectory();
    const path = `${directory.path}/events.db`;
    using writer = new Writer(path);
    const sent = overlapping(timestampOf);
    for (let i = 0; i < COUNT; i += 75) writer.save(sent.slice(i, i + 75));
    const sorted = sent
      .map((item, i) => ({ item, i }))
      .sort((a, b) => a.item.timestamp - b.item.timestamp || a.i - b.i)
      .map(({ item }) => item);
    using database = Database.openForReading(path);
    const find = (criteria: Criteria) => [
      ...run(scans(database, criteria, writer.cursor), criteria.limit),
    ];
    assertSameEvents(find({}), sorted);
    assertSameEvents(find({ order: "desc" }), sorted.toReversed());
    assertSameEvents(find({ limit: 1500 }), sorted.slice(0, 1500));
    assertSameEvents(find({ limit: 10, order: "desc" }), sorted.toReversed().slice(0, 10));
  });
}

Deno.test("Scan holds little more than what it found when a limit takes few of many blocks", async () => {
  await using directory = await tempDirectory();
  const path = `${directory.path}/events.db`;
  using writer = new Writer(path);
  const sent = overlapping((random) => random.next());
  for (let i = 0; i < COUNT; i += 75) writer.save(sent.slice(i, i + 75));
  using database = Database.openForReading(path);
  const found = [...run(scans(database, { limit: 100 }, writer.cursor), 100)];
  assert.equal(found.length, 100);
  let held = 0;
  for (const buffer of new Set(found.map(({ buffer }) => buffer))) held += buffer.byteLength;
  assert.ok(held < MAX_WAITING_BYTES, `${held} bytes are held for 100 events`);
});

Deno.test("Scan takes no block for one that went away", async () => {
  await using directory = await tempDirectory();
  const path = `${directory.path}/events.db`;
  using writer = new Writer(path);
  const raw = (prefix: string, count: number) => events(prefix, count).map(toRawEvent);
  writer.save(raw("sealed", 2));
  writer.delete("sealed0");
  writer.save(raw("waiting", 3));
  using database = Database.openForReading(path);
  const scan = scans(database, {}, writer.cursor);
  writer.delete("sealed1");
  writer.delete("waiting0");
  const ids = [...run(scan)].map(({ id }) => id).toSorted();
  // What was deleted meanwhile may be found or not; nothing comes twice.
  assert.deepEqual(ids.filter((id) => /waiting[12]/.test(id)), ["waiting1", "waiting2"]);
  assert.equal(new Set(ids).size, ids.length);
});

Deno.test("Scan finds nothing that arrived after its cursor", async () => {
  await using directory = await tempDirectory();
  const path = `${directory.path}/events.db`;
  using writer = new Writer(path);
  const sent = events("e", 9000).map(toRawEvent);
  for (let i = 0; i < 9000; i += 1000) writer.save(sent.slice(i, i + 1000));
  using database = Database.openForReading(path);
  for (const until of [0, 1, 4095, 4096, 8999, 9000]) {
    for (const order of ["asc", "desc"] as const) {
      assert.equal([...run(scans(database, { order }, until))].length, until);
    }
  }
});

Deno.test("Scan hands out events of one time before it has looked at all of their blocks", async () => {
  await using directory = await tempDirectory();
  const path = `${directory.path}/events.db`;
  using writer = new Writer(path);
  const sent = Array.from(
    { length: 40_000 },
    (_, i) => toRawEvent(event(`e${i}`, { timestamp: 7 })),
  );
  for (let i = 0; i < sent.length; i += 1000) writer.save(sent.slice(i, i + 1000));
  using database = Database.openForReading(path);
  for (const order of ["asc", "desc"] as const) {
    const steps = scans(database, { order }, writer.cursor).flatMap((scan) => [...scan.steps()]);
    const blocks = steps.filter(({ scanned }) => scanned > 0).length;
    const found = steps.slice(0, steps.findIndex(({ found }) => found.length > 0));
    assert.ok(blocks >= 8, `${blocks} blocks`);
    assert.ok(found.filter(({ scanned }) => scanned > 0).length < blocks / 2);
    const ids = steps.flatMap((step) => step.found.map((stored) => stored.event.id));
    const wanted = sent.map(({ id }) => id);
    assert.deepEqual(ids, order === "asc" ? wanted : wanted.toReversed());
  }
});

Deno.test("Scan goes on after any event as if it had not begun anew", async () => {
  await forSeeds(3, async (random) => {
    await using directory = await tempDirectory();
    const path = `${directory.path}/events.db`;
    using writer = new Writer(path);
    const timestamps = [() => random.below(3), () => random.below(400), () => random.next()];
    const timestampOf = random.pick(timestamps);
    const sent = Array.from(
      { length: 9000 },
      (_, i) =>
        toRawEvent(event(`e${i}`, { timestamp: timestampOf(), content: `${random.below(4)}` })),
    );
    for (let i = 0; i < sent.length; i += 1500) writer.save(sent.slice(i, i + 1500));
    using database = Database.openForReading(path);
    for (const order of ["asc", "desc"] as const) {
      const criteria = { order, content: "[12]", since: random.below(2000) };
      for (const scan of scans(database, criteria, sent.length - random.below(2000))) {
        const all = [...scan.steps()].flatMap(({ found }) => found);
        const ids = all.map(({ event: { id } }) => id);
        for (let round = 0; round < 12; round++) {
          const at = random.below(all.length);
          const stored = all[at];
          if (stored === undefined) continue;
          const { event: { timestamp }, arrival } = stored;
          const limit = random.below(3000);
          const rest = [...scan.steps({ after: { timestamp, arrival }, limit })];
          assert.deepEqual(
            rest.flatMap(({ found }) => found.map(({ event: { id } }) => id)),
            ids.slice(at + 1, at + 1 + limit),
          );
          // What was looked at before is not counted again.
          assert.equal(rest.reduce((sum, { scanned }) => sum + scanned, 0), 0);
        }
      }
    }
  });
});
