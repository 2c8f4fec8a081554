import assert from "node:assert/strict";
import { FilesStore } from "../../lib/store/files/files_store.ts";
import { MemoryStore } from "../../lib/store/memory/memory_store.ts";
import { filesPath, openStore, sqlitePath } from "../../lib/store/open_store.ts";
import { SqliteStore } from "../../lib/store/sqlite/sqlite_store.ts";
import { EventStoreError } from "../../lib/store/store.ts";
import { event, tempDirectory } from "./fixtures.ts";

Deno.test("openStore opens a store in memory", async () => {
  for (const url of ["memory:", "sqlite://", "sqlite:///:memory:"]) {
    await using store = await openStore(url);
    assert.ok(store instanceof MemoryStore, url);
  }
});

Deno.test("openStore opens the file of an absolute path", async () => {
  await using directory = await tempDirectory();
  {
    await using store = await openStore(`sqlite:///${directory.path}/a/events.db`);
    assert.ok(store instanceof SqliteStore);
    await store.save([event("a")]);
  }
  assert.ok((await Deno.stat(`${directory.path}/a/events.db`)).isFile);
});

Deno.test("openStore hands its options on", async () => {
  await using directory = await tempDirectory();
  const opened: string[] = [];
  await using _store = await openStore(`sqlite:///${directory.path}/events.db`, {
    openLogSync: (path) => {
      opened.push(path);
      return Promise.resolve({ sync: () => Promise.resolve(), [Symbol.dispose]() {} });
    },
  });
  assert.deepEqual(opened, [`${directory.path}/events.db`]);
});

Deno.test("sqlitePath reads the forms of SQLAlchemy", () => {
  const forms: readonly (readonly [string, string | undefined])[] = [
    ["sqlite:///events.db", "events.db"],
    ["sqlite:///theia-data/events.db", "theia-data/events.db"],
    ["sqlite:////var/lib/theia/events.db", "/var/lib/theia/events.db"],
    ["sqlite:///my%20events.db", "my events.db"],
    ["sqlite:///%D0%B6.db", "ж.db"],
    ["sqlite:///", undefined],
    ["sqlite://", undefined],
    ["sqlite://host/events.db", undefined],
    ["postgres:///events.db", undefined],
    ["events.db", undefined],
  ];
  for (const [url, path] of forms) assert.equal(sqlitePath(url), path, url);
});

Deno.test("filesPath reads relative and absolute forms", () => {
  const forms: readonly (readonly [string, string | undefined])[] = [
    ["files:data", "data"],
    ["files:../theia/my%20data", "../theia/my data"],
    ["files:///var/lib/theia", "/var/lib/theia"],
    ["files:/var/lib/theia", "/var/lib/theia"],
    ["files:", undefined],
    ["files://host/data", undefined],
    ["files:100%", undefined],
    ["data", undefined],
  ];
  for (const [url, path] of forms) assert.equal(filesPath(url), path, url);
});

Deno.test("openStore opens a data directory", async () => {
  await using directory = await tempDirectory();
  await using store = await openStore(`files://${directory.path}/data`);
  assert.ok(store instanceof FilesStore);
});

const REFUSED = [
  "",
  "events.db",
  "/var/lib/events.db",
  "sqlite:events.db",
  "sqlite:/events.db",
  "sqlite:///",
  "sqlite://host/events.db",
  "sqlite://:memory:",
  "SQLITE2:///x",
  "sqlite:///100%.db",
  "postgres://localhost/events",
  "clickhous://localhost/events",
  "files:",
  "files://host/data",
  "memory",
];

Deno.test("openStore refuses other URLs, says which one and what is possible", async () => {
  for (const url of REFUSED) {
    await assert.rejects(openStore(url), (error) => {
      assert.ok(error instanceof EventStoreError, `${url}: ${error}`);
      assert.ok(error.message.includes(`'${url}'`), error.message);
      assert.match(error.message, /sqlite:\/\/\/relative/);
      return true;
    });
  }
});

Deno.test("openStore shows no password in its errors", async () => {
  const urls = [
    "postgres://user:secret@host:5432/db",
    "postgres://:secret@host/db",
    "postgres://user:secret@@host/db",
    "postgres://user:top/secret@host/db",
    "postgres://user:p@secret@host/db",
    "mysql+driver://us er:secret@host",
    "clickhouse://user:secret@host:port/db",
    "clickhouse://user:secret",
    "clickhouses:user:secret@host",
  ];
  for (const url of urls) {
    await assert.rejects(openStore(url), (error) => {
      assert.ok(error instanceof EventStoreError);
      assert.ok(!error.message.includes("secret"), error.message);
      assert.match(error.message, /host/);
      return true;
    });
  }
});
