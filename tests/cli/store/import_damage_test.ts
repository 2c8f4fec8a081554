import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { runToEnd } from "../running_command.ts";
import { events, StoreFiles } from "./store_files.ts";

const OLDER_TABLE = `CREATE TABLE events (id VARCHAR NOT NULL, timestamp FLOAT, tags VARCHAR,
  source VARCHAR, content VARCHAR, custom_headers VARCHAR, PRIMARY KEY (id));`;

/** SQL that fills a table of Theia 0.9.2 with many rows. */
function manyRows(count: number): string {
  return `WITH RECURSIVE number (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < ${count})
    INSERT INTO events SELECT 'e' || n, n, 'a', '/log', 'content of ' || n, '' FROM number;`;
}

function importInto(
  files: StoreFiles,
  ...names: readonly string[]
): Promise<{ readonly code: number; readonly stdout: string; readonly stderr: string }> {
  return runToEnd(["store", "import", ...names, "--store", files.url("target.db")]);
}

Deno.test("store import takes the odd rows of a database of Theia 0.9.2 that an event can carry", async () => {
  await using files = await StoreFiles.make();
  files.change(
    `${OLDER_TABLE}
     INSERT INTO events VALUES ('nul', 1, '', '', 'a' || char(0) || 'b', NULL);
     INSERT INTO events VALUES ('twice', 2, 'a,a', NULL, '', '');
     INSERT INTO events VALUES ('blob', 3, '', '', CAST('grüße' AS BLOB), '');
     INSERT INTO events VALUES ('not-utf8-blob', 4, '', '', x'61ff62', '');
     INSERT INTO events VALUES ('not-utf8-text', 5, '', CAST(x'61ff62' AS TEXT), '', '');
     INSERT INTO events VALUES ('large', 9007199254740993, '', '', '', '');
     INSERT INTO events VALUES ('none', NULL, '', '', '', '');
     INSERT INTO events VALUES ('date', '2017-11-06 12:00', '', '', '', '');
     INSERT INTO events VALUES ('', 6, '', '', '', '');
     INSERT INTO events VALUES ('last', 7, '', '', '', 'one: 1' || char(10) || 'two: 2');`,
    "older.db",
  );
  const { code, stdout, stderr } = await importInto(files, files.path("older.db"));
  assert.equal(code, 1);
  assert.match(stdout, /^5 events imported, 0 were there already, 5 damaged/);
  const place = (row: number, reason: string) =>
    assert.match(stderr, new RegExp(`older\\.db' at row ${row}: .*${reason}`));
  place(4, "content is not UTF-8");
  place(5, "source is not UTF-8");
  place(7, "timestamp is not a number");
  place(8, "timestamp is not a number");
  place(9, "'id' must not be empty");
  const { stdout: json } = await runToEnd(
    ["store", "export", "--format", "jsonl", "--store", files.url("target.db")],
  );
  const stored = json.trim().split("\n").map((line) => JSON.parse(line));
  assert.deepEqual(stored.map(({ id }) => id), ["nul", "twice", "blob", "last", "large"]);
  assert.deepEqual(
    [stored[0].content, stored[1].tags, stored[2].content, stored[3].headers],
    ["a\0b", ["a", "a"], "grüße", ["one: 1", "two: 2"]],
  );
});

Deno.test("store import takes timestamps that are numbers written as text", async () => {
  await using files = await StoreFiles.make();
  files.change(
    `CREATE TABLE events (id, timestamp VARCHAR, tags, source, content, custom_headers);
     INSERT INTO events VALUES (17, '1600000000.25', '', '', '', '');`,
    "older.db",
  );
  const { code, stdout } = await importInto(files, files.path("older.db"));
  assert.deepEqual([code, stdout.slice(0, 17)], [0, "1 events imported"]);
  assert.deepEqual(await files.ids("target.db"), ["17"]);
});

