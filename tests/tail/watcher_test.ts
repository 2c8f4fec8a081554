import assert from "node:assert/strict";
import type { TailNotice } from "../../lib/tail/tail_notice.ts";
import type { WatchedBatch } from "../../lib/tail/watched_batch.ts";
import { Watcher } from "../../lib/tail/watcher.ts";
import type { WatcherOptions } from "../../lib/tail/watcher_options.ts";
import { FakeScheduler } from "./fake_scheduler.ts";
import { Workbench } from "./workbench.ts";

function open(scheduler: FakeScheduler, options: Partial<WatcherOptions>): Promise<Watcher> {
  return Watcher.open({ files: [], scheduler, watch: false, host: "test-host", ...options });
}

async function drain(watcher: Watcher): Promise<string[]> {
  const lines: string[] = [];
  for await (const { events } of watcher.drain()) lines.push(...events.map((e) => e.content));
  return lines;
}

/** Lets the iteration come to where it sleeps. */
async function asleep(scheduler: FakeScheduler): Promise<void> {
  while (scheduler.sleeping === 0) await scheduler.sleep(0);
}

/** Takes batches, moving time on while there are none, until there are so many lines. */
async function take(watcher: Watcher, scheduler: FakeScheduler, count: number): Promise<string[]> {
  const lines: string[] = [];
  const iterator = watcher[Symbol.asyncIterator]();
  while (lines.length < count) {
    const next = iterator.next();
    let settled = false;
    const done = next.then(() => settled = true);
    while (!settled) {
      await scheduler.sleep(0);
      if (scheduler.sleeping > 0) scheduler.advance(250);
    }
    await done;
    const { value } = await next;
    if (!value) break;
    lines.push(...value.events.map((event) => event.content));
  }
  return lines;
}

Deno.test("Watcher yields what is appended when the next look is due", async () => {
  using bench = new Workbench();
  bench.write("a", "old\n");
  const scheduler = new FakeScheduler();
  await using watcher = await open(scheduler, {
    files: [bench.at("a"), bench.at("b")],
    tags: ["t"],
  });
  const iterator = watcher[Symbol.asyncIterator]();
  const next = iterator.next();
  await asleep(scheduler);
  bench.append("a", "new\n");
  scheduler.advance(249);
  assert.equal(scheduler.sleeping, 1);
  scheduler.advance(1);
  const { value } = await next;
  assert.deepEqual(value?.events.map((event) => event.content), ["new"]);
  assert.deepEqual(value?.events[0]?.tags, ["t"]);
  bench.write("b", "first\n");
  assert.deepEqual(await take(watcher, scheduler, 1), ["first"]);
});

Deno.test("Watcher reads nothing ahead of the batch that was asked for", async () => {
  using bench = new Workbench();
  bench.write("log", "x\n".repeat(1500));
  const notices: TailNotice[] = [];
  await using watcher = await open(new FakeScheduler(), {
    files: [bench.at("log")],
    from: "beginning",
    observer: (notice) => notices.push(notice),
  });
  const iterator = watcher[Symbol.asyncIterator]();
  assert.equal((await iterator.next()).value?.events.length, 1000);
  bench.rewrite("log", "y\n");
  const gap = (await iterator.next()).value;
  assert.deepEqual(gap?.events.map((event) => event.headers), [["offset: 2000", "gap: 1000"]]);
  const { value } = await iterator.next();
  assert.deepEqual(value?.events.map((event) => event.content), ["y"]);
  assert.equal(notices.at(-1)?.kind, "truncated");
});

Deno.test("Watcher gives a thousand files their turns beside one that has much", async () => {
  using bench = new Workbench();
  const files = Array.from({ length: 1000 }, (_, index) => bench.at(`small-${index}`));
  for (const file of files) Deno.writeTextFileSync(file, "one\ntwo\n");
  bench.write("large", "x\n".repeat(400_000));
  await using watcher = await open(new FakeScheduler(), {
    files: [bench.at("large"), ...files],
    from: "beginning",
  });
  const turns: string[] = [];
  const lines = new Map<string, number>();
  for await (const { path, events } of watcher.drain()) {
    turns.push(path);
    lines.set(path, (lines.get(path) ?? 0) + events.length);
  }
  // Not all are open at the same time: those that wait come in among those that are.
  let inARow = 0;
  for (const path of turns.slice(0, turns.findLastIndex((path) => path !== bench.at("large")))) {
    inARow = path === bench.at("large") ? inARow + 1 : 0;
    assert.ok(inARow <= 16, `${inARow} turns in a row while others wait`);
  }
  assert.equal(lines.get(bench.at("large")), 400_000);
  assert.ok(files.every((file) => lines.get(file) === 2));
});

