import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { SqliteStore } from "../../../lib/store/sqlite/sqlite_store.ts";
import { runToEnd } from "../running_command.ts";
import { events, StoreFiles } from "./store_files.ts";

Deno.test("store stats prints what a store holds, also while it is open", async () => {
  await using files = await StoreFiles.make();
  await using store = await SqliteStore.open(files.path());
  await store.save(events("a", 3000));
  await store.save(events("b", 10, 2e9));
  const { code, stdout, stderr } = await runToEnd(["store", "stats", "--store", files.url()]);
  assert.equal(code, 0, stderr);
  assert.match(
    stdout,
    /^events {3}3,010\nraw .*KiB\nstored .*iB\noldest {3}2001-09-09T01:46:40Z\n/,
  );
  const json = await runToEnd(["store", "stats", "--json", "--store", files.url()]);
  assert.equal(JSON.parse(json.stdout).events, 3010);
});

Deno.test("store verify finds a sound store sound, also while it is open", async () => {
  await using files = await StoreFiles.make();
  await using store = await SqliteStore.open(files.path());
  await store.save(events("a", 3000));
  await store.save(events("b", 10));
  const { code, stdout, stderr } = await runToEnd(["store", "verify", "--store", files.url()]);
  assert.equal(code, 0, stderr);
  assert.equal(stdout, "2 blocks and journal rows, 3,010 sound events: all sound\n");
  assert.equal(stderr, "");
});

Deno.test("store verify names what is damaged and exits with 1", async () => {
  const cases: readonly (readonly [sql: string, pattern: RegExp])[] = [
    ["UPDATE block_data SET rows = x'00' WHERE block_id = 1", /block 1, 3,000 .*checksum/],
    ["DELETE FROM block_data WHERE block_id = 1", /block 1.*data is missing/],
    ["UPDATE block SET events = 2999 WHERE id = 1", /block 1, 2,999 .*checksum of its summary/],
    ["UPDATE block SET max_timestamp = 7 WHERE id = 1", /block 1.*checksum of its summary/],
    ["UPDATE block SET raw_bytes = 7 WHERE id = 1", /block 1.*checksum of its summary/],
    [
      "UPDATE block SET tags = '[]' WHERE id = 1",
      /block 1.*its tags is \["web","eu",""\].*says \[\]/,
    ],
    ["UPDATE journal SET checksum = 7", /journal row 3001, 10 events: its checksum/],
    ["UPDATE journal SET events = 7", /journal row 3001.*holds 10 events.*says 7/],
  ];
  for (const [sql, pattern] of cases) {
    await using files = await StoreFiles.make();
    await files.fill([events("a", 3000), events("b", 10)]);
    files.change(sql);
    const { code, stdout, stderr } = await runToEnd(["store", "verify", "--store", files.url()]);
    assert.equal(code, 1, sql);
    assert.match(stderr, pattern);
    assert.match(stdout, /: 1 damaged\n$/);
  }
});

Deno.test("store repair makes a damaged store anew; the other commands tell to run it", async () => {
  await using files = await StoreFiles.make();
  await files.fill([events("a", 3000), events("b", 10)]);
  const before = (await files.ids()).toSorted();
  {
    // The list of free pages, and with it nothing that holds events.
    using file = await Deno.open(files.path(), { write: true });
    await file.seek(32, Deno.SeekMode.Start);
    await file.write(Uint8Array.of(0, 0, 0, 9));
  }
  const damaged = await Deno.readFile(files.path());
  for (const command of ["stats", "verify", "export", "compact"]) {
    const { code, stderr } = await runToEnd(["store", command, "--store", files.url()]);
    assert.equal(code, 1, command);
    assert.match(stderr, /damaged: .*run 'theia store repair'/, command);
  }
  assert.deepEqual(await Deno.readFile(files.path()), damaged);
  const { code, stdout, stderr } = await runToEnd(["store", "repair", "--store", files.url()]);
  assert.equal(code, 0, stderr);
  assert.equal(stdout, "3,010 events: repaired\n");
  assert.match(stderr, /3010 events; nothing is known to be lost; .*kept as .*damaged-1/);
  assert.deepEqual(await Deno.readFile(files.path("events.db.damaged-1")), damaged);
  assert.deepEqual((await files.ids()).toSorted(), before);
  const again = await runToEnd(["store", "repair", "--store", files.url()]);
  assert.equal(again.stdout, "3,010 events: its structure is sound, nothing to repair\n");
});

