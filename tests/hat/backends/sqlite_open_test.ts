import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import {
  BackendError,
  type BackendNotice,
  EventPayloadJson,
  openBackend,
  SqliteBackend,
} from "../../../lib/hat/mod.ts";
import { assertRefused, found, hatEvent } from "./fixtures.ts";

interface Folder extends AsyncDisposable {
  readonly path: string;
}

async function folder(): Promise<Folder> {
  const path = await Deno.makeTempDir({ prefix: "theia-hat-" });
  return { path, [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }) };
}

Deno.test("openBackend opens what a URL names", async () => {
  await using directory = await folder();
  const path = `${directory.path}/new folder/hat.db`;
  for (const url of ["memory", "dummy", `sqlite:///${encodeURI(path)}`]) {
    await using backend = await openBackend(url);
    await backend.register([hatEvent(1)]);
    await backend.flush();
    assert.equal((await backend.getLastEventId(1)).session, 1, url);
  }
  assert.ok((await Deno.stat(path)).isFile);
});

Deno.test("openBackend refuses other URLs and says which there are", async () => {
  for (const url of ["", "memory:", "sqlite:", "sqlite:///", "lmdb:///x", "sqlite:///%zz"]) {
    await assert.rejects(openBackend(url), (error) => {
      assert.ok(error instanceof BackendError);
      assert.ok(error.message.includes(`'${url}'`) && error.message.includes("sqlite:///"));
      return true;
    });
  }
  await assertRefused(openBackend("memory", { flushPeriodMs: 0 }), "flushPeriodMs", "0");
  await assertRefused(openBackend("dummy", { limits: { maxEvents: 1.5 } }), "limits.maxEvents");
  await assertRefused(openBackend("memory", { limits: { maxAgeSeconds: NaN } }), "maxAgeSeconds");
});

Deno.test("SqliteBackend refuses a file that another one has open, and leaves that alone", async () => {
  await using directory = await folder();
  const path = `${directory.path}/hat.db`;
  await using backend = await SqliteBackend.open(path);
  await assertRefused(SqliteBackend.open(path), path, "another process has it open");
  await backend.register([hatEvent(1)]);
  await backend.flush();
  assert.deepEqual(await found(backend, { kind: "timeseries" }), ["1/1/1"]);
});

Deno.test("SqliteBackend refuses the database of another program and leaves it as it is", async () => {
  await using directory = await folder();
  const path = `${directory.path}/other.db`;
  const other = new DatabaseSync(path);
  other.exec("CREATE TABLE t (a); INSERT INTO t VALUES (1)");
  other.close();
  const before = await Deno.readFile(path);
  await assertRefused(SqliteBackend.open(path), path, "another program", "choose another file");
  assert.deepEqual(await Deno.readFile(path), before);
});

Deno.test("SqliteBackend refuses a database of a later version", async () => {
  await using directory = await folder();
  const path = `${directory.path}/hat.db`;
  await (await SqliteBackend.open(path))[Symbol.asyncDispose]();
  const database = new DatabaseSync(path);
  database.exec("PRAGMA user_version = 99");
  database.close();
  await assertRefused(SqliteBackend.open(path), path, "version 99", "version 1");
});

Deno.test("SqliteBackend refuses what is no database", async () => {
  await using directory = await folder();
  const path = `${directory.path}/hat.db`;
  await Deno.writeTextFile(path, "no database at all, but long enough for a header: ".repeat(99));
  await assertRefused(SqliteBackend.open(path), path, "damaged");
  await assertRefused(SqliteBackend.open(directory.path), directory.path);
  await assertRefused(SqliteBackend.open("/dev/null/hat.db"), "/dev/null/hat.db", "writable");
});

Deno.test("SqliteBackend says that a file is damaged, and what is sound is still there", async () => {
  await using directory = await folder();
  const path = `${directory.path}/hat.db`;
  {
    await using backend = await SqliteBackend.open(path);
    for (let session = 1; session <= 100; session++) {
      await backend.register(
        Array.from({ length: 50 }, (_, i) => hatEvent(session, { instance: i + 1 })),
      );
    }
  }
  const sound = await Deno.readFile(path);
  let refused = 0;
  for (let page = 1; page < sound.length / 4096; page += 23) {
    const damaged = sound.slice();
    damaged.fill(0xee, page * 4096, page * 4096 + 64);
    await Deno.writeFile(path, damaged);
    if (await isRefused(path)) refused++;
  }
  assert.ok(refused > 2, `only ${refused} damages were seen`);
  await Deno.writeFile(path, sound);
  assert.equal(await isRefused(path), false);
});

Deno.test("SqliteBackend leaves out an event of which a byte changed, and tells of it", async () => {
  await using directory = await folder();
  const path = `${directory.path}/hat.db`;
  const payload = EventPayloadJson.of("needle in the haystack");
  {
    await using backend = await SqliteBackend.open(path);
    await backend.register([
      hatEvent(1, { type: ["x"] }),
      hatEvent(2, { type: ["y"], payload }),
      hatEvent(3, { type: ["x"] }),
    ]);
  }
  const bytes = await Deno.readFile(path);
  const at = new TextDecoder("latin1").decode(bytes).indexOf("needle");
  bytes[at] = 0x4e;
  await Deno.writeFile(path, bytes);
  const notices: BackendNotice[] = [];
  await using backend = await SqliteBackend.open(path, { observer: (each) => notices.push(each) });
  assert.deepEqual(await found(backend, { kind: "timeseries" }), ["1/3/1", "1/1/1"]);
  assert.deepEqual(await found(backend, { kind: "latest" }), ["1/3/1"]);
  assert.deepEqual(notices, [{ kind: "damaged", events: 1 }, { kind: "damaged", events: 1 }]);
  const page = await found(backend, { kind: "server", serverId: 1, maxResults: 1 });
  assert.deepEqual(page, ["1/1/1", "+"]);
});

/** Whether opening it or reading all of it says that it is damaged. */
async function isRefused(path: string): Promise<boolean> {
  try {
    await using backend = await SqliteBackend.open(path, { maxResults: 10_000 });
    const orders = ["timestamp", "sourceTimestamp"] as const;
    for (const orderBy of orders) await backend.query({ kind: "timeseries", orderBy });
    const { events } = await backend.query({ kind: "server", serverId: 1 });
    await backend.query({ kind: "timeseries", eventTypes: [["a"]] });
    assert.equal(events.length, 5000, "events are missing and nothing is said");
    return false;
  } catch (error) {
    assert.ok(error instanceof BackendError, `${error}`);
    assert.ok(error.message.includes("damaged"), error.message);
    return true;
  }
}