Deno.test("Watcher follows every file of a directory, also one that appears later", async () => {
  using bench = new Workbench();
  bench.write("a", "old\n");
  Deno.mkdirSync(bench.at("below"));
  const scheduler = new FakeScheduler();
  await using watcher = await open(scheduler, {
    files: [bench.at("a")],
    directories: [bench.directory],
  });
  bench.append("a", "a1\n");
  assert.deepEqual(await take(watcher, scheduler, 1), ["a1"]);
  bench.write("b", "b1\n");
  assert.deepEqual(await take(watcher, scheduler, 1), ["b1"]);
  bench.write("below/c", "hidden\n");
  bench.remove("b");
  bench.append("a", "a2\n");
  assert.deepEqual(await take(watcher, scheduler, 1), ["a2"]);
  bench.write("b", "b2\n");
  assert.deepEqual(await take(watcher, scheduler, 1), ["b2"]);
});

Deno.test("Watcher reads no line twice when files are renamed within its directory", async () => {
  using bench = new Workbench();
  bench.write("log", "");
  const scheduler = new FakeScheduler();
  await using watcher = await open(scheduler, { directories: [bench.directory] });
  const lines: string[] = [];
  for (let i = 0; i < 12; i++) {
    bench.append("log", `${i}\n`);
    lines.push(...await take(watcher, scheduler, 1));
    for (let k = i; k > 0; k--) bench.rename(`log.${k}`, `log.${k + 1}`);
    bench.rename("log", "log.1");
    bench.write("log", "");
    scheduler.advance(3000);
  }
  bench.append("log.3", "late\n");
  lines.push(...await take(watcher, scheduler, 1));
  lines.push(...await drain(watcher));
  assert.deepEqual(lines, [...Array.from({ length: 12 }, (_, i) => `${i}`), "late"]);
});

Deno.test("Watcher goes on from positions of an earlier run, with the same ids", async () => {
  using bench = new Workbench();
  bench.write("log", "one\ntwo\nthree\n");
  bench.write("rotated", "seen\n");
  const options = { files: [bench.at("log"), bench.at("rotated")], limits: { maxBatchLines: 1 } };
  const batches: WatchedBatch[] = [];
  {
    await using watcher = await open(new FakeScheduler(), { ...options, from: "beginning" });
    for await (const batch of watcher.drain()) batches.push(batch);
  }
  const ids = batches.flatMap(({ events }) => events.map((event) => event.id));
  const kept = batches.filter(({ events }) => ["one", "seen"].includes(events[0]?.content ?? ""));
  bench.rename("rotated", "elsewhere");
  bench.write("rotated", "appeared since\n");
  const positions = JSON.parse(
    JSON.stringify(kept.flatMap(({ spans }) => spans.map(({ to }) => to))),
  );
  await using watcher = await open(new FakeScheduler(), { ...options, positions });
  const again: WatchedBatch[] = [];
  for await (const batch of watcher.drain()) again.push(batch);
  const contents = again.flatMap(({ events }) => events.map((event) => event.content));
  assert.deepEqual(contents.toSorted(), ["appeared since", "three", "two"]);
  const known = again.flatMap(({ events }) => events).filter((event) => ids.includes(event.id));
  assert.deepEqual(known.map((event) => event.content), ["two", "three"]);
});

Deno.test("Watcher begins anew in a file that was truncated since the earlier run", async () => {
  using bench = new Workbench();
  bench.write("log", "one\ntwo\n");
  const options = { files: [bench.at("log")] };
  let batch: WatchedBatch | undefined;
  {
    await using watcher = await open(new FakeScheduler(), { ...options, from: "beginning" });
    for await (batch of watcher.drain());
  }
  assert.ok(batch);
  bench.rewrite("log", "another content\n");
  await using watcher = await open(new FakeScheduler(), {
    ...options,
    positions: batch.spans.map(({ to }) => to),
  });
  const iterator = watcher.drain()[Symbol.asyncIterator]();
  const { value } = await iterator.next();
  assert.deepEqual(value?.events.map((event) => event.content), ["another content"]);
  assert.equal(value?.spans[0]?.to.identity.generation, 1);
});

