import assert from "node:assert/strict";
import type { Event } from "../../lib/event/event.ts";
import { Retention } from "../../lib/store/sqlite/retention.ts";
import {
  SqliteStore,
  type SqliteStoreNotice,
  type SqliteStoreOptions,
} from "../../lib/store/sqlite/sqlite_store.ts";
import { event, events, findIds, tempDirectory } from "./fixtures.ts";
import { FakeClock } from "./fake_clock.ts";
import { Random } from "../random.ts";
import { openSqlite } from "./sqlite_fixture.ts";

/** Events whose contents do not compress, so that they fill the disk. */
function incompressible(prefix: string, count: number, start: number): Event[] {
  const random = new Random(start);
  return Array.from({ length: count }, (_, i) => {
    const content = random.bytes(600).toBase64();
    return event(`${prefix}${i}`, { timestamp: start + i / 1000, content });
  });
}

function watched(options: SqliteStoreOptions): {
  readonly options: SqliteStoreOptions;
  readonly dropped: Extract<SqliteStoreNotice, { readonly kind: "dropped" }>["dropped"][];
} {
  const dropped: Extract<SqliteStoreNotice, { readonly kind: "dropped" }>["dropped"][] = [];
  return {
    dropped,
    options: {
      ...options,
      observer: (notice) => notice.kind === "dropped" && dropped.push(notice.dropped),
    },
  };
}

Deno.test("SqliteStore drops blocks and journal rows whose newest event is too old, and says so", async () => {
  const clock = new FakeClock(10_000);
  const { options, dropped } = watched({ retention: { maxAgeSeconds: 3000, clock } });
  await using fixture = await openSqlite(options);
  const { store } = fixture;
  await store.save(events("a", 3000, 7000));
  await store.save(events("b", 3000, 9000));
  await store.save([event("c", { timestamp: 9999.5 })]);
  await store.save([event("d", { timestamp: 9500 }), event("e", { timestamp: 99_999 })]);
  clock.seconds = 12_999;
  await store.retain();
  assert.equal(
    (await store.stats()).events,
    6003,
    "a block is kept while its newest event is young",
  );
  assert.equal((await store.stats()).dropped, undefined);
  clock.seconds = 13_000;
  await store.retain();
  assert.ok(!(await findIds(store)).some((id) => id.startsWith("a")));
  assert.equal(dropped.length, 1);
  assert.deepEqual({ ...dropped[0], bytes: 0 }, {
    events: 3001,
    bytes: 0,
    oldest: 7000,
    newest: 9999.5,
  });
  clock.seconds = 99_998;
  await store.retain();
  assert.deepEqual(await findIds(store), ["d", "e"], "a row with a young event is kept");
  const stats = await store.stats();
  assert.equal(stats.dropped?.events, 6001);
  assert.ok((stats.dropped?.bytes ?? 0) > 6001 * 30);
  assert.equal(stats.oldest, 9500);
  assert.equal((await store.save([event("d", { timestamp: 9500 })])).duplicates, 1);
  assert.equal((await store.save([event("c", { timestamp: 9999.5 })])).saved, 1);
});

Deno.test("SqliteStore gives no arrival number again after all events were dropped", async () => {
  const clock = new FakeClock(100);
  await using fixture = await openSqlite({ retention: { maxAgeSeconds: 10, clock } });
  await fixture.store.save(events("a", 3000, 50));
  await fixture.store.save(events("b", 3, 50));
  clock.seconds = 1e6;
  await fixture.store.retain();
  assert.equal((await fixture.store.stats()).events, 0);
  const store = await fixture.reopen();
  assert.equal(store.cursor, 3003);
  assert.equal((await store.stats()).dropped?.events, 3003);
  await store.save([event("c", { timestamp: 1e6 })]);
  assert.equal(store.cursor, 3004);
});

Deno.test("SqliteStore drops when it is opened and by its timer", async () => {
  const clock = new FakeClock(100);
  const { options, dropped } = watched({
    retention: { maxAgeSeconds: 10, clock, intervalMs: 5000 },
  });
  await using fixture = await openSqlite(options);
  await fixture.store.save(events("a", 3000, 50));
  clock.seconds = 1e6;
  const store = await fixture.reopen();
  await store.retain();
  assert.equal((await store.stats()).events, 0);
  await store.save(events("b", 10, 1e6));
  clock.seconds = 2e6;
  assert.equal(clock.timers, 1);
  clock.tick();
  await store.retain();
  assert.equal((await store.stats()).events, 0);
  assert.deepEqual(dropped.map((each) => each.events), [3000, 10]);
  await store[Symbol.asyncDispose]();
  assert.equal(clock.timers, 0);
});

