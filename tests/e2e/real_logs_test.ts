import assert from "node:assert/strict";
import { forSeeds, type Random } from "../random.ts";
import { realLogs } from "../shared_data.ts";
import { CollectorProgram } from "./collector_program.ts";
import { RunningProgram, runProgram, SOURCE } from "./program.ts";
import { countStored } from "./raw_requests.ts";
import { TempDirectory } from "./temp_directory.ts";
import { until } from "./until.ts";

/** Put after each event where its content may have line ends; no log has it. */
const RECORD_END = "\x1e";

/** A log that is written again, piece by piece, to a file that is watched. */
interface Writing {
  readonly path: string;
  readonly bytes: Uint8Array;
  /** How much is in the watched file. */
  written: number;
}

/** The shared real logs and the repository's own, which have what the others lack. */
function logs(): { readonly name: string; readonly path: string }[] {
  const folder = new URL("../data/logs/", import.meta.url);
  const own = [...Deno.readDirSync(folder)]
    .map(({ name }) => ({ name, path: new URL(name, folder).pathname }));
  const shared = realLogs().filter(({ name }) => own.every((log) => log.name !== name));
  return [...shared, ...own];
}

/** Whether the system sees a file before or after the watcher starts, both must do. */
function prepare(directory: TempDirectory, random: Random): Writing[] {
  return logs().map(({ name, path }) => {
    const writing = { path: directory.file(name), bytes: Deno.readFileSync(path), written: 0 };
    if (random.chance(0.5)) Deno.writeFileSync(writing.path, new Uint8Array(0));
    return writing;
  });
}

async function startWatcher(
  port: number,
  writings: readonly Writing[],
  split: string,
): Promise<RunningProgram> {
  const paths = writings.map(({ path }) => path);
  const watcher = RunningProgram.start(
    SOURCE,
    ["watch", "--verbose", "-p", `${port}`, "-f", ...paths, "--split", split, "-t", "real", "logs"],
  );
  try {
    await watcher.line("stderr", /^Connected to/);
    return watcher;
  } catch (error) {
    await watcher[Symbol.asyncDispose]();
    throw error;
  }
}

/** Appends pieces of random sizes to files in turn, cutting lines and characters. */
async function appendPieces(writings: readonly Writing[], random: Random): Promise<void> {
  for (;;) {
    const open = writings.filter(({ written, bytes }) => written < bytes.length);
    if (open.length === 0) return;
    const writing = random.pick(open);
    const { path, bytes, written } = writing;
    const size = random.chance(0.2) ? random.int(1, 40) : random.int(1, 60_000);
    const piece = bytes.subarray(written, written + size);
    Deno.writeFileSync(path, piece, { append: true });
    writing.written += piece.length;
    // Lets the watcher look between two pieces, sometimes.
    if (random.chance(0.3)) await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

/** The lines of a file: what stands between line ends, and a last one without. */
function linesOf(bytes: Uint8Array): string[] {
  const lines = new TextDecoder("utf-8", { ignoreBOM: true, fatal: true }).decode(bytes).split(
    /\r?\n/,
  );
  if (lines.at(-1) === "") lines.pop();
  return lines;
}

async function queryAll(port: number, path: string, format: string): Promise<Uint8Array> {
  const pattern = path.replace(/[.\\+*?()[\]{}|^$]/g, "\\$&") + "$";
  const args = ["query", "-P", `${port}`, "-s", pattern, "-F", format];
  const { code, stdoutBytes, stderr } = await runProgram(SOURCE, args);
  assert.deepEqual({ code, stderr }, { code: 0, stderr: "" });
  return stdoutBytes;
}

function assertSameBytes(actual: Uint8Array, expected: Uint8Array, path: string): void {
  const at = actual.findIndex((byte, i) => byte !== expected[i]);
  const decoder = new TextDecoder();
  const shown = (bytes: Uint8Array) => JSON.stringify(decoder.decode(bytes.slice(at, at + 80)));
  if (at >= 0) assert.fail(`${path}, byte ${at}: ${shown(actual)}, not ${shown(expected)}`);
  assert.equal(actual.length, expected.length, path);
}

/** Every id that is stored, once each. */
async function assertUniqueIds(port: number, count: number): Promise<void> {
  const args = ["query", "-P", `${port}`, "-t", "real", "logs", "-F", "{id}"];
  const { code, stdout } = await runProgram(SOURCE, args);
  assert.equal(code, 0);
  const ids = stdout.split("\n").slice(0, -1);
  assert.equal(ids.length, count);
  assert.equal(new Set(ids).size, count);
}

/** Ends the watcher as people do, and compares what it says with what is stored. */
async function endWatcher(watcher: RunningProgram, stored: number): Promise<void> {
  watcher.signal("SIGINT");
  assert.equal((await watcher.exit()).code, 0);
  const counts = `${stored} stored, 0 stored before, 0 refused, 0 not acknowledged\\.`;
  await watcher.line("stderr", new RegExp(`^${stored} events read: ${counts}$`));
}

Deno.test("Real logs go from files through watcher, collector and query, line by line", async () => {
  await forSeeds(1, async (random) => {
    await using directory = await TempDirectory.make();
    await using collector = await CollectorProgram.start(["-d", directory.file("data")]);
    const writings = prepare(directory, random);
    await using watcher = await startWatcher(collector.port, writings, "line");
    await appendPieces(writings, random);
    const lines = writings.map(({ bytes }) => linesOf(bytes));
    const count = lines.reduce((sum, { length }) => sum + length, 0);
    await until("all lines", async () => await countStored(collector.url) >= count);
    await endWatcher(watcher, count);
    for (const [i, { path }] of writings.entries()) {
      const expected = new TextEncoder().encode((lines[i] ?? []).map((l) => `${l}\n`).join(""));
      assertSameBytes(await queryAll(collector.port, path, "{content}"), expected, path);
    }
    await assertUniqueIds(collector.port, count);
    assert.equal((await collector.stop()).code, 0);
    const summary = new RegExp(`: ${count} events stored, 0 duplicates, 0 malformed\\.$`);
    await collector.running.line("stderr", summary);
  });
});

Deno.test("Real logs go from files through watcher, collector and query, change by change", async () => {
  await forSeeds(1, async (random) => {
    await using directory = await TempDirectory.make();
    await using collector = await CollectorProgram.start(["-d", directory.file("data")]);
    const writings = prepare(directory, random);
    await using watcher = await startWatcher(collector.port, writings, "diff");
    await appendPieces(writings, random);
    // Nobody but the watcher knows how many changes it saw: its end tells, all is read by then.
    watcher.signal("SIGTERM");
    assert.equal((await watcher.exit()).code, 0);
    const summary = await watcher.line("stderr", /^\d+ events read:/);
    const count = Number.parseInt(summary);
    assert.match(summary, new RegExp(`: ${count} stored, 0 stored before, 0 refused, 0 not ack`));
    assert.ok(count >= writings.length);
    for (const { path, bytes } of writings) {
      const records = await queryAll(collector.port, path, `{content}${RECORD_END}`);
      const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(records);
      const contents = text.replaceAll(`${RECORD_END}\n`, "");
      assertSameBytes(new TextEncoder().encode(contents), bytes, path);
    }
    assert.equal(await countStored(collector.url), count);
    await assertUniqueIds(collector.port, count);
  });
});
