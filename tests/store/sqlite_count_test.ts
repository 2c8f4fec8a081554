import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { CriteriaError } from "../../lib/event/criteria.ts";
import { toRawEvent } from "../../lib/event/text_format.ts";
import { EventCounter } from "../../lib/store/event_counter.ts";
import type { EventCounts } from "../../lib/store/store.ts";
import type { CountBy } from "../../lib/store/sqlite/block_counter.ts";
import { type CountPlan, planCount } from "../../lib/store/sqlite/count_plan.ts";
import { CountScan } from "../../lib/store/sqlite/count_scan.ts";
import { Database } from "../../lib/store/sqlite/database.ts";
import { DigestCache } from "../../lib/store/sqlite/digest_cache.ts";
import { SqliteReader } from "../../lib/store/sqlite/sqlite_reader.ts";
import { SqliteStore, type SqliteStoreNotice } from "../../lib/store/sqlite/sqlite_store.ts";
import { Writer } from "../../lib/store/sqlite/writer.ts";
import { FakeClock } from "./fake_clock.ts";
import { event, events, find, tempDirectory } from "./fixtures.ts";
import { countNaively, withoutFigures } from "./naive_counts.ts";
import { openSqlite } from "./sqlite_fixture.ts";

function sumOf({ buckets }: Pick<EventCounts, "buckets">): number {
  return buckets.reduce((sum, { count }) => sum + count, 0);
}

/** Counts all parts of a plan, one after another. */
function countAll(
  database: Database,
  until: number,
  options: CountBy,
  plan: CountPlan = planCount(database, {}, until, options),
): EventCounts {
  const counter = new EventCounter(options);
  counter.merge(plan.counts);
  for (const part of plan.parts) {
    const scan = new CountScan(database, {}, until, part, options, new DigestCache(database));
    for (const _ of scan.steps());
    counter.merge(scan.counts);
  }
  return counter.counts({ scanned: 0, cursor: until });
}

Deno.test("SqliteStore.count passes over a damaged block that it must read, and says so once", async () => {
  await using directory = await tempDirectory();
  const path = `${directory.path}/events.db`;
  {
    await using store = await SqliteStore.open(path);
    for (const [i, name] of ["x", "y", "z"].entries()) {
      await store.save(events(name, 5000, i * 1e4));
    }
    await store.save(events("j", 20, 1e5));
  }
  damageRows(path, 2);
  const notices: SqliteStoreNotice[] = [];
  await using store = await SqliteStore.open(path, { observer: (notice) => notices.push(notice) });
  // What lies within one bucket is known without looking, and so are hours.
  for (const interval of [1e4, 3600]) {
    assert.equal((await store.count({}, { interval })).matched, 15_020);
  }
  assert.deepEqual(notices, []);
  for (const interval of [7, 11]) {
    const counts = await store.count({}, { interval, by: "source" });
    assert.deepEqual([counts.matched, sumOf(counts)], [10_020, 10_020]);
  }
  assert.deepEqual(notices.map(({ kind }) => kind), ["damaged-block"]);
  assert.equal((await store.stats()).damaged, 1);
});

function damageRows(path: string, block: number): void {
  using database = new DatabaseSync(path);
  const row = database.prepare("SELECT rows FROM block_data WHERE block_id = ?").get(block);
  const bytes = row?.["rows"];
  assert.ok(bytes instanceof Uint8Array);
  bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1;
  database.prepare("UPDATE block_data SET rows = ? WHERE block_id = ?").run(bytes, block);
}

Deno.test("SqliteStore.count counts a store that has no digests, as earlier releases made it", async () => {
  await using fixture = await openSqlite();
  await fixture.store.save(events("a", 5000));
  await fixture.store[Symbol.asyncDispose]();
  {
    using database = new DatabaseSync(fixture.path);
    database.exec("DROP TABLE block_digest");
  }
  {
    await using reader = await SqliteReader.open(fixture.path);
    assert.equal(sumOf(await reader.count({}, { interval: 60 })), 5000);
  }
  const store = await fixture.reopen();
  for (let round = 0; round < 2; round++) {
    const counts = await store.count({}, { interval: 60, by: "source" });
    assert.deepEqual([counts.matched, counts.buckets.length], [5000 * (round + 1), 84]);
    await store.save(events("b", 5000));
  }
  await store.delete("a7");
  assert.equal((await store.count({}, { interval: 300 })).matched, 9999);
});

