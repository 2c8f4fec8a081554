import assert from "node:assert/strict";
import type { FileLag } from "../../lib/tail/file_lag.ts";
import { MAX_OPEN_FILES } from "../../lib/tail/file_register.ts";
import { Watcher } from "../../lib/tail/watcher.ts";
import type { WatcherOptions } from "../../lib/tail/watcher_options.ts";
import { FakeScheduler } from "./fake_scheduler.ts";
import { Workbench } from "./workbench.ts";

/** Longer than what is known of a size is taken for fresh. */
const STALE_MS = 3000;

function open(scheduler: FakeScheduler, options: Partial<WatcherOptions>): Promise<Watcher> {
  return Watcher.open({ files: [], scheduler, watch: false, host: "test-host", ...options });
}

function lagOf(watcher: Watcher, path: string): FileLag | undefined {
  return [...watcher.files()].find((file) => file.path === path);
}

Deno.test("Watcher.files tells what is in each file and not read yet", async () => {
  using bench = new Workbench();
  bench.write("a", "one\ntwo\n");
  bench.write("b", "");
  const scheduler = new FakeScheduler();
  const files = [bench.at("a"), bench.at("b")];
  await using watcher = await open(scheduler, { files, from: "beginning" });
  const changedAt = Deno.statSync(bench.at("a")).mtime?.getTime();
  assert.deepEqual(lagOf(watcher, bench.at("a")), {
    path: bench.at("a"),
    offset: 0,
    bytes: 8,
    since: changedAt,
  });
  assert.equal(lagOf(watcher, bench.at("b"))?.bytes, 0);
  assert.equal(lagOf(watcher, bench.at("b"))?.since, undefined);
  for await (const { events } of watcher.drain()) assert.equal(events.length, 2);
  assert.deepEqual(lagOf(watcher, bench.at("a")), { path: bench.at("a"), offset: 8, bytes: 0 });
});

Deno.test("Watcher.files looks at the files while nobody takes what is read, at most every few seconds", async () => {
  using bench = new Workbench();
  bench.write("a", "");
  const scheduler = new FakeScheduler();
  await using watcher = await open(scheduler, { files: [bench.at("a")] });
  bench.append("a", "123456789\n");
  assert.equal(lagOf(watcher, bench.at("a"))?.bytes, 0, "it was looked at a moment ago");
  scheduler.advance(STALE_MS);
  assert.equal(lagOf(watcher, bench.at("a"))?.bytes, 10);
  bench.append("a", "123456789\n");
  assert.equal(lagOf(watcher, bench.at("a"))?.bytes, 10);
  scheduler.advance(STALE_MS);
  assert.equal(lagOf(watcher, bench.at("a"))?.bytes, 20);
});

Deno.test("Watcher.files counts a file that came to the path while nothing was read", async () => {
  using bench = new Workbench();
  bench.write("a", "");
  const scheduler = new FakeScheduler();
  await using watcher = await open(scheduler, { files: [bench.at("a")] });
  bench.append("a", "old\n");
  bench.rename("a", "a.1");
  bench.write("a", "newer\n");
  scheduler.advance(STALE_MS);
  assert.equal(lagOf(watcher, bench.at("a"))?.bytes, 10);
  assert.equal(lagOf(watcher, bench.at("a"))?.bytes, 10);
  const lines: string[] = [];
  for await (const { events } of watcher.drain()) lines.push(...events.map((e) => e.content));
  assert.deepEqual(lines, ["old", "newer"]);
  assert.equal(lagOf(watcher, bench.at("a"))?.bytes, 0);
});

Deno.test("Watcher.files bears files that are gone or truncated", async () => {
  using bench = new Workbench();
  bench.write("a", "one\n");
  const scheduler = new FakeScheduler();
  const files = [bench.at("a"), bench.at("none")];
  await using watcher = await open(scheduler, { files });
  bench.write("a", "");
  scheduler.advance(STALE_MS);
  assert.equal(lagOf(watcher, bench.at("a"))?.bytes, 0);
  bench.remove("a");
  scheduler.advance(STALE_MS);
  assert.equal(lagOf(watcher, bench.at("a"))?.bytes, 0);
  assert.deepEqual(lagOf(watcher, bench.at("none")), { path: bench.at("none"), bytes: 0 });
});

Deno.test("Watcher.files tells of files that rest closed where too many are open", async () => {
  using bench = new Workbench();
  const files = Array.from({ length: MAX_OPEN_FILES + 20 }, (_, index) => bench.at(`${index}`));
  for (const path of files) Deno.writeTextFileSync(path, "one\n");
  const scheduler = new FakeScheduler();
  await using watcher = await open(scheduler, { files, from: "end" });
  const last = files.at(-1) ?? "";
  assert.deepEqual(lagOf(watcher, last), { path: last, offset: 4, bytes: 0 });
  Deno.writeTextFileSync(last, "two\n", { append: true });
  scheduler.advance(STALE_MS);
  assert.equal(lagOf(watcher, last)?.offset, 4);
  assert.equal(lagOf(watcher, last)?.bytes, 4);
});
