import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import type { Event } from "../../lib/event/event.ts";
import { SqliteStore, type SqliteStoreNotice } from "../../lib/store/sqlite/sqlite_store.ts";
import { event, events, find, findIds, tempDirectory } from "./fixtures.ts";

/** Three blocks, and two commits in the journal. */
function stored(): Event[][] {
  return [
    events("x", 5000, 0),
    events("y", 5000, 10_000),
    events("z", 5000, 20_000),
    events("j", 20, 30_000),
    events("k", 20, 40_000),
  ];
}

async function makeStore(path: string): Promise<void> {
  await using store = await SqliteStore.open(path);
  for (const batch of stored()) await store.save(batch);
}

/** Changes the database of a closed store with plain SQL. */
function change(path: string, sql: string): void {
  using database = new DatabaseSync(path);
  database.exec(sql);
}

/** Flips the first bit of a blob. */
function flip(path: string, table: string, column: string, key: string): void {
  using database = new DatabaseSync(path);
  const row = database.prepare(`SELECT ${column} AS bytes FROM ${table} WHERE ${key}`).get();
  const bytes = row?.["bytes"];
  assert.ok(bytes instanceof Uint8Array);
  const at = bytes.length >> 1;
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  database.prepare(`UPDATE ${table} SET ${column} = ? WHERE ${key}`).run(bytes);
}

for (const column of ["rows", "labels", "headers", "contents"]) {
  Deno.test(`SqliteStore loses one block and says so when its ${column} are damaged`, async () => {
    await using directory = await tempDirectory();
    const path = `${directory.path}/events.db`;
    await makeStore(path);
    flip(path, "block_data", column, "block_id = 2");
    const notices: SqliteStoreNotice[] = [];
    await using store = await SqliteStore.open(path, {
      observer: (notice) => notices.push(notice),
    });
    for (let round = 0; round < 2; round++) {
      const ids = await findIds(store);
      assert.equal(ids.length, 10_040);
      assert.ok(!ids.some((id) => id.startsWith("y")));
    }
    assert.deepEqual(notices.map(({ kind }) => kind), ["damaged-block"]);
    assert.equal((await store.stats()).damaged, 1);
    assert.equal((await store.get("x17")).id, "x17");
    assert.deepEqual(await store.save([event("new")]), { saved: 1, duplicates: 0 });
    assert.deepEqual(await store.save(events("x", 5000, 0)), { saved: 0, duplicates: 5000 });
  });
}

Deno.test("SqliteStore loses one commit and says so when its journal row is damaged", async (t) => {
  const rows = [["first", "j", "k"], ["last", "k", "j"]] as const;
  for (const [which, lost, kept] of rows) {
    await t.step(`the ${which} row`, async () => {
      await using directory = await tempDirectory();
      const path = `${directory.path}/events.db`;
      await makeStore(path);
      const order = which === "first" ? "min" : "max";
      flip(
        path,
        "journal",
        "frames",
        `first_arrival = (SELECT ${order}(first_arrival) FROM journal)`,
      );
      const notices: SqliteStoreNotice[] = [];
      await using store = await SqliteStore.open(path, {
        observer: (notice) => notices.push(notice),
      });
      assert.deepEqual(notices.map(({ kind }) => kind), ["damaged-journal"]);
      assert.equal((await store.stats()).damaged, 1);
      assert.deepEqual(await findIds(store, { id: "[jk]" }), events(kept, 20).map(({ id }) => id));
      const { cursor } = store;
      assert.equal(cursor, 15_040);
      // What was lost may come again, with numbers that were not given before.
      assert.deepEqual(await store.save(stored().flat()), { saved: 20, duplicates: 15_020 });
      const { ids, arrivals } = await find(store, { since: cursor });
      assert.deepEqual(ids, events(lost, 20).map(({ id }) => id));
      assert.equal(arrivals[0], cursor + 1);
      await store.save(events("more", 5000, 50_000));
      assert.equal((await findIds(store)).length, 20_040);
    });
  }
});

Deno.test("SqliteStore does not take what it refused for a duplicate", async () => {
  await using directory = await tempDirectory();
  const path = `${directory.path}/events.db`;
  await makeStore(path);
  await using store = await SqliteStore.open(path);
  change(path, "ALTER TABLE journal RENAME TO hidden");
  await assert.rejects(store.save([event("new", { timestamp: 1e6 }), event("late")]));
  change(path, "ALTER TABLE hidden RENAME TO journal");
  const again = await store.save([event("new", { timestamp: 1e6 }), event("late")]);
  assert.deepEqual(again, { saved: 2, duplicates: 0 });
});
