import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { SqliteStore } from "../../lib/store/sqlite/sqlite_store.ts";
import { EventStoreError } from "../../lib/store/store.ts";
import { event, findIds, tempDirectory } from "./fixtures.ts";

/** Opening must fail with one error of the port that says why and names the file. */
async function assertRefused(path: string, reason: RegExp): Promise<void> {
  await assert.rejects(SqliteStore.open(path), (error) => {
    assert.ok(error instanceof EventStoreError, `${error}`);
    assert.match(error.message, reason);
    assert.ok(error.message.includes(path), error.message);
    return true;
  });
}

Deno.test("SqliteStore.open refuses the database of another program and leaves it alone", async () => {
  await using directory = await tempDirectory();
  const path = `${directory.path}/other.db`;
  {
    using other = new DatabaseSync(path);
    other.exec("CREATE TABLE event (id TEXT); INSERT INTO event VALUES ('mine')");
  }
  const before = await Deno.readFile(path);
  await assertRefused(path, /database of another program/);
  assert.deepEqual(await Deno.readFile(path), before);
  using other = new DatabaseSync(path);
  assert.equal(other.prepare("SELECT id FROM event").get()?.["id"], "mine");
});

Deno.test("SqliteStore.open refuses a database with another application id", async () => {
  await using directory = await tempDirectory();
  const path = `${directory.path}/other.db`;
  {
    using other = new DatabaseSync(path);
    other.exec("PRAGMA application_id = 42; PRAGMA user_version = 1");
  }
  await assertRefused(path, /application id 42/);
});

Deno.test("SqliteStore.open refuses a text file and leaves it alone", async () => {
  await using directory = await tempDirectory();
  const path = `${directory.path}/notes.txt`;
  const text = "These are my notes.\n".repeat(100);
  await Deno.writeTextFile(path, text);
  await assertRefused(path, /not a database/);
  assert.equal(await Deno.readTextFile(path), text);
});

Deno.test("SqliteStore.open refuses a store of a later version", async () => {
  await using directory = await tempDirectory();
  const path = `${directory.path}/events.db`;
  {
    await using store = await SqliteStore.open(path);
    await store.save([event("a")]);
  }
  {
    using database = new DatabaseSync(path);
    database.exec("PRAGMA user_version = 1000");
    database.exec("UPDATE counter SET value = 1000 WHERE name = 'version'");
  }
  await assertRefused(path, /version 1000/);
});

Deno.test("SqliteStore.open refuses a directory in place of the file", async () => {
  await using directory = await tempDirectory();
  const path = `${directory.path}/events.db`;
  await Deno.mkdir(path);
  await assertRefused(path, /unable to open/);
});

Deno.test("SqliteStore.open refuses a file in place of the directory", async () => {
  await using directory = await tempDirectory();
  await Deno.writeTextFile(`${directory.path}/data`, "");
  await assertRefused(`${directory.path}/data/events.db`, /directory must be writable/);
});

Deno.test({
  name: "SqliteStore.open refuses a directory without rights",
  // Root writes anywhere.
  ignore: Deno.uid() === 0,
  fn: async () => {
    await using directory = await tempDirectory();
    await Deno.chmod(directory.path, 0o500);
    await assertRefused(`${directory.path}/events.db`, /directory must be writable/);
    await Deno.chmod(directory.path, 0o700);
  },
});

Deno.test("SqliteStore.open refuses a store that is open and takes it once that is closed", async () => {
  await using directory = await tempDirectory();
  const path = `${directory.path}/events.db`;
  {
    await using first = await SqliteStore.open(path);
    await first.save([event("a")]);
    await assertRefused(path, /has it open/);
    await first.save([event("b")]);
  }
  await using second = await SqliteStore.open(path);
  assert.deepEqual(await findIds(second), ["a", "b"]);
});

Deno.test("SqliteStore.open lets one of several at the same time have the store", async () => {
  await using directory = await tempDirectory();
  const path = `${directory.path}/events.db`;
  const outcomes = await Promise.allSettled(
    Array.from({ length: 4 }, () => SqliteStore.open(path)),
  );
  const opened = outcomes.flatMap((outcome) => outcome.status === "fulfilled" ? outcome.value : []);
  for (const store of opened) await store[Symbol.asyncDispose]();
  assert.equal(opened.length, 1);
});

Deno.test("SqliteStore.open takes a path again after it was refused", async () => {
  await using directory = await tempDirectory();
  const path = `${directory.path}/events.db`;
  await Deno.writeTextFile(path, "no database, but long enough to be looked at as one".repeat(20));
  await assertRefused(path, /not a database/);
  await Deno.remove(path);
  await using store = await SqliteStore.open(path);
  await store.save([event("a")]);
  assert.deepEqual(await findIds(store), ["a"]);
});

Deno.test("SqliteStore.open makes a store of an empty file and of directories to be", async () => {
  await using directory = await tempDirectory();
  await Deno.writeTextFile(`${directory.path}/empty.db`, "");
  for (const path of [`${directory.path}/empty.db`, `${directory.path}/a/b/ü c/events.db`]) {
    await using store = await SqliteStore.open(path);
    await store.save([event("a")]);
    assert.deepEqual(await findIds(store), ["a"]);
  }
});
