import assert from "node:assert/strict";
import { SqliteStore } from "../../../lib/store/sqlite/sqlite_store.ts";
import { FakeEnvironment } from "../fake_environment.ts";
import { run } from "../../../lib/cli/run.ts";
import { runToEnd } from "../running_command.ts";
import { events, StoreFiles } from "./store_files.ts";

const encoder = new TextEncoder();

for (const format of ["theia", "jsonl"]) {
  Deno.test(`store export writes ${format}, and import reads it back, twice to the same result`, async () => {
    await using files = await StoreFiles.make();
    await files.fill([events("a", 3000), events("b", 10)]);
    const file = files.path("out");
    const exported = await runToEnd([
      "store",
      "export",
      file,
      "--format",
      format,
      "--store",
      files.url(),
    ]);
    assert.equal(exported.code, 0, exported.stderr);
    assert.match(exported.stderr, /3,010 events exported/);
    const args = ["store", "import", file, "--store", files.url("second.db")];
    const first = await runToEnd(args);
    assert.equal(
      first.stdout,
      "3,010 events imported, 0 were there already, 0 damaged pieces passed over\n",
    );
    assert.equal(first.code, 0);
    const second = await runToEnd(args);
    assert.equal(
      second.stdout,
      "0 events imported, 3,010 were there already, 0 damaged pieces passed over\n",
    );
    const again = await runToEnd([
      "store",
      "export",
      "--format",
      format,
      "--store",
      files.url("second.db"),
    ]);
    assert.equal(again.stdout, await Deno.readTextFile(file));
  });
}

Deno.test("store export writes what is asked for, and never over a file", async () => {
  await using files = await StoreFiles.make();
  await files.fill([events("a", 10)]);
  const options = ["--store", files.url(), "--format", "jsonl"];
  const { stdout } = await runToEnd([
    "store",
    "export",
    ...options,
    "-t",
    "web",
    "-o",
    "desc",
    "--limit",
    "2",
  ]);
  assert.deepEqual(stdout.trim().split("\n").map((line) => JSON.parse(line).id), ["a8", "a6"]);
  await Deno.writeTextFile(files.path("mine"), "mine");
  const taken = await runToEnd(["store", "export", files.path("mine"), ...options]);
  assert.equal(taken.code, 1);
  assert.match(taken.stderr, /it exists already/);
  assert.equal(await Deno.readTextFile(files.path("mine")), "mine");
  const wrong = await runToEnd(["store", "export", ...options, "-c", "(("]);
  assert.equal(wrong.code, 2);
  assert.match(wrong.stderr, /-c\/--content/);
});