Deno.test("store backup copies a store that is written to meanwhile", async () => {
  await using files = await StoreFiles.make();
  await using store = await SqliteStore.open(files.path());
  for (let i = 0; i < 10; i++) await store.save(events(`a${i}-`, 2100, 1e9 + i * 3000));
  const copying = runToEnd(["store", "backup", files.path("copy.db"), "--store", files.url()]);
  const saving = store.save(events("late", 10, 2e9));
  const { code, stdout, stderr } = await copying;
  assert.equal(code, 0, stderr);
  assert.match(stdout, /^Backed up to '.*copy\.db', .*iB\n$/);
  assert.equal((await saving).saved, 10);
  const ids = await files.ids("copy.db");
  assert.ok([21_000, 21_010].includes(ids.length), `${ids.length}`);
  assert.deepEqual(
    [...Deno.readDirSync(files.directory)].filter((e) => e.name.includes("partial")),
    [],
  );
  assert.equal((await runToEnd(["store", "verify", "--store", files.url("copy.db")])).code, 0);
  // The copy is a store like any other.
  await using copy = await SqliteStore.open(files.path("copy.db"));
  assert.equal((await copy.save(events("a0-", 1))).duplicates, 1);
  await copy.save(events("more", 5));
  using database = new DatabaseSync(files.path("copy.db"));
  assert.equal(database.prepare("PRAGMA auto_vacuum").get()?.["auto_vacuum"], 2);
});

Deno.test("store backup refuses what it cannot do", async () => {
  await using files = await StoreFiles.make();
  await files.fill([events("a", 3)]);
  await Deno.writeTextFile(files.path("taken"), "mine");
  const cases: readonly (readonly [args: string[], code: number, pattern: RegExp])[] = [
    [[files.path("taken"), "--store", files.url()], 1, /'.*taken': it exists already/],
    [[files.path("no/dir"), "--store", files.url()], 1, /Cannot back up to '.*no\/dir'/],
    [[files.path("x"), "--store", files.url("none.db")], 1, /none\.db': there is no such file/],
    [[files.path("x"), "--store", "memory:"], 2, /works on files of SQLite.*'memory:'/],
    [["--store", files.url()], 2, /'theia store backup' needs FILE/],
  ];
  for (const [args, code, pattern] of cases) {
    const result = await runToEnd(["store", "backup", ...args]);
    assert.equal(result.code, code, result.stderr);
    assert.match(result.stderr, pattern);
  }
  assert.equal(await Deno.readTextFile(files.path("taken")), "mine");
});

Deno.test("store compact puts small blocks together, keeps every event and gives space back", async () => {
  await using files = await StoreFiles.make();
  {
    await using store = await SqliteStore.open(files.path());
    for (let i = 0; i < 8; i++) await store.save(events(`a${i}-`, 2048, 1e9 + i * 1500));
    await store.save(events("journal", 5));
    for (let i = 0; i < 40; i++) await store.delete(`a3-${i}`);
  }
  const before = (await files.ids()).toSorted();
  const { code, stdout, stderr } = await runToEnd(["store", "compact", "--store", files.url()]);
  assert.equal(code, 0, stderr);
  assert.match(stdout, /^\d+ blocks became \d+, .*iB became .*iB\n$/);
  const [, from, to] = stdout.match(/^(\d+) blocks became (\d+)/) ?? [];
  assert.ok(Number(to) <= Number(from) / 2 + 1, stdout);
  assert.deepEqual((await files.ids()).toSorted(), before);
  assert.equal((await runToEnd(["store", "verify", "--store", files.url()])).code, 0);
  await using store = await SqliteStore.open(files.path());
  assert.equal(store.cursor, 8 * 2048 + 5);
  const busy = await runToEnd(["store", "compact", "--store", files.url()]);
  assert.equal(busy.code, 1);
  assert.match(busy.stderr, /another process has it open/);
});

Deno.test("store commands refuse what is no store", async () => {
  await using files = await StoreFiles.make();
  await Deno.writeTextFile(files.path("text"), "hello");
  files.change("CREATE TABLE t (x); PRAGMA application_id = 7", "foreign.db");
  for (const command of ["stats", "verify", "repair", "compact", "export"]) {
    for (const name of ["text", "foreign.db", "none.db"]) {
      const { code, stdout, stderr } = await runToEnd([
        "store",
        command,
        "--store",
        files.url(name),
      ]);
      assert.equal(code, 1, `${command} ${name}: ${stdout}${stderr}`);
      assert.match(stderr, /^error: [^\n]*(text|foreign|none)[^\n]*\n$/, command);
    }
  }
  assert.equal(await Deno.stat(files.path("none.db")).catch(() => "none"), "none");
});

Deno.test("theia store says which commands it has", async () => {
  const missing = await runToEnd(["store"]);
  assert.equal(missing.code, 2);
  assert.match(missing.stderr, /Missing command: 'theia store --help' lists them/);
  const wrong = await runToEnd(["store", "verfy"]);
  assert.equal(wrong.code, 2);
  assert.match(wrong.stderr, /store verify/);
  const { stdout } = await runToEnd(["store", "--help"]);
  for (
    const name of ["stats", "verify", "repair", "backup", "compact", "export", "import", "copy"]
  ) {
    assert.match(stdout, new RegExp(`^  store ${name} `, "m"));
  }
});