Deno.test("SqliteStore keeps within its bytes by dropping the oldest after seals, and the file shrinks", async () => {
  await using directory = await tempDirectory();
  const path = `${directory.path}/events.db`;
  {
    await using store = await SqliteStore.open(path);
    for (let i = 0; i < 10; i++) await store.save(incompressible(`a${i}-`, 3000, 1000 + i * 10));
  }
  const before = (await Deno.stat(path)).size;
  assert.ok(before > 16 << 20, `${before} bytes`);
  const maxBytes = 8 << 20;
  const { options, dropped } = watched({ retention: { maxBytes } });
  await using store = await SqliteStore.open(path, options);
  await store.retain();
  const size = (await Deno.stat(path)).size;
  assert.ok(size <= maxBytes + (2 << 20), `${size} bytes of ${before}`);
  assert.ok((await Deno.stat(`${path}-wal`)).size < 1 << 20);
  const kept = (await store.stats()).events;
  assert.ok(kept > 3000 && kept < 20_000, `${kept} events`);
  assert.equal((await findIds(store)).at(-1), "a9-2999");
  assert.equal(dropped[0]?.events, 30_000 - kept);

  // Without being asked: the new blocks push out old ones while saves go on.
  for (let i = 0; i < 10; i++) await store.save(incompressible(`b${i}-`, 3000, 2000 + i * 10));
  await store.retain();
  assert.ok((await Deno.stat(path)).size <= maxBytes + (2 << 20));
  const ids = await findIds(store);
  assert.ok(ids.every((id) => id.startsWith("b")));
  assert.equal(ids.at(-1), "b9-2999");
});

Deno.test("SqliteStore saves while retention drops", async () => {
  const clock = new FakeClock(0);
  await using fixture = await openSqlite({ retention: { maxAgeSeconds: 10, clock } });
  const { store } = fixture;
  for (let i = 0; i < 60; i++) await store.save(events(`a${i}-`, 2048, i * 2048));
  clock.seconds = 1e6;
  let isDone = false;
  const retained = store.retain().then(() => isDone = true);
  let saved = 0;
  while (!isDone && saved < 1000) {
    const isFirst = saved === 0;
    await store.save([event(`new${saved++}`, { timestamp: 1e6 })], {
      onAccepted: () => assert.ok(!isFirst || !isDone, "the first save waited for all of it"),
    });
  }
  await retained;
  assert.equal((await store.stats()).events, saved);
});

Deno.test("SqliteStore lets a search pass over blocks that retention drops", async () => {
  const clock = new FakeClock(0);
  await using fixture = await openSqlite({ retention: { maxAgeSeconds: 10, clock } });
  const { store } = fixture;
  for (let i = 0; i < 30; i++) await store.save(events(`a${i}-`, 2048, i * 2048));
  let found = 0;
  for await (const batch of store.search({})) {
    if (found === 0) {
      clock.seconds = 1e6;
      await store.retain();
    }
    found += batch.events.length;
  }
  assert.ok(found > 0 && found < 30 * 2048, `${found} found`);
});

Deno.test("SqliteStore refuses limits that cannot be meant", async () => {
  const cases = [
    [{ maxAgeSeconds: 0 }, /'retention\.maxAgeSeconds' must be at least 1 seconds/],
    [{ maxAgeSeconds: NaN }, /maxAgeSeconds/],
    [{ maxBytes: 1000 }, /'retention\.maxBytes' must be at least 4194304 bytes.*1000/],
    [{ intervalMs: -1 }, /intervalMs/],
  ] as const;
  for (const [retention, pattern] of cases) {
    await assert.rejects(openSqlite({ retention }), pattern);
  }
});

Deno.test("Retention reports a failed step and tries again", async () => {
  const clock = new FakeClock(0);
  const failures: unknown[] = [];
  let steps = 0;
  await using retention = new Retention({ maxAgeSeconds: 1, clock }, {
    step: () =>
      ++steps === 1
        ? Promise.reject(new Error("full"))
        : Promise.resolve({ dropped: undefined, done: true }),
    onDropped: () => assert.fail("nothing was dropped"),
    onFailed: (error) => failures.push(error),
  });
  await retention.run();
  await retention.run();
  assert.equal(steps, 2);
  assert.equal(failures.length, 1);
});