Deno.test("Watcher can be left within an iteration and taken up again", async () => {
  using bench = new Workbench();
  bench.write("log", "x\n".repeat(1000) + "last\n");
  await using watcher = await open(new FakeScheduler(), {
    files: [bench.at("log")],
    from: "beginning",
  });
  for await (const { events } of watcher) {
    assert.equal(events.length, 1000);
    break;
  }
  assert.deepEqual(await drain(watcher), ["last"]);
});

Deno.test("Watcher ends its iterations when it is closed while one reads and another waits", async () => {
  using bench = new Workbench();
  bench.write("log", "x\n".repeat(5000));
  const scheduler = new FakeScheduler();
  const watcher = await open(scheduler, { files: [bench.at("log")], from: "beginning" });
  let batches = 0;
  for await (const _ of watcher) {
    if (++batches === 2) await watcher[Symbol.asyncDispose]();
  }
  assert.equal(batches, 2);
  assert.deepEqual(await drain(watcher), []);
  await watcher[Symbol.asyncDispose]();

  const idle = await open(scheduler, { files: [bench.at("none")] });
  const next = idle[Symbol.asyncIterator]().next();
  await asleep(scheduler);
  await idle[Symbol.asyncDispose]();
  assert.deepEqual(await next, { done: true, value: undefined });
  assert.equal(scheduler.sleeping, 0);
});

Deno.test("Watcher is closed by its signal, without an error", async () => {
  using bench = new Workbench();
  const scheduler = new FakeScheduler();
  const controller = new AbortController();
  const watcher = await open(scheduler, { files: [bench.at("log")], signal: controller.signal });
  const next = watcher[Symbol.asyncIterator]().next();
  await asleep(scheduler);
  controller.abort();
  assert.equal((await next).done, true);
  await assert.rejects(open(scheduler, { signal: controller.signal }), { name: "AbortError" });
});

Deno.test("Watcher that is drained ends a waiting iteration with the unfinished lines", async () => {
  using bench = new Workbench();
  bench.write("log", "");
  const scheduler = new FakeScheduler();
  await using watcher = await open(scheduler, {
    files: [bench.at("log")],
    directories: [bench.directory],
  });
  const iterator = watcher[Symbol.asyncIterator]();
  const next = iterator.next();
  await asleep(scheduler);
  bench.append("log", "half");
  bench.write("new", "just made");
  watcher.drain();
  bench.append("log", " too late\n");
  const first = (await next).value?.events[0]?.content;
  const second = (await iterator.next()).value?.events[0]?.content;
  assert.deepEqual([first, second].toSorted(), ["half", "just made"]);
  assert.equal((await iterator.next()).done, true);
});

Deno.test("Watcher adds and removes files while it runs", async () => {
  using bench = new Workbench();
  const scheduler = new FakeScheduler();
  await using watcher = await open(scheduler, { files: [], tags: ["all"] });
  const next = watcher[Symbol.asyncIterator]().next();
  await asleep(scheduler);
  bench.write("log", "one\n");
  watcher.addFile(bench.at("log"), { from: "beginning", tags: ["one"] });
  watcher.addFile(bench.at("log"));
  const { value } = await next;
  assert.deepEqual(value?.events.map(({ content, tags }) => [content, tags]), [["one", ["one"]]]);
  watcher.removeFile(bench.at("log"));
  watcher.removeFile(bench.at("never"));
  assert.throws(() => watcher.addFile("log", { tags: ["a,b"] }), /'tags' must not contain commas/);
  bench.append("log", "two\n");
  assert.deepEqual(await drain(watcher), []);
});

Deno.test("Watcher names the option that is wrong", async () => {
  const files = ["log"];
  await assert.rejects(Watcher.open({ files: [""] }), /path must be a non-empty single line.*""/);
  await assert.rejects(
    Watcher.open({ files, pollIntervalMs: 0 }),
    /'pollIntervalMs' must be at least 1.*0/,
  );
  await assert.rejects(
    Watcher.open({ files, tags: ["a,b"] }),
    /'tags' must not contain commas.*"a,b"/,
  );
  await assert.rejects(
    Watcher.open({ files, encoding: "klingon" }),
    /'encoding' must be.*'klingon'/,
  );
});
