import assert from "node:assert/strict";
import type { LogSync } from "../../lib/base/log_sync.ts";
import { EventWriteError } from "../../lib/store/store.ts";
import { event, events, findIds } from "./fixtures.ts";
import { openSqlite } from "./sqlite_fixture.ts";

/** A disk that syncs when it is told to. */
class SlowDisk {
  readonly #waiting: PromiseWithResolvers<void>[] = [];
  #onSync = Promise.withResolvers<void>();
  syncs = 0;

  readonly openLogSync = (): Promise<LogSync> =>
    Promise.resolve({
      sync: () => {
        this.syncs++;
        const sync = Promise.withResolvers<void>();
        this.#waiting.push(sync);
        this.#onSync.resolve();
        return sync.promise;
      },
      [Symbol.dispose]() {},
    });

  /** Resolves when a sync waits. */
  async syncing(): Promise<void> {
    await this.#onSync.promise;
  }

  finish(): void {
    this.#next()?.resolve();
  }

  fail(error: Error): void {
    this.#next()?.reject(error);
  }

  /** Finishes all that come until the promise settles. */
  async finishUntil(promise: PromiseLike<unknown>): Promise<void> {
    let isSettled = false;
    const settled = Promise.resolve(promise).finally(() => isSettled = true);
    while (!isSettled) {
      await Promise.race([this.syncing(), settled]);
      this.finish();
    }
  }

  #next(): PromiseWithResolvers<void> | undefined {
    const sync = this.#waiting.shift();
    if (this.#waiting.length === 0) this.#onSync = Promise.withResolvers();
    return sync;
  }
}

Deno.test("SqliteStore.save resolves after the sync and shows events before it", async () => {
  const disk = new SlowDisk();
  await using fixture = await openSqlite({ openLogSync: disk.openLogSync });
  const { store } = fixture;
  let isSaved = false;
  const accepted = Promise.withResolvers<void>();
  const saving = store.save([event("a")], { onAccepted: () => accepted.resolve() })
    .then(() => isSaved = true);
  await accepted.promise;
  await disk.syncing();
  assert.deepEqual(await findIds(store), ["a"]);
  assert.equal(isSaved, false);
  disk.finish();
  await saving;
});

Deno.test("SqliteStore.save of duplicates waits for the sync of the first ones", async () => {
  const disk = new SlowDisk();
  await using fixture = await openSqlite({ openLogSync: disk.openLogSync });
  const { store } = fixture;
  const order: string[] = [];
  const first = store.save([event("a")]).then(() => order.push("first"));
  const second = store.save([event("a")]).then(() => order.push("second"));
  await disk.syncing();
  assert.deepEqual(await findIds(store), ["a"]);
  assert.deepEqual(order, []);
  await disk.finishUntil(Promise.all([first, second]));
  assert.deepEqual(order, ["first", "second"]);
});

Deno.test("SqliteStore serves many saves with few syncs", async () => {
  const disk = new SlowDisk();
  await using fixture = await openSqlite({ openLogSync: disk.openLogSync });
  const { store } = fixture;
  const saves = Array.from({ length: 500 }, (_, i) => store.save([event(`e${i}`)]));
  await disk.finishUntil(Promise.all(saves));
  assert.ok(disk.syncs < 20, `${disk.syncs} syncs for 500 saves`);
});

Deno.test("SqliteStore waits with closing for the sync", async () => {
  const disk = new SlowDisk();
  await using fixture = await openSqlite({ openLogSync: disk.openLogSync });
  let isSaved = false;
  const saving = fixture.store.save([event("a")]).then(() => isSaved = true);
  const closing = fixture.store[Symbol.asyncDispose]();
  await disk.finishUntil(closing);
  assert.equal(isSaved, true);
  await saving;
});

Deno.test("SqliteStore takes nothing after a failed sync, and says so", async () => {
  const disk = new SlowDisk();
  await using fixture = await openSqlite({ openLogSync: disk.openLogSync });
  const { store } = fixture;
  const wrongly: string[] = [];
  const saves = Array.from({ length: 40 }, (_, i) =>
    store.save(events(`${i}-`, 200), {
      onAccepted: ({ events, arrivals }) => {
        assert.equal(events.length, arrivals.length);
        if (events.some(({ id }) => !id.startsWith(`${i}-`))) wrongly.push(`${i}`);
      },
    }));
  const settled = Promise.allSettled([...saves, store.delete("0-1")]);
  await disk.syncing();
  disk.fail(new Error("the disk is gone"));
  for (const result of await settled) {
    assert.equal(result.status, "rejected");
    assert.ok(result.reason instanceof EventWriteError, `${result.reason}`);
    assert.equal(result.reason.retryable, false);
    assert.match(result.reason.message, /the disk is gone; open it again/);
  }
  assert.deepEqual(wrongly, []);
  for (const call of [store.save([event("b")]), store.delete("0-1")]) {
    await assert.rejects(call, (error) => {
      assert.ok(error instanceof EventWriteError);
      assert.match(error.message, /the disk is gone; open it again/);
      return true;
    });
  }
  await findIds(store);
  const closing = fixture.reopen();
  const again = await closing;
  const saving = again.save([event("b")]);
  await disk.finishUntil(saving);
  assert.deepEqual(await saving, { saved: 1, duplicates: 0 });
});

Deno.test("SqliteStore.open reports that the log cannot be opened and frees the store", async () => {
  await using fixture = await openSqlite();
  await fixture.store[Symbol.asyncDispose]();
  let isBroken = true;
  const broken = openSqlite({
    openLogSync: () =>
      isBroken ? Promise.reject(new Error("no log")) : new SlowDisk().openLogSync(),
  });
  await assert.rejects(broken, /no log/);
  isBroken = false;
  await fixture.reopen();
});
