import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { type LogSync, SqliteStore } from "../../lib/store/mod.ts";
import { tempDirectory } from "../store/fixtures.ts";
import { Bench, frame, frames, numbered, until } from "./fixtures.ts";
import type { TestClient } from "./test_client.ts";

interface Disk {
  readonly openLogSync: () => Promise<LogSync>;
}

/** A disk that ends a sync when it is told to. */
class HeldDisk implements Disk {
  readonly #waiting: (() => void)[] = [];
  syncs = 0;

  readonly openLogSync = (): Promise<LogSync> =>
    Promise.resolve({
      sync: () => {
        this.syncs++;
        return new Promise((resolve) => this.#waiting.push(resolve));
      },
      [Symbol.dispose]() {},
    });

  get isSyncing(): boolean {
    return this.#waiting.length > 0;
  }

  release(): void {
    this.#waiting.shift()?.();
  }

  /** Ends one sync after another until a promise settles. */
  async releaseUntil<T>(promise: Promise<T>): Promise<T> {
    let isSettled = false;
    const settled = promise.finally(() => isSettled = true);
    while (!isSettled) {
      this.release();
      await until(() => isSettled || this.isSyncing);
    }
    return await settled;
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
async function pushOn(client: TestClient, isStopped: () => boolean): Promise<void> {
  for (let i = 0; !isStopped(); i++) {
    client.send(frames(...numbered(`busy-${i}-`, 20)));
    await client.nextJson();
  }
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

Deno.test("Collector delivers live, finds and answers as ever while a sync does not end", async () => {
  const disk = new HeldDisk();
  await using started = await startOn(disk);
  const { bench } = started;
  await using busy = await bench.connect("/event", "theia.v1");
  await using producer = await bench.connect("/event", "theia.v1");
  await using follower = await bench.connect("/live", "theia.v1");
  follower.send({ id: "probe" });
  await follower.nextText();
  let isStopped = false;
  const pushing = pushOn(busy, () => isStopped);
  for (let i = 0; i < 20; i++) {
    await until(() => disk.isSyncing);
    producer.send(frame({ id: `probe-${i}` }));
    let isAcked = false;
    const acked = producer.nextJson().then(() => isAcked = true);
    await follower.nextEvents(1);
    await findOne(bench);
    await (await fetch(`http://127.0.0.1:${bench.collector.port}/healthz`)).text();
    assert.equal(isAcked, false);
    await disk.releaseUntil(acked);
  }
  isStopped = true;
  await disk.releaseUntil(pushing);
});

Deno.test("Collector takes all that comes during a sync, and the next one covers it", async () => {
  const disk = new HeldDisk();
  await using started = await startOn(disk);
  const { bench } = started;
  await using producer = await bench.connect("/event", "theia.v1");
  const messages = 200;
  for (let i = 0; i < messages; i++) producer.send(frames(...numbered(`${i}-`, 100)));
  await until(() => bench.store?.cursor === messages * 100);
  assert.equal(disk.syncs, 1);
  const acked = (async () => {
    for (let i = 0; i < messages; i++) assert.equal((await producer.nextJson()).events, 100);
  })();
  await disk.releaseUntil(acked);
  assert.equal(disk.syncs, 2);
});

Deno.test("Collector serves its sockets while the writing thread itself waits", async () => {
  const disk = new HeldDisk();
  await using started = await startOn(disk);
  const { bench, path } = started;
  await using producer = await bench.connect("/event", "theia.v1");
  producer.send(frame({ id: "before" }));
  await disk.releaseUntil(producer.nextJson());
  // As a checkpoint on a slow disk does, a lock holds the thread up within a commit.
  using other = new DatabaseSync(path);
  other.exec("BEGIN IMMEDIATE");
  producer.send(frame({ id: "after" }));
  for (let i = 0; i < 20; i++) await findOne(bench);
  assert.equal(bench.store?.cursor, 1, "the thread waits for the lock, and no find for the thread");
  other.exec("ROLLBACK");
  await disk.releaseUntil(producer.nextJson());
  assert.equal(bench.store?.cursor, 2);
});
