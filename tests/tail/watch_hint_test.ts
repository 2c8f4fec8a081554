import assert from "node:assert/strict";
import type { TailNotice } from "../../lib/tail/tail_notice.ts";
import { SYSTEM_SCHEDULER } from "../../lib/tail/scheduler.ts";
import { type DirectoryWatcher, WatchHint } from "../../lib/tail/watch_hint.ts";
import { Watcher } from "../../lib/tail/watcher.ts";
import { WAIT_MS } from "../e2e/until.ts";
import { FakeScheduler } from "./fake_scheduler.ts";
import { Workbench } from "./workbench.ts";

const FAR_AWAY_MS = 600_000;

Deno.test("WatchHint wakes a watcher long before its next look", async () => {
  using bench = new Workbench();
  bench.write("log", "old\n");
  await using watcher = await Watcher.open({
    files: [bench.at("log")],
    pollIntervalMs: FAR_AWAY_MS,
    signal: AbortSignal.timeout(WAIT_MS),
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
    signal: AbortSignal.timeout(WAIT_MS),
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
    signal: AbortSignal.timeout(WAIT_MS),
  });
  assert.deepEqual(notices.map((notice) => notice.kind), ["missing", "hints-unavailable"]);
  Deno.mkdirSync(bench.at("deep"));
  bench.write("deep/log", "first\n");
  const { value } = await watcher[Symbol.asyncIterator]().next();
  assert.equal(value?.events[0]?.content, "first");
});

/** Notices that a test makes. */
class Handmade implements DirectoryWatcher {
  readonly #stream: ReadableStream<Deno.FsEvent>;
  #controller: ReadableStreamDefaultController<Deno.FsEvent> | undefined;
  isClosed = false;

  constructor() {
    this.#stream = new ReadableStream({
      start: (controller) => {
        this.#controller = controller;
      },
    });
  }

  happen(event: Partial<Deno.FsEvent>): void {
    this.#controller?.enqueue({ kind: "modify", paths: [], ...event } as Deno.FsEvent);
  }

  fail(error: Error): void {
    this.isClosed = true;
    this.#controller?.error(error);
  }

  close(): void {
    if (!this.isClosed) this.#controller?.close();
    this.isClosed = true;
  }

  [Symbol.asyncIterator](): AsyncIterator<Deno.FsEvent> {
    return this.#stream[Symbol.asyncIterator]();
  }
}

/** Hints of a system that a test plays, in fake time. */
class Hinting implements AsyncDisposable {
  readonly scheduler = new FakeScheduler();
  readonly watchers = new Map<string, Handmade>();
  readonly told: string[] = [];
  readonly notices: TailNotice[] = [];
  readonly hint: WatchHint;
  failure: Error | undefined;

  constructor() {
    this.hint = new WatchHint({
      onHint: (paths) => this.told.push([...paths].join(" ")),
      onRescan: () => this.told.push("rescan"),
      scheduler: this.scheduler,
      observer: (notice) => this.notices.push(notice),
      open: (directory) => {
        if (this.failure) throw this.failure;
        const watcher = new Handmade();
        this.watchers.set(directory, watcher);
        return watcher;
      },
    });
  }

  happen(directory: string, event: Partial<Deno.FsEvent>): void {
    this.watchers.get(directory)?.happen(event);
  }

  async pause(): Promise<void> {
    for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
    this.scheduler.advance(10);
    for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
  }

  get open(): string[] {
    return [...this.watchers].filter(([, { isClosed }]) => !isClosed).map(([path]) => path);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.hint[Symbol.asyncDispose]();
  }
}

Deno.test("WatchHint gathers hints for a while, those about reading left out", async () => {
  await using hinting = new Hinting();
  hinting.hint.watch("/a");
  hinting.hint.watch("/a");
  hinting.hint.watch("/b");
  hinting.happen("/a", { paths: ["/a/x"] });
  hinting.happen("/a", { paths: ["/a/x"] });
  hinting.happen("/a", { kind: "access", paths: ["/a/y"] });
  hinting.happen("/b", { kind: "create", paths: ["/b/z"] });
  await hinting.pause();
  assert.deepEqual(hinting.told, ["/a/x /b/z"]);
  hinting.happen("/a", { kind: "access", paths: ["/a/y"] });
  await hinting.pause();
  assert.equal(hinting.told.length, 1);
});

