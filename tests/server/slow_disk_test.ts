import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { sleep } from "../../lib/base/backoff.ts";
import { type LogSync, SqliteStore } from "../../lib/store/mod.ts";
import { tempDirectory } from "../store/fixtures.ts";
import { Bench, frame, frames, numbered, until } from "./fixtures.ts";
import type { TestClient } from "./test_client.ts";

/** What the disk needs for a sync. */
const SYNC_MS = 50;

/** Far below a sync, far above what a busy machine adds to some milliseconds, for a median. */
const PROMPT_MS = 25;

interface Disk {
  readonly openLogSync: () => Promise<LogSync>;
}

/** A disk whose syncs take their time. */
class SlowDisk implements Disk {
  syncs = 0;

  readonly openLogSync = (): Promise<LogSync> =>
    Promise.resolve({
      sync: async () => {
        this.syncs++;
        await sleep(SYNC_MS);
      },
      [Symbol.dispose]() {},
    });
}

/** A disk that ends a sync when it is told to. */
class HeldDisk implements Disk {
  readonly #waiting: (() => void)[] = [];

  readonly openLogSync = (): Promise<LogSync> =>
    Promise.resolve({
      sync: () => new Promise((resolve) => this.#waiting.push(resolve)),
      [Symbol.dispose]() {},
    });

  get isSyncing(): boolean {
    return this.#waiting.length > 0;
  }

  release(): void {
    this.#waiting.shift()?.();
  }
}

/** A collector with a SQLite store on such a disk. */
async function startOn(disk: Disk): Promise<AsyncDisposable & { bench: Bench; path: string }> {
  await using stack = new AsyncDisposableStack();
  const directory = stack.use(await tempDirectory());
  const path = `${directory.path}/events.db`;
  const store = await SqliteStore.open(path, { openLogSync: disk.openLogSync });
  const bench = stack.use(await Bench.start({ store }));
  const kept = stack.move();
  return { bench, path, [Symbol.asyncDispose]: () => kept.disposeAsync() };
}

/** Pushes one message after another, each as soon as the last one is acknowledged, until stopped. */
async function pushOn(client: TestClient, isStopped: () => boolean): Promise<number[]> {
  const latencies: number[] = [];
  for (let i = 0; !isStopped(); i++) {
    const started = performance.now();
    client.send(frames(...numbered(`busy-${i}-`, 20)));
    await client.nextJson();
    latencies.push(performance.now() - started);
  }
  return latencies;
}

async function timed(run: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await run();
  return performance.now() - started;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN;
}

async function findOne(bench: Bench): Promise<void> {
  await using client = await bench.connect("/find", "theia.v1");
  client.send({ limit: 1 });
  assert.equal(await client.nextText(), "ok");
  await client.nextEvents(1);
  assert.equal((await client.nextJson()).done, true);
}

Deno.test("Collector acknowledges nothing before the sync that covers it has ended", async () => {
  const disk = new HeldDisk();
  await using started = await startOn(disk);
  const { bench } = started;
  await using producer = await bench.connect("/event", "theia.v1");
  await using follower = await bench.connect("/live", "theia.v1");
  follower.send({});
  await follower.nextText();
  const acks: number[] = [];
  const acked = (async () => {
    for (let i = 0; i < 2; i++) acks.push((await producer.nextJson()).ack);
  })();
  producer.send(frame({ id: "first" }));
  assert.deepEqual((await follower.nextEvents(1)).map(({ id }) => id), ["first"]);
  await until(() => disk.isSyncing);
  // The sync under way began before this commit and does not cover it.
  producer.send(frame({ id: "second" }));
  assert.deepEqual((await follower.nextEvents(1)).map(({ id }) => id), ["second"]);
  await findOne(bench);
  assert.deepEqual(acks, []);
  disk.release();
  await until(() => acks.length > 0 && disk.isSyncing);
  await findOne(bench);
  assert.deepEqual(acks, [1]);
  disk.release();
  await acked;
  assert.deepEqual(acks, [1, 2]);
});

Deno.test("Collector delivers live, finds and answers as ever while each sync takes 50 ms", async () => {
  await using started = await startOn(new SlowDisk());
  const { bench } = started;
  await using busy = await bench.connect("/event", "theia.v1");
  await using producer = await bench.connect("/event", "theia.v1");
  await using follower = await bench.connect("/live", "theia.v1");
  follower.send({ id: "probe" });
  await follower.nextText();
  let isStopped = false;
  const pushing = pushOn(busy, () => isStopped);
  const health = `http://127.0.0.1:${bench.collector.port}/healthz`;
  const live: number[] = [];
  const acks: number[] = [];
  const finds: number[] = [];
  const pings: number[] = [];
  for (let i = 0; i < 20; i++) {
    const sent = performance.now();
    producer.send(frame({ id: `probe-${i}` }));
    const ack = producer.nextJson().then(() => acks.push(performance.now() - sent));
    await follower.nextEvents(1);
    live.push(performance.now() - sent);
    finds.push(await timed(() => findOne(bench)));
    pings.push(await timed(async () => await (await fetch(health)).text()));
    await ack;
  }
  isStopped = true;
  const busyAcks = await pushing;
  for (const [what, values] of Object.entries({ live, finds, pings })) {
    assert.ok(median(values) < PROMPT_MS, `${what}: ${values.map(Math.round)} ms`);
  }
  for (const [what, values] of Object.entries({ acks, busyAcks })) {
    assert.ok(Math.min(...values) > SYNC_MS - 2, `${what}: ${values.map(Math.round)} ms`);
  }
});

Deno.test("Collector takes many events a second while each sync takes 50 ms", async () => {
  const disk = new SlowDisk();
  await using started = await startOn(disk);
  const { bench } = started;
  await using producer = await bench.connect("/event", "theia.v1");
  const messages = 200;
  const began = performance.now();
  for (let i = 0; i < messages; i++) producer.send(frames(...numbered(`${i}-`, 100)));
  for (let i = 0; i < messages; i++) assert.equal((await producer.nextJson()).events, 100);
  const seconds = (performance.now() - began) / 1000;
  assert.ok(disk.syncs < messages / 4, `${disk.syncs} syncs for ${messages} messages`);
  assert.ok(seconds < messages * SYNC_MS / 4000, `${messages} messages took ${seconds} s`);
});

Deno.test("Collector serves its sockets while the writing thread itself waits", async () => {
  await using started = await startOn(new SlowDisk());
  const { bench, path } = started;
  await using producer = await bench.connect("/event", "theia.v1");
  producer.send(frame({ id: "before" }));
  await producer.nextJson();
  // As a checkpoint on a slow disk does, a lock holds the thread up within a commit.
  using other = new DatabaseSync(path);
  other.exec("BEGIN IMMEDIATE");
  let isAcked = false;
  producer.send(frame({ id: "after" }));
  const acked = producer.nextJson().then(() => isAcked = true);
  const finds: number[] = [];
  for (let i = 0; i < 20; i++) finds.push(await timed(() => findOne(bench)));
  assert.equal(isAcked, false);
  assert.ok(median(finds) < PROMPT_MS, `${finds.map(Math.round)} ms`);
  other.exec("ROLLBACK");
  await acked;
});
