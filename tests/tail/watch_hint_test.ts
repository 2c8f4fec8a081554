import assert from "node:assert/strict";
import type { TailNotice } from "../../lib/tail/tail_notice.ts";
import { Watcher } from "../../lib/tail/watcher.ts";
import { Workbench } from "./workbench.ts";

const FAR_AWAY_MS = 600_000;

Deno.test("WatchHint wakes a watcher long before its next look", async () => {
  using bench = new Workbench();
  bench.write("log", "old\n");
  await using watcher = await Watcher.open({
    files: [bench.at("log")],
    pollIntervalMs: FAR_AWAY_MS,
    signal: AbortSignal.timeout(20_000),
  });
  const iterator = watcher[Symbol.asyncIterator]();
  const appended = iterator.next();
  bench.append("log", "new\n");
  assert.equal((await appended).value?.events[0]?.content, "new");
  const rotated = iterator.next();
  bench.rename("log", "log.1");
  bench.write("log", "rotated\n");
  assert.equal((await rotated).value?.events[0]?.content, "rotated");
});

Deno.test("WatchHint tells a watcher of new files in its directory", async () => {
  using bench = new Workbench();
  await using watcher = await Watcher.open({
    files: [],
    directories: [bench.directory],
    pollIntervalMs: FAR_AWAY_MS,
    signal: AbortSignal.timeout(20_000),
  });
  const next = watcher[Symbol.asyncIterator]().next();
  bench.write("new", "first\n");
  assert.equal((await next).value?.events[0]?.content, "first");
});

Deno.test("WatchHint reports a directory that cannot be watched; looks find its files all the same", async () => {
  using bench = new Workbench();
  const notices: TailNotice[] = [];
  await using watcher = await Watcher.open({
    files: [bench.at("deep/log")],
    pollIntervalMs: 20,
    observer: (notice) => notices.push(notice),
    signal: AbortSignal.timeout(20_000),
  });
  assert.deepEqual(notices.map((notice) => notice.kind), ["missing", "hints-unavailable"]);
  Deno.mkdirSync(bench.at("deep"));
  bench.write("deep/log", "first\n");
  const { value } = await watcher[Symbol.asyncIterator]().next();
  assert.equal(value?.events[0]?.content, "first");
});
