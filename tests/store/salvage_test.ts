import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { SalvageFiles } from "../../lib/store/sqlite/salvage_files.ts";
import { salvageStore } from "../../lib/store/sqlite/salvage.ts";
import { PAGE_BYTES } from "../../lib/store/sqlite/schema.ts";
import { SqliteStore, type SqliteStoreNotice } from "../../lib/store/sqlite/sqlite_store.ts";
import { EventStoreError } from "../../lib/store/store.ts";
import { Random } from "../random.ts";
import { mapPages } from "./damage_map.ts";
import { emptyLog } from "./damaged_store.ts";
import { event, events, find, findIds, tempDirectory } from "./fixtures.ts";

/** Makes a store with two blocks and a commit in the journal. */
async function makeStore(path: string): Promise<void> {
  await using store = await SqliteStore.open(path);
  await store.save(events("x", 3000, 0));
  await store.save(events("y", 3000, 10_000));
  await store.save(events("j", 20, 30_000));
}

/** Writes bytes over those of a file. */
async function overwrite(path: string, place: number, bytes: Uint8Array): Promise<void> {
  using file = await Deno.open(path, { write: true });
  await file.seek(place, Deno.SeekMode.Start);
  await file.write(bytes);
}

async function namesIn(directory: string): Promise<string[]> {
  const names: string[] = [];
  for await (const { name } of Deno.readDir(directory)) {
    if (!name.endsWith(".reserve")) names.push(name);
  }
  return names.sort();
}

Deno.test("SqliteStore says what a repair took over, lost and kept", async () => {
  await using directory = await tempDirectory();
  const path = `${directory.path}/events.db`;
  await makeStore(path);
  const { pagesOfArrival } = mapPages(path);
  const lostPage = pagesOfArrival.get(1)?.at(-1) ?? 0;
  await overwrite(path, 32, Uint8Array.of(0, 0, 0, 9));
  await overwrite(path, lostPage * PAGE_BYTES - 8000, new Uint8Array(8).fill(0x55));
  const damaged = await Deno.readFile(path);
  const notices: SqliteStoreNotice[] = [];
  await using store = await SqliteStore.open(path, { observer: (notice) => notices.push(notice) });
  const [notice] = notices;
  assert.ok(notice?.kind === "salvaged" && notices.length === 1);
  const { reason, ...figures } = notice.salvage;
  assert.match(reason, /page 9/);
  const kept = `${path}.damaged-1`;
  assert.deepEqual(figures, { events: 3020, blocks: 1, rows: 1, lost: 1, kept });
  assert.deepEqual(await Deno.readFile(kept), damaged);
  assert.equal(store.cursor, 6020);
  const { ids, arrivals } = await find(store);
  assert.deepEqual(ids, [...events("y", 3000), ...events("j", 20)].map(({ id }) => id));
  assert.equal(arrivals[0], 3001);
  assert.equal((await store.count({}, { interval: 60 })).matched, 3020);
});

Deno.test("SqliteStore keeps what it gave numbers and dropped across a repair", async () => {
  await using directory = await tempDirectory();
  const path = `${directory.path}/events.db`;
  {
    await using store = await SqliteStore.open(path, {
      retention: { maxAgeSeconds: 1 },
    });
    await store.save(events("old", 3000, 0));
    await store.retain();
    await store.save([event("new", { timestamp: Date.now() / 1000 + 1e6 })]);
  }
  await overwrite(path, 32, Uint8Array.of(0, 0, 0, 9));
  await using store = await SqliteStore.open(path);
  assert.equal(store.cursor, 3001);
  assert.deepEqual(await findIds(store), ["new"]);
  assert.equal((await store.stats()).dropped?.events, 3000);
});

Deno.test("SqliteStore does not bring back what was deleted, nor sealed rows twice", async (t) => {
  await using directory = await tempDirectory();
  const path = `${directory.path}/events.db`;
  let before: readonly string[];
  {
    await using store = await SqliteStore.open(path);
    for (let i = 0; i < 10; i++) await store.save(events(`j${i}-`, 100, 1000 * i));
    await store.save(events("x", 3000, 20_000));
    await store.save(events("y", 3000, 30_000));
    await store.delete("x17");
    for (const { id } of events("y", 30)) await store.delete(id);
    for (const { id } of events("j3-", 5)) await store.delete(id);
    await store.save(events("k", 10, 40_000));
    before = await findIds(store);
  }
  emptyLog(path);
  for (const page of [1, 2]) {
    await t.step(`page ${page} zeroed`, async () => {
      const copy = `${directory.path}/copy${page}.db`;
      await Deno.copyFile(path, copy);
      await overwrite(copy, (page - 1) * PAGE_BYTES, new Uint8Array(PAGE_BYTES));
      await using store = await SqliteStore.open(copy);
      assert.deepEqual(await findIds(store), before);
    });
  }
});

