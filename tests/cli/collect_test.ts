import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { chooseStore } from "../../lib/cli/store_choice.ts";
import { DEFAULT_STORE_URL, filesPath } from "../../lib/store/open_store.ts";
import { RunningCollector, RunningCommand, runToEnd } from "./running_command.ts";

const NONE = {
  dataDir: undefined,
  dbUrl: undefined,
  rdbsStore: false,
  store: undefined,
  live: false,
  flushInterval: undefined,
};

Deno.test("chooseStore takes the store that the options name, else the default", () => {
  assert.equal(chooseStore(NONE), DEFAULT_STORE_URL);
  assert.equal(chooseStore({ ...NONE, live: true }), undefined);
  assert.equal(chooseStore({ ...NONE, store: "memory:" }), "memory:");
  assert.equal(chooseStore({ ...NONE, dbUrl: "sqlite:///x", rdbsStore: true }), "sqlite:///x");
  const url = chooseStore({ ...NONE, dataDir: "/var/lib/100% theia" }) ?? "";
  assert.equal(filesPath(url), "/var/lib/100% theia");
});

Deno.test("collect -d reads and writes the files of Theia 0.9.2", async () => {
  const directory = await Deno.makeTempDir();
  const old = "event: 45 43 2\nid:old\ntimestamp: 1509989630.6749051\ntags:\nhi\n\n";
  await Deno.writeTextFile(`${directory}/1509989630-1509989690`, old);
  await using collector = await RunningCollector.start("-d", directory, "--flush-interval", "0.5");
  const { code, stdout } = await runToEnd(["query", "-P", collector.port, "-F", "{id} {content}"]);
  assert.deepEqual([code, stdout], [0, "old hi\n"]);
  assert.equal(await Deno.readTextFile(`${directory}/1509989630-1509989690`), old);
});

Deno.test("collect says where it listens, and at the end what it stored", async () => {
  const directory = await Deno.makeTempDir();
  const collector = await RunningCollector.start("-d", directory);
  assert.deepEqual(collector.stdout.lines, [
    `Theia collector listening on ws://localhost:${collector.port}, ` +
    `store files://${directory}`,
    `The page is at http://localhost:${collector.port}/`,
  ]);
  const args = ["simulate", "-p", collector.port, "--count", "5", "--delay", "0", "--quiet"];
  assert.equal((await runToEnd([...args, "--seed", "1"])).code, 0);
  assert.equal(await collector.stop(), 0);
  assert.match(collector.stderr.text, /5 events stored, 0 duplicates, 0 malformed/);
  assert.equal(collector.environment.listeners, 0);
});

Deno.test("collect on all interfaces names an address of the page that a browser here can open", async () => {
  const collector = new RunningCommand(["-H", "0.0.0.0", "-P", "0", "collect", "--live"]);
  const [, port] = await collector.stdout.match(/listening on ws:\/\/0\.0\.0\.0:(\d+)/);
  await collector.stdout.match(new RegExp(`^The page is at http://localhost:${port}/$`, "m"));
  assert.equal(await collector.stop(), 0);
});

Deno.test("collect --live keeps nothing", async () => {
  await using collector = await RunningCollector.start("--live");
  assert.match(collector.stdout.text, /store none/);
  const { code, stderr } = await runToEnd(["query", "-P", collector.port]);
  assert.equal(code, 1);
  assert.match(stderr, /^error: .*Action not available in non-persistent mode/);
});

Deno.test("collect ends with one error when it cannot start", async () => {
  const directory = await Deno.makeTempDir();
  await using other = await RunningCollector.start("-d", directory);
  const foreign = `${directory}/foreign.db`;
  new DatabaseSync(foreign).exec("CREATE TABLE t (x); PRAGMA application_id = 7");
  const cases: readonly (readonly [args: string[], pattern: RegExp])[] = [
    [["-P", other.port, "--live"], /port is in use/],
    [["-P", "0", "-d", directory], /another process has it open|in use/],
    [["-P", "0", "-U", `sqlite:///${foreign}`], /database of another program/],
    [["-P", "0", "--store", "postgres://x"], /postgres.*use memory:/],
    [["-P", "0", "-d", "/proc/none"], /Cannot open store .*proc.none/],
    [["-P", "0", "-H", "no.such.host.invalid", "--live"], /no\.such\.host\.invalid/],
  ];
  for (const [args, pattern] of cases) {
    const { code, stdout, stderr } = await runToEnd(["collect", ...args]);
    assert.equal(code, 1, args.join(" "));
    assert.match(stderr, pattern);
    assert.match(stderr, /^error: [^\n]*\n$/);
    assert.equal(stdout, "");
  }
});

Deno.test("collect goes on when nobody reads what it prints", async () => {
  const collector = new RunningCommand(["-P", "0", "--verbose", "collect", "--live"]);
  collector.stdout.isClosed = true;
  const match = await collector.stderr.match(/Listening on .*, port (\d+)/);
  const { code } = await runToEnd(["simulate", "-p", match[1] ?? "", "--count", "1", "--quiet"]);
  assert.equal(code, 0);
  assert.equal(await collector.stop(), 0);
});
