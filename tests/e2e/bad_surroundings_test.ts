import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { CollectorProgram } from "./collector_program.ts";
import { freePort } from "./free_port.ts";
import { RunningProgram, runProgram, SOURCE } from "./program.ts";
import { frame } from "./raw_client.ts";
import { countStored, find, pushAll, untilStored } from "./raw_requests.ts";
import { TempDirectory } from "./temp_directory.ts";

function event(id: string): Uint8Array<ArrayBuffer> {
  return frame({ id, timestamp: 1_600_000_000, source: "s", tags: ["t"], content: id });
}

/** Runs a command that must fail with one line that says what to do. */
async function failure(...args: readonly (string | number)[]): Promise<string> {
  const { code, stdout, stderr } = await runProgram(SOURCE, args.map(String));
  assert.deepEqual([code, stdout], [1, ""], stderr);
  assert.match(stderr, /^error: Cannot [^\n]*\n$/);
  return stderr;
}

/** A collector that must not start. */
function collectFailure(...args: readonly string[]): Promise<string> {
  return failure("collect", "-P", freePort(), ...args);
}

Deno.test("A collector whose port is in use says so, and the one that has it goes on", async () => {
  await using directory = await TempDirectory.make();
  await using collector = await CollectorProgram.start(["-d", directory.file("data")]);
  const { port, url } = collector;
  const other = ["-d", directory.file("other")];
  assert.match(await failure("collect", "-P", port, ...other), /port is in use; .*another port/);
  assert.match(await failure("-P", port, "collect", "--live"), /port is in use; .*another port/);
  await pushAll(url, [event("a")]);
  assert.equal(await countStored(url), 1);
});

Deno.test("A collector on a host that is not this machine's says so", async () => {
  assert.match(
    await failure("collect", "--live", "-P", freePort(), "-H", "no-such-host.invalid"),
    /check the host name/,
  );
  assert.match(
    await failure("collect", "--live", "-P", freePort(), "-H", "192.0.2.7"),
    /does not have the address; choose one of its own/,
  );
});

Deno.test("A data directory that cannot be written is refused and left alone", async () => {
  await using directory = await TempDirectory.make();
  const file = directory.file("file");
  Deno.writeTextFileSync(file, "precious");
  assert.match(await collectFailure("-d", file), /directory must be writable/);
  assert.match(await collectFailure("-d", `${file}/below`), /directory must be writable/);
  assert.match(await collectFailure("-d", "/proc/theia"), /directory must be writable/);
  assert.equal(Deno.readTextFileSync(file), "precious");
});

Deno.test("A database of another program is refused and left alone", async () => {
  await using directory = await TempDirectory.make();
  const foreign = directory.file("foreign.db");
  {
    using database = new DatabaseSync(foreign);
    database.exec("CREATE TABLE money (amount INTEGER); INSERT INTO money VALUES (100)");
  }
  const text = directory.file("text.db");
  Deno.writeTextFileSync(text, "This is a letter, not a database.\n".repeat(200));
  for (const path of [foreign, text]) {
    const before = Deno.readFileSync(path);
    const message = await collectFailure("-U", `sqlite:///${path}`);
    assert.match(message, /another program|not a database/);
    assert.ok(message.includes(path));
    assert.deepEqual(Deno.readFileSync(path), before);
  }
});

Deno.test("A database of a later version is refused, and opens when it is as before", async () => {
  await using directory = await TempDirectory.make();
  const path = directory.file("events.db");
  const store = ["-U", `sqlite:///${path}`];
  {
    await using collector = await CollectorProgram.start(store);
    await pushAll(collector.url, [event("a")]);
    assert.equal((await collector.stop()).code, 0);
  }
  const setVersion = (version: number) => {
    using database = new DatabaseSync(path);
    database.exec(`PRAGMA user_version = ${version}`);
    database.exec(`UPDATE counter SET value = ${version} WHERE name = 'version'`);
  };
  setVersion(99);
  assert.match(await collectFailure(...store), /has version 99, .*use the program that made it/);
  setVersion(2);
  await using collector = await CollectorProgram.start(store);
  assert.equal(await countStored(collector.url), 1);
});