for (const step of ["partial", "complete", "log moved", "database moved", "done"] as const) {
  Deno.test(`SqliteStore.open goes on with a repair that ended at step '${step}'`, async () => {
    await using directory = await tempDirectory();
    const path = `${directory.path}/events.db`;
    await makeStore(path);
    await Deno.copyFile(path, `${path}.copy`);
    await overwrite(path, 32, Uint8Array.of(0, 0, 0, 9));
    if (step === "partial") {
      await Deno.writeTextFile(`${path}.partial`, "half a database");
      await Deno.writeTextFile(`${path}.partial-wal`, "");
    } else if (step !== "done") {
      await Deno.rename(`${path}.copy`, `${path}.salvaged`);
      await Deno.writeTextFile(`${path}-wal`, "a log that must not come to the new database");
      if (step !== "complete") await Deno.rename(`${path}-wal`, `${path}.damaged-1-wal`);
      if (step === "database moved") await Deno.rename(path, `${path}.damaged-1`);
    } else {
      salvageStore(path, "a test");
    }
    {
      await using store = await SqliteStore.open(path);
      assert.equal((await findIds(store)).length, 6020);
    }
    const names = (await namesIn(directory.path)).filter((name) =>
      !/copy|lock|reserve|db-wal|db-shm/.test(name)
    );
    const log = ["partial", "done"].includes(step) ? [] : ["events.db.damaged-1-wal"];
    assert.deepEqual(names, ["events.db", "events.db.damaged-1", ...log]);
  });
}

Deno.test("SqliteStore.open leaves a damaged store as it is when there is no room to repair it", async (t) => {
  await using directory = await tempDirectory();
  const made = `${directory.path}/made.db`;
  await makeStore(made);
  await overwrite(made, 32, Uint8Array.of(0, 0, 0, 9));
  const disk = `${directory.path}/disk`;
  await Deno.mkdir(disk);
  const size = (await Deno.stat(made)).size + (100 << 10);
  const mount = new Deno.Command("mount", {
    args: ["-t", "tmpfs", "-o", `size=${size}`, "tmpfs", disk],
    stderr: "null",
  });
  if (!(await mount.output().catch(() => ({ success: false }))).success) {
    await t.step({ name: "no right to mount", ignore: true, fn() {} });
    return;
  }
  await using stack = new AsyncDisposableStack();
  stack.defer(async () => {
    await new Deno.Command("umount", { args: ["-l", disk] }).output();
  });
  const path = `${disk}/events.db`;
  await Deno.copyFile(made, path);
  const before = await Deno.readFile(path);
  await assert.rejects(SqliteStore.open(path), (error) => {
    assert.ok(error instanceof EventStoreError);
    assert.match(error.message, /Cannot repair store '.*disk is full.*room for both; nothing was/);
    return true;
  });
  assert.deepEqual(await Deno.readFile(path), before);
  assert.deepEqual(await namesIn(disk), ["events.db", "events.db.lock"]);
});

Deno.test("SqliteStore frees no pages of others when retention drops a damaged block", async () => {
  await using directory = await tempDirectory();
  const path = `${directory.path}/events.db`;
  const random = new Random(1);
  const noise = (prefix: string, start: number) =>
    events(prefix, 3000, start).map((item) => ({
      ...item,
      content: random.text("0123456789abcdefghijklmnopqrstuvwxyz", 60, 60),
    }));
  {
    await using store = await SqliteStore.open(path);
    await store.save(noise("old", 0));
    await store.save(noise("young", 1e9));
  }
  emptyLog(path);
  const { pagesOfArrival } = mapPages(path);
  const [, older = 0] = pagesOfArrival.get(1) ?? [];
  const [, , younger = 0] = pagesOfArrival.get(3001) ?? [];
  assert.ok(older > 0 && younger > 0);
  // The old block seems to go on in the young one.
  const next = new Uint8Array(4);
  new DataView(next.buffer).setUint32(0, younger);
  await overwrite(path, (older - 1) * PAGE_BYTES, next);
  const retention = { maxAgeSeconds: Date.now() / 1000 - 1e8 };
  const kinds: string[] = [];
  for (let round = 0; round < 2; round++) {
    await using store = await SqliteStore.open(path, {
      retention,
      observer: ({ kind }) => void kinds.push(kind),
    });
    await store.retain();
    await store.save(noise(`more${round}-`, 2e9 + 1e5 * round));
    assert.equal((await findIds(store)).length, 3000 * (round + 2));
    assert.deepEqual(kinds, ["dropped"]);
  }
});

Deno.test("SqliteStore repairs at the next opening what it could not write to", async () => {
  await using directory = await tempDirectory();
  const path = `${directory.path}/events.db`;
  await makeStore(path);
  {
    await using store = await SqliteStore.open(path);
    await store.save([event("a", { timestamp: 1 })]);
    new SalvageFiles(path).suspect();
  }
  const notices: SqliteStoreNotice[] = [];
  for (let round = 0; round < 2; round++) {
    await using store = await SqliteStore.open(path, {
      observer: (notice) => notices.push(notice),
    });
    assert.equal((await findIds(store)).length, 6021);
  }
  assert.deepEqual(notices.map(({ kind }) => kind), ["salvaged"]);
});

Deno.test("SqliteStore.open leaves a damaged database of another program alone", async () => {
  await using directory = await tempDirectory();
  const path = `${directory.path}/other.db`;
  {
    using other = new DatabaseSync(path);
    other.exec("PRAGMA page_size = 16384; PRAGMA journal_mode = WAL");
    other.exec("CREATE TABLE block_data (x BLOB); INSERT INTO block_data VALUES (zeroblob(50000))");
  }
  for (const place of [0, 20, 100, PAGE_BYTES - 40]) {
    await overwrite(path, place, Uint8Array.of(0x55, 0x55));
    const before = await Deno.readFile(path);
    await assert.rejects(SqliteStore.open(path), /Cannot open store/);
    assert.deepEqual(await Deno.readFile(path), before);
    assert.deepEqual(await namesIn(directory.path), ["other.db", "other.db.lock"]);
  }
});