Deno.test("store import keeps the good events of damaged files and names the places of the others", async () => {
  await using files = await StoreFiles.make();
  await files.fill([events("a", 3)]);
  const text = (await runToEnd(["store", "export", "--store", files.url()])).stdout;
  const [first = "", second = "", third = ""] = text.split(/(?=^event: )/m);
  const theia = `${first}junk\n${second}event: 9 x\n${third}${third.slice(0, 30)}`;
  await Deno.writeTextFile(files.path("damaged.theia"), theia);
  const json = [
    '{"id":"j1","timestamp":1}',
    "{broken",
    '{"id":"j2"}',
    '{"id":"","timestamp":1}',
    '{"id":"j3","timestamp":1,"tags":"x"}',
    "",
    '{"id":"j4","timestamp":2,"more":1}',
    '{"id":"j5","timestamp":5}',
  ];
  await Deno.writeTextFile(files.path("damaged.jsonl"), json.join("\n"));
  const { code, stdout, stderr } = await runToEnd([
    "store",
    "import",
    files.path("damaged.theia"),
    files.path("missing"),
    files.path("damaged.jsonl"),
    "--store",
    files.url("target.db"),
  ]);
  assert.equal(code, 1);
  assert.deepEqual(await files.ids("target.db"), ["j1", "j5", "a0", "a1", "a2"]);
  assert.match(stdout, /^5 events imported, 0 were there already, 8 damaged pieces/);
  const size = encoder.encode(first).length;
  assert.match(stderr, new RegExp(`damaged\\.theia' at byte ${size}: no 'event:'`));
  assert.match(stderr, /damaged\.jsonl' at line 2, byte 26: /);
  assert.match(stderr, /'timestamp' must be a number/);
  assert.match(stderr, /'more' is no member/);
  assert.match(stderr, /Cannot import '.*missing': /);
});

Deno.test("store import reads standard input, and gives events without an id one of their own", async () => {
  await using files = await StoreFiles.make();
  const message = encoder.encode(
    "event: 20 18 2\ntimestamp: 1000000\nhi\n".replace("20 18", "21 19"),
  );
  for (const expected of [/^1 events imported, 0 were/, /^0 events imported, 1 were/]) {
    const environment = new FakeEnvironment();
    environment.input = [message.subarray(0, 9), message.subarray(9)];
    const code = await run(["store", "import", "-", "--store", files.url()], environment);
    assert.equal(code, 0, environment.stderr.text);
    assert.match(environment.stdout.text, expected);
  }
  assert.match((await files.ids())[0] ?? "", /^[0-9a-f]{32}$/);
});

Deno.test("store import reads a data directory of Theia 0.9.2", async () => {
  await using files = await StoreFiles.make();
  await files.fill([events("a", 3)], "source.db");
  const text = (await runToEnd(["store", "export", "--store", files.url("source.db")])).stdout;
  const directory = files.path("data");
  await Deno.mkdir(directory);
  const [first = "", ...rest] = text.split(/(?=^event: )/m);
  await Deno.writeTextFile(`${directory}/1000000000-1000000000`, `${first}\n`);
  await Deno.writeTextFile(`${directory}/1000000001-1000000002`, rest.join("\n"));
  await Deno.writeTextFile(`${directory}/notes.txt`, "no event");
  const { code, stderr } = await runToEnd(["store", "import", directory, "--store", files.url()]);
  assert.equal(code, 0, stderr);
  assert.deepEqual(await files.ids(), ["a0", "a1", "a2"]);
  await Deno.mkdir(files.path("empty"));
  const empty = await runToEnd(["store", "import", files.path("empty"), "--store", files.url()]);
  assert.equal(empty.code, 1);
  assert.match(empty.stderr, /holds no data files/);
});

Deno.test("store import reads a database of Theia 0.9.2", async () => {
  await using files = await StoreFiles.make();
  files.change(
    `CREATE TABLE events (id VARCHAR NOT NULL, timestamp FLOAT, tags VARCHAR, source VARCHAR,
       content VARCHAR, custom_headers VARCHAR, PRIMARY KEY (id));
     INSERT INTO events VALUES ('x', 5.5, 'web,eu', '/log', 'grüße', 'offset: 1');
     INSERT INTO events VALUES ('y', 6, '', NULL, NULL, NULL);
     INSERT INTO events VALUES ('z', 'never', '', '', '', '');
     INSERT INTO events VALUES ('v' || char(10) || 'w', 6, '', '', '', '');`,
    "older.db",
  );
  const args = ["store", "import", files.path("older.db"), "--store", files.url()];
  const { code, stdout, stderr } = await runToEnd(args);
  assert.equal(code, 1);
  assert.match(stdout, /^2 events imported, 0 were there already, 2 damaged/);
  assert.match(stderr, /older\.db' at row 3: its timestamp is not a number/);
  assert.match(stderr, /at row 4: .*'id' must be a single line/);
  await using store = await SqliteStore.open(files.path());
  const { id, timestamp, tags, source, content, headers } = await store.get("x");
  assert.deepEqual(
    { id, timestamp, tags, source, content, headers },
    {
      id: "x",
      timestamp: 5.5,
      tags: ["web", "eu"],
      source: "/log",
      content: "grüße",
      headers: ["offset: 1"],
    },
  );
});

Deno.test("store import refuses a database of another program", async () => {
  await using files = await StoreFiles.make();
  files.change("CREATE TABLE events (id, name)", "other.db");
  await Deno.writeTextFile(files.path("torn.db"), "SQLite format 3\0 and no more");
  const names = [files.path("other.db"), files.path("torn.db")];
  const { code, stderr } = await runToEnd(["store", "import", ...names, "--store", files.url()]);
  assert.equal(code, 1);
  assert.match(stderr, /other\.db.*lacks timestamp, tags, source, content, custom_headers/);
  assert.match(stderr, /torn\.db/);
});

Deno.test("store copy copies between stores, goes on after an interruption, and counts what is there", async () => {
  await using files = await StoreFiles.make();
  await files.fill([events("a", 3000), events("b", 10)]);
  await files.fill([events("a", 1000)], "target.db");
  await using _open = await SqliteStore.open(files.path());
  const args = ["store", "copy", files.url(), files.url("target.db")];
  const first = await runToEnd(args);
  assert.equal(first.code, 0, first.stderr);
  assert.equal(first.stdout, "2,010 events copied, 1,000 were there already\n");
  assert.equal((await runToEnd(args)).stdout, "0 events copied, 3,010 were there already\n");
  assert.equal((await files.ids("target.db")).length, 3010);
  const same = await runToEnd(["store", "copy", files.url(), files.url()]);
  assert.equal(same.code, 2);
  assert.match(same.stderr, /must be different stores/);
  assert.equal((await runToEnd(["store", "copy", files.url()])).code, 2);
  const none = await runToEnd(["store", "copy", files.url("none.db"), files.url("target.db")]);
  assert.match(none.stderr, /none\.db': there is no such file/);
});