Deno.test("A directory with data of Theia 0.9.2 is taken as it is", async () => {
  await using directory = await TempDirectory.make();
  const file = directory.file("1600000000-1600000060");
  const text = `${new TextDecoder().decode(event("old"))}\n`;
  Deno.writeTextFileSync(file, text);
  await using collector = await CollectorProgram.start(["-d", directory.path]);
  assert.deepEqual((await find(collector.url)).map(({ id }) => id), ["old"]);
  await pushAll(collector.url, [event("new")]);
  assert.ok(Deno.readTextFileSync(file).startsWith(`${text}event: `));
});

Deno.test("A second collector on the same store is refused, and the first goes on", async () => {
  await using directory = await TempDirectory.make();
  const data = directory.file("data");
  await using collector = await CollectorProgram.start(["-d", data]);
  await pushAll(collector.url, [event("before")]);
  assert.match(await collectFailure("-d", data), /another process has it open/);
  await pushAll(collector.url, [event("after")]);
  assert.deepEqual((await find(collector.url)).map(({ id }) => id), ["before", "after"]);
  // A collector that was killed leaves nothing that keeps the next one out.
  await collector.running.kill();
  await using next = await CollectorProgram.start(["-d", data]);
  assert.equal(await countStored(next.url), 2);
});

Deno.test("A store that nobody knows is named with the stores that are known", async () => {
  assert.match(await collectFailure("-U", "postgres://me:pw@host/db"), /memory:, sqlite:\/\/\//);
  assert.match(await collectFailure("--store", "sqlite:/x"), /sqlite:\/\/\/relative\/path/);
});

Deno.test("Files that vanish while they are watched are waited for", async () => {
  await using directory = await TempDirectory.make();
  await using collector = await CollectorProgram.start(["-d", directory.file("data")]);
  const [gone, moved, stays] = ["gone", "moved", "stays"].map((name) => directory.file(name));
  assert.ok(gone && moved && stays);
  const append = (path: string, text: string) =>
    Deno.writeTextFileSync(path, text, { append: true });
  for (const path of [gone, moved, stays]) append(path, "not asked for\n");
  await using watcher = RunningProgram.start(
    SOURCE,
    ["watch", "--verbose", "-p", `${collector.port}`, "-f", gone, moved, stays],
  );
  await watcher.line("stderr", /^Connected/);
  append(gone, "one\n");
  await untilStored(collector.url, 1);
  Deno.removeSync(gone);
  Deno.renameSync(moved, `${moved}.1`);
  await watcher.line("stderr", /^'.*gone' is not there; waiting for it$/);
  await watcher.line("stderr", /^'.*moved' is not there; waiting for it$/);
  append(stays, "two\n");
  append(`${moved}.1`, "three\n");
  append(gone, "four\n");
  append(moved, "five\n");
  await untilStored(collector.url, 5);
  watcher.signal("SIGINT");
  assert.equal((await watcher.exit()).code, 0);
  const contents = (await find(collector.url)).map(({ content }) => content);
  assert.deepEqual(contents.sort(), ["five", "four", "one", "three", "two"]);
});

Deno.test("A directory or an empty name among the files to watch is an error", async () => {
  await using directory = await TempDirectory.make();
  await using collector = await CollectorProgram.start(["--live"]);
  const { code, stderr } = await runProgram(SOURCE, ["watch", "-f", ""]);
  assert.equal(code, 2, stderr);
  await using watcher = RunningProgram.start(
    SOURCE,
    ["watch", "-p", `${collector.port}`, "-f", directory.path],
  );
  await watcher.line("stderr", /^warning: Cannot read '.*must be a regular file/);
  watcher.signal("SIGINT");
  assert.equal((await watcher.exit()).code, 0);
});