Deno.test("WatchHint tells when the system lost count", async () => {
  await using hinting = new Hinting();
  hinting.hint.watch("/a");
  hinting.happen("/a", { kind: "any", paths: ["/a"], flag: "rescan" });
  await hinting.pause();
  assert.deepEqual(hinting.told, ["rescan", "/a"]);
  hinting.happen("/a", { paths: ["/a/x"] });
  await hinting.pause();
  assert.deepEqual(hinting.told, ["rescan", "/a", "/a/x"]);
});

Deno.test("WatchHint tells when the system lost count in a real burst", async () => {
  using bench = new Workbench();
  let resolve: (value: unknown) => void = () => {};
  const told = new Promise((done) => resolve = done);
  await using hint = new WatchHint({
    onHint: (paths) => [...paths].some((path) => path.endsWith("last")) && resolve("all seen"),
    onRescan: () => resolve("rescan"),
    scheduler: SYSTEM_SCHEDULER,
    observer: () => {},
  });
  hint.watch(bench.directory);
  for (let index = 0; index < 5000; index++) bench.write(`${index}`, "");
  bench.write("last", "");
  assert.ok(["all seen", "rescan"].includes(await told as string));
});

Deno.test("WatchHint.watchOnly lets the other directories go", async () => {
  await using hinting = new Hinting();
  hinting.hint.watchOnly(["/a", "/b"]);
  const first = hinting.watchers.get("/a");
  hinting.hint.watchOnly(["/a", "/c"]);
  assert.deepEqual(hinting.open, ["/a", "/c"]);
  assert.equal(hinting.watchers.get("/a"), first);
});

Deno.test("WatchHint watches a directory anew that was removed or renamed", async () => {
  for (const kind of ["remove", "rename"] as const) {
    await using hinting = new Hinting();
    hinting.hint.watch("/a");
    const first = hinting.watchers.get("/a");
    hinting.happen("/a", { kind, paths: ["/a/x"] });
    await hinting.pause();
    assert.equal(first?.isClosed, false);
    hinting.happen("/a", { kind, paths: ["/a"] });
    await hinting.pause();
    assert.equal(first?.isClosed, true);
    assert.deepEqual(hinting.told, ["/a/x", "/a"]);
    hinting.hint.watch("/a");
    hinting.happen("/a", { paths: ["/a/y"] });
    await hinting.pause();
    assert.deepEqual(hinting.told, ["/a/x", "/a", "/a/y"]);
  }
});

Deno.test("WatchHint notices that a real directory is another one", async () => {
  using bench = new Workbench();
  Deno.mkdirSync(bench.at("logs"));
  const seen = new Set<string>();
  let wake: () => void = () => {};
  await using hint = new WatchHint({
    onHint: (paths) => {
      for (const path of paths) seen.add(path);
      wake();
    },
    scheduler: SYSTEM_SCHEDULER,
    observer: () => {},
  });
  async function until(name: string): Promise<void> {
    while (!seen.has(bench.at(name))) await new Promise<void>((resolve) => wake = resolve);
  }
  hint.watch(bench.at("logs"));
  bench.rename("logs", "old");
  await until("logs");
  Deno.mkdirSync(bench.at("logs"));
  hint.watch(bench.at("logs"));
  bench.write("logs/new", "");
  await until("logs/new");
});

Deno.test("WatchHint reports too many watches once, a missing directory once each", async () => {
  await using hinting = new Hinting();
  hinting.failure = new Error("OS file watch limit reached");
  for (const directory of ["/a", "/b", "/a"]) hinting.hint.watch(directory);
  assert.equal(hinting.notices.length, 1);
  hinting.failure = new Deno.errors.NotFound("none");
  for (const directory of ["/a", "/b", "/a"]) hinting.hint.watch(directory);
  assert.equal(hinting.notices.length, 3);
  hinting.failure = undefined;
  hinting.hint.watch("/a");
  hinting.hint.watchOnly([]);
  hinting.failure = new Deno.errors.NotFound("none");
  hinting.hint.watch("/a");
  assert.equal(hinting.notices.length, 4);
  hinting.failure = undefined;
  hinting.hint.watch("/c");
  hinting.watchers.get("/c")?.fail(new Error("broken"));
  await hinting.pause();
  assert.equal(hinting.notices.length, 5);
  hinting.hint.watch("/c");
  assert.deepEqual(hinting.open, ["/c"], "it is asked for again");
});