Deno.test("store import takes what can be read of a database that was cut short or is damaged", async () => {
  await using files = await StoreFiles.make();
  files.change(`PRAGMA page_size = 4096; ${OLDER_TABLE}${manyRows(5000)}`, "older.db");
  const whole = await Deno.readFile(files.path("older.db"));
  await Deno.writeFile(files.path("short.db"), whole.slice(0, whole.length * 0.6));
  const short = await importInto(files, files.path("short.db"));
  assert.equal(short.code, 1);
  assert.match(short.stderr, /short\.db' at row \d+: this row and all behind it cannot be read/);
  const ids = await files.ids("target.db");
  assert.ok(ids.length > 1000 && ids.length < 5000, `${ids.length}`);
  assert.match(short.stderr, /short\.db' at the database as a whole: rows may be missing: /);

  // A page of the table in the middle is overwritten: the rows before and behind it are there.
  const text = new TextEncoder().encode("content of 2500");
  const at = indexOf(whole, text);
  const damaged = whole.slice();
  damaged.fill(0xff, at - at % 4096, at - at % 4096 + 4096);
  await Deno.writeFile(files.path("damaged.db"), damaged);
  const { stdout, stderr } = await runToEnd(
    ["store", "import", files.path("damaged.db"), "--store", files.url("second.db")],
  );
  assert.match(stdout, /2 damaged pieces/);
  assert.match(stderr, /damaged\.db' at row \d+: the rows up to \d+ cannot be read/);
  const all = new Set(await files.ids("second.db"));
  assert.ok(all.has("e5000") && !all.has("e2500"));
  assert.ok(all.size > 4800, `${all.size}`);
});

Deno.test("store import reads a database with a write-ahead log that somebody has open", async () => {
  await using files = await StoreFiles.make();
  using writer = new DatabaseSync(files.path("older.db"));
  writer.exec(`PRAGMA journal_mode = WAL; ${OLDER_TABLE}${manyRows(2000)}`);
  const { code, stderr } = await importInto(files, files.path("older.db"));
  assert.equal(code, 0, stderr);
  assert.equal((await files.ids("target.db")).length, 2000);
});

Deno.test("store import says that a database is locked", async () => {
  await using files = await StoreFiles.make();
  files.change(OLDER_TABLE, "older.db");
  using writer = new DatabaseSync(files.path("older.db"));
  writer.exec("BEGIN EXCLUSIVE");
  const { code, stderr } = await importInto(files, files.path("older.db"));
  assert.equal(code, 1);
  assert.match(stderr, /Cannot import '.*older\.db': .*database is locked/);
});

Deno.test("store import refuses databases that Theia 0.9.2 did not write, and says what they are", async () => {
  await using files = await StoreFiles.make();
  files.change("CREATE TABLE other (id)", "other.db");
  files.change("PRAGMA encoding = 'UTF-16'; CREATE TABLE events (id)", "utf16.db");
  await files.fill([events("a", 3)], "store.db");
  const names = ["other.db", "utf16.db", "store.db"];
  const { code, stderr } = await importInto(files, ...names.map((name) => files.path(name)));
  assert.equal(code, 1);
  assert.match(stderr, /other\.db': it has no table 'events'/);
  assert.match(stderr, /utf16\.db': its texts must be UTF-8, they are UTF-16/);
  assert.match(stderr, /store\.db': it has no table 'events'.*use 'theia store copy'/);
});

Deno.test("store import counts the torn tails of a directory and leaves foreign files alone", async () => {
  await using files = await StoreFiles.make();
  await files.fill([events("a", 4)], "source.db");
  const text = (await runToEnd(["store", "export", "--store", files.url("source.db")])).stdout;
  const [a = "", b = "", c = "", d = ""] = text.split(/(?=^event: )/m);
  const directory = files.path("data");
  await Deno.mkdir(`${directory}/1000000300-1000000360`, { recursive: true });
  await Deno.writeTextFile(`${directory}/1000000000-1000000060`, `${a}\n${b.slice(0, -20)}`);
  await Deno.writeTextFile(`${directory}/1000000060-1000000120`, `${c}\n\0\0\0garbage\n${d}`);
  await Deno.writeTextFile(`${directory}/1000000120-1000000180`, "");
  await Deno.writeTextFile(`${directory}/1000000000-1000000060.bak`, b);
  await Deno.writeTextFile(`${directory}/tmpq1`, b);
  const { code, stdout, stderr } = await importInto(files, directory);
  assert.equal(code, 1);
  assert.match(stdout, /^3 events imported, 0 were there already, 2 damaged/);
  assert.match(stderr, new RegExp(`1000000000-1000000060' at byte ${bytes(a) + 1}: sizes ask`));
  assert.match(stderr, new RegExp(`1000000060-1000000120' at byte ${bytes(c) + 1}: no 'event:'`));
  assert.deepEqual(await files.ids("target.db"), ["a0", "a2", "a3"]);
});

Deno.test("store import names lines of JSON that are too long, not UTF-8, or cut off", async () => {
  await using files = await StoreFiles.make();
  const encoder = new TextEncoder();
  const parts = [
    encoder.encode('{"id":"j1","timestamp":1}\n'),
    encoder.encode(`{"id":"long","timestamp":1,"content":"${"x".repeat(9 << 20)}"}\n`),
    new Uint8Array([0x7b, 0xff, 0x7d, 0x0a]),
    encoder.encode('{"id":"j4","timestamp":4}\r\n{"id":"j5","timest'),
  ];
  await Deno.writeFile(files.path("lines.jsonl"), new Blob(parts).stream());
  const { code, stdout, stderr } = await importInto(files, files.path("lines.jsonl"));
  assert.equal(code, 1);
  assert.match(stdout, /^2 events imported, 0 were there already, 3 damaged/);
  assert.match(stderr, /at line 2, byte 26: the line is too long/);
  assert.match(stderr, /at line 3, byte \d+: /);
  assert.match(stderr, /at line 5, byte \d+: .*JSON/);
  assert.deepEqual(await files.ids("target.db"), ["j1", "j4"]);
});

function bytes(text: string): number {
  return new TextEncoder().encode(text).length;
}

function indexOf(whole: Uint8Array, part: Uint8Array): number {
  for (let at = whole.indexOf(part[0] ?? 0); at >= 0; at = whole.indexOf(part[0] ?? 0, at + 1)) {
    if (part.every((byte, i) => whole[at + i] === byte)) return at;
  }
  throw new Error("the part is not there");
}