Deno.test("SqliteStore.count leaves out what was deleted from blocks that it counted before", async () => {
  await using fixture = await openSqlite();
  const { store } = fixture;
  await store.save(events("a", 5000).map((item, i) => ({ ...item, source: `s${i % 3}` })));
  for (const id of ["a0", "a77", "a4999"]) {
    for (const options of [{ interval: 60, by: "source" }, { by: "source" }, {}] as const) {
      const { events: found } = await find(store);
      const counts = await store.count({}, options);
      assert.deepEqual(withoutFigures(counts), countNaively(found, options));
    }
    await store.delete(id);
  }
  assert.equal((await store.count({}, { interval: 60 })).matched, 4997);
});

Deno.test("SqliteStore.count counts whole blocks while retention drops them", async () => {
  const clock = new FakeClock(0);
  await using fixture = await openSqlite({ retention: { maxAgeSeconds: 10, clock } });
  const { store } = fixture;
  for (let i = 0; i < 60; i++) await store.save(events(`a${i}-`, 2048, i * 2048));
  clock.seconds = 1e6;
  let isDone = false;
  const retained = store.retain().finally(() => isDone = true);
  let before = 60 * 2048;
  while (!isDone) {
    const counts = await store.count({}, { interval: 100, by: "source" });
    assert.ok(counts.matched % 2048 === 0 && counts.matched <= before, `${counts.matched}`);
    assert.deepEqual(
      counts.groups,
      counts.matched === 0 ? [] : [
        { key: "", count: counts.matched, buckets: counts.buckets },
      ],
    );
    assert.equal(sumOf(counts), counts.matched);
    before = counts.matched;
  }
  await retained;
  assert.equal((await store.count({})).matched, 0);
});

Deno.test("CountScan counts what its plan saw, whatever is sealed, saved and removed later", async () => {
  await using directory = await tempDirectory();
  const path = `${directory.path}/events.db`;
  using writer = new Writer(path);
  const save = (name: string, count: number, start: number) =>
    writer.save(events(name, count, start).map(toRawEvent));
  save("a", 5000, 0);
  const gone = events("k", 3000, 10_000).map((item) => ({ ...item, id: "gone" }));
  writer.save(gone.map(toRawEvent));
  save("j", 100, 20_000);
  using database = Database.openForReading(path);
  const until = writer.cursor;
  const options = { interval: 60, by: "source" } as const;
  const plan = planCount(database, {}, until, options);
  // Seals what was in the journal, too.
  save("b", 5000, 0);
  const counts = () => withoutFigures(countAll(database, until, options, plan));
  assert.deepEqual(
    counts(),
    countNaively([...events("a", 5000), ...gone, ...events("j", 100, 20_000)], options),
  );
  // One block loses an event, another one goes.
  writer.delete("a17");
  writer.delete("gone");
  assert.equal(counts().matched, 5099);
});

Deno.test("CountScan counts no events that arrived too late, though their block is whole", async () => {
  await using directory = await tempDirectory();
  const path = `${directory.path}/events.db`;
  using writer = new Writer(path);
  writer.save(events("a", 5000).map(toRawEvent));
  using database = Database.openForReading(path);
  for (const options of [{}, { interval: 60 }, { interval: 1e6, by: "source" }] as const) {
    assert.equal(countAll(database, 2500, options).matched, 2500, JSON.stringify(options));
  }
});

Deno.test("SqliteStore saves, finds and counts while a pattern runs away in counting", async () => {
  await using fixture = await openSqlite();
  const { store } = fixture;
  await store.save([event("bait", { content: `${"a".repeat(60)}!` })]);
  await store.count({ content: "(?!x)b" });
  await store.count({});
  let isOver = false;
  const hostile = store.count({ content: "(?!x)(a+)+b" }).finally(() => isOver = true);
  await store.save(events("more", 10));
  assert.equal((await store.count({}, { interval: 60 })).matched, 11);
  assert.equal((await find(store)).ids.length, 11);
  assert.ok(!isOver, "the pattern ran away for longer than all that took");
  await assert.rejects(hostile, CriteriaError);
});
