import assert from "node:assert/strict";
import { NO_SMALL_DISK, SMALL_DISK_NOTE, SmallDisk } from "../../small_disk.ts";
import { RunningProgram, SOURCE } from "../program.ts";
import { TempDirectory } from "../temp_directory.ts";
import { until } from "../until.ts";
import { EndlessCollector } from "./endless_collector.ts";

function start(collector: EndlessCollector, path: string): RunningProgram {
  const args = ["query", "-H", "127.0.0.1", "-P", `${collector.port}`, "--output", path];
  return RunningProgram.start(SOURCE, args);
}

function names(path: string): string[] {
  return [...Deno.readDirSync(path)].map(({ name }) => name);
}

/** Bytes of all files in a directory. */
function bytesIn(path: string): number {
  return names(path).reduce((sum, name) => sum + Deno.statSync(`${path}/${name}`).size, 0);
}

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  Deno.test(`query --output leaves nothing behind after ${signal}`, async () => {
    await using directory = await TempDirectory.make();
    await using collector = new EndlessCollector();
    await using query = start(collector, directory.file("found.txt"));
    await until("some of the file", () => bytesIn(directory.path) > 1_000_000);
    assert(!names(directory.path).includes("found.txt"));
    query.signal(signal);
    assert.equal((await query.exit()).code, 1);
    assert.match(query.stderr.text, /^error: Stopped: nothing was written to '.*found\.txt'\n$/);
    assert.deepEqual(names(directory.path), []);
    await until("the end of the search", () => collector.searches === 0);
  });
}

Deno.test("query --output killed on the spot leaves no file that looks whole", async () => {
  await using directory = await TempDirectory.make();
  await Deno.writeTextFile(directory.file("found.txt"), "before\n");
  await using collector = new EndlessCollector();
  const args = [
    "-H",
    "127.0.0.1",
    "-P",
    `${collector.port}`,
    "--output",
    directory.file("found.txt"),
  ];
  await using query = RunningProgram.start(SOURCE, ["query", ...args, "--force"]);
  await until("some of the file", () => bytesIn(directory.path) > 1_000_000);
  await query.kill();
  assert.equal(await Deno.readTextFile(directory.file("found.txt")), "before\n");
});

Deno.test({
  name: `query --output says that the disk is full, and leaves nothing on it${SMALL_DISK_NOTE}`,
  ignore: NO_SMALL_DISK !== undefined,
  async fn() {
    await using disk = await SmallDisk.mount(4 << 20);
    await using collector = new EndlessCollector();
    await using query = start(collector, disk.file("found.txt"));
    assert.equal((await query.exit()).code, 1);
    assert.match(
      query.stderr.text,
      /^error: Cannot write file '.*found\.txt': the disk is full\n$/,
    );
    assert.deepEqual(names(disk.path), []);
    await until("the end of the search", () => collector.searches === 0);
  },
});
