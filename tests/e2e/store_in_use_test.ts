import assert from "node:assert/strict";
import { CollectorProgram } from "./collector_program.ts";
import { type Outcome, runProgram, SOURCE } from "./program.ts";
import { frame } from "./raw_client.ts";
import { countStored, pushAll } from "./raw_requests.ts";
import { TempDirectory } from "./temp_directory.ts";

function event(id: string): Uint8Array<ArrayBuffer> {
  return frame({ id, timestamp: 1_600_000_000, source: "s", tags: ["t"], content: id });
}

/** Runs a program that must fail as somebody else has the store, and name it. */
async function assertInUse(args: readonly string[], path: string): Promise<void> {
  const { code, stdout, stderr } = await runProgram(SOURCE, args);
  assert.deepEqual([code, stdout], [1, ""], stderr);
  assert.match(stderr, /^error: Cannot open store '[^\n]*another process has it open [^\n]*\n$/);
  assert.ok(stderr.includes(`'${path}'`), stderr);
}

function run(...args: readonly string[]): Promise<Outcome> {
  return runProgram(SOURCE, args);
}

Deno.test("A second program that would write a database in use is refused, those that read are not", async () => {
  await using directory = await TempDirectory.make();
  const path = directory.file("events.db");
  const url = `sqlite:///${path}`;
  const file = directory.file("one.jsonl");
  Deno.writeTextFileSync(file, '{"id":"x","timestamp":1}\n');
  await using collector = await CollectorProgram.start(["-U", url]);
  await pushAll(collector.url, [event("before")]);
  const otherSpelling = `sqlite:///${directory.path}/./events.db`;
  for (const taken of [url, otherSpelling]) {
    await assertInUse(["collect", "-P", "0", "--store", taken], path);
  }
  await assertInUse(["store", "import", file, "--store", url], path);
  await assertInUse(["store", "compact", "--store", url], path);
  await assertInUse(["store", "copy", url, otherSpelling], path);
  const { code, stdout } = await run("store", "export", "--format", "jsonl", "--store", url);
  assert.deepEqual([code, JSON.parse(stdout).id], [0, "before"]);
  assert.equal((await run("store", "verify", "--store", url)).code, 0);
  await pushAll(collector.url, [event("after")]);
  assert.equal(await countStored(collector.url), 2);
});

Deno.test("A second program on a directory in use is refused but for verify", async () => {
  await using directory = await TempDirectory.make();
  const path = directory.file("data");
  await using collector = await CollectorProgram.start(["-d", path]);
  await pushAll(collector.url, [event("before")]);
  await assertInUse(["collect", "-P", "0", "--store", `files:${path}`], path);
  await assertInUse(["store", "stats", "--store", `files:${path}`], path);
  await assertInUse(["store", "backup", directory.file("copy"), "--store", `files:${path}`], path);
  const { code, stdout } = await run("store", "verify", "--store", `files:${path}`);
  assert.deepEqual([code, stdout], [0, "1 files, 1 sound events: all sound\n"]);
  await pushAll(collector.url, [event("after")]);
  assert.equal(await countStored(collector.url), 2);
});
