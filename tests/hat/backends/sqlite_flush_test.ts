import assert from "node:assert/strict";
import { EventPayloadBinary, type LogSync, SqliteBackend } from "../../../lib/hat/mod.ts";
import { openLogSync } from "../../../lib/base/log_sync.ts";
import { until } from "../../e2e/until.ts";
import { assertRefused, FakeClock, found, hatEvent, idText } from "./fixtures.ts";

/** A disk that a test holds up. */
class HeldDisk {
  /** Syncs that have begun. */
  syncs = 0;
  #gate = Promise.resolve();
  #failure: Error | undefined;

  readonly open = async (path: string): Promise<LogSync> => {
    const log = await openLogSync(path);
    return {
      sync: async () => {
        this.syncs++;
        await this.#gate;
        if (this.#failure !== undefined) throw this.#failure;
        await log.sync();
      },
      [Symbol.dispose]: () => log[Symbol.dispose](),
    };
  };

  /** Holds syncs up until the result is called. */
  hold(): () => void {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#gate = promise;
    return resolve;
  }

  fail(error: Error | undefined): void {
    this.#failure = error;
  }
}

async function tempPath(): Promise<AsyncDisposable & { readonly path: string }> {
  const directory = await Deno.makeTempDir({ prefix: "theia-hat-" });
  return {
    path: `${directory}/hat.db`,
    [Symbol.asyncDispose]: () => Deno.remove(directory, { recursive: true }),
  };
}

Deno.test("SqliteBackend calls events flushed when the disk has them and not before", async () => {
  await using file = await tempPath();
  const disk = new HeldDisk();
  const clock = new FakeClock();
  await using backend = await SqliteBackend.open(file.path, { openLogSync: disk.open, clock });
  const flushed: string[] = [];
  backend.onFlushed((events) => flushed.push(...events.map(idText)));
  const persisted = { kind: "server", serverId: 1, persisted: true } as const;

  const release = disk.hold();
  await backend.register([hatEvent(1)]);
  const first = backend.flush();
  await until("the sync", () => disk.syncs === 1);
  // The event loop and queries go on while the disk is busy.
  await backend.register([hatEvent(2)]);
  assert.deepEqual(await found(backend, { kind: "timeseries" }), ["1/2/1", "1/1/1"]);
  assert.deepEqual(await found(backend, persisted), []);
  assert.deepEqual(flushed, []);
  const second = backend.flush();
  release();
  await first;
  assert.deepEqual(flushed, ["1/1/1"]);
  await second;
  assert.deepEqual(flushed, ["1/1/1", "1/2/1"]);
  assert.equal(disk.syncs, 2);
  assert.deepEqual(await found(backend, persisted), ["1/1/1", "1/2/1"]);
  await backend.flush();
  assert.equal(disk.syncs, 2, "there was nothing to be synced");
});

Deno.test("SqliteBackend serves flushes that come together with one sync", async () => {
  await using file = await tempPath();
  const disk = new HeldDisk();
  const clock = new FakeClock();
  await using backend = await SqliteBackend.open(file.path, { openLogSync: disk.open, clock });
  const release = disk.hold();
  const flushes: Promise<void>[] = [];
  for (let session = 1; session <= 20; session++) {
    await backend.register([hatEvent(session)]);
    flushes.push(backend.flush());
    if (session === 1) await until("the sync", () => disk.syncs === 1);
  }
  release();
  await Promise.all(flushes);
  assert.equal(disk.syncs, 2);
});

Deno.test("SqliteBackend takes nothing more when the disk failed, and keeps what was flushed", async () => {
  await using file = await tempPath();
  const disk = new HeldDisk();
  const clock = new FakeClock();
  const backend = await SqliteBackend.open(file.path, { openLogSync: disk.open, clock });
  const flushed: string[] = [];
  backend.onFlushed((events) => flushed.push(...events.map(idText)));
  await backend.register([hatEvent(1)]);
  await backend.flush();
  disk.fail(new Error("the disk broke"));
  await backend.register([hatEvent(2)]);
  await assertRefused(backend.flush(), file.path, "the disk broke", "open it again");
  disk.fail(undefined);
  await assertRefused(backend.flush(), "the disk broke");
  await assertRefused(backend.register([hatEvent(3)]), "the disk broke", "open it again");
  assert.deepEqual(flushed, ["1/1/1"]);
  await assertRefused(backend[Symbol.asyncDispose](), "the disk broke");

  await using reopened = await SqliteBackend.open(file.path, { clock });
  assert.ok((await found(reopened, { kind: "timeseries" })).includes("1/1/1"));
});

Deno.test("SqliteBackend refuses a payload that is too large and takes those that are not", async () => {
  await using file = await tempPath();
  await using backend = await SqliteBackend.open(file.path, { clock: new FakeClock() });
  const large = hatEvent(1, { payload: new EventPayloadBinary("x", new Uint8Array(50 << 20)) });
  const tooLarge = hatEvent(2, { payload: new EventPayloadBinary("x", new Uint8Array(128 << 20)) });
  await assertRefused(backend.register([large, tooLarge]), "1/2/1", "134217727");
  assert.deepEqual(await found(backend, { kind: "timeseries" }), []);
  await backend.register([large, hatEvent(3), {
    ...large,
    id: { server: 2, session: 1, instance: 1 },
  }]);
  const { events } = await backend.query({ kind: "timeseries" });
  assert.deepEqual(events.map(idText), ["1/3/1", "2/1/1", "1/1/1"]);
  const { payload } = events[1] ?? large;
  assert.ok(payload?.kind === "binary" && payload.data.length === 50 << 20);
});
