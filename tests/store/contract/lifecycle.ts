import assert from "node:assert/strict";
import { type EventStore, EventStoreError } from "../../../lib/store/store.ts";
import { event, events, find, findIds } from "../fixtures.ts";
import type { OpenStore } from "../store_contract.ts";

const CALLS: Readonly<Record<string, (store: EventStore) => Promise<unknown>>> = {
  save: (store) => store.save([event("b")]),
  get: (store) => store.get("a"),
  delete: (store) => store.delete("a"),
  search: (store) => find(store),
  count: (store) => store.count({}, { interval: 1 }),
  stats: (store) => store.stats(),
};

/** Statistics, and what closing does. */
export function testLifecycle(name: string, open: OpenStore): void {
  Deno.test(`${name}.stats of an empty store`, async () => {
    await using fixture = await open();
    const { storedBytes, ...stats } = await fixture.store.stats();
    assert.ok(storedBytes >= 0);
    const nothing = { oldest: undefined, newest: undefined };
    assert.deepEqual(stats, { events: 0, rawBytes: 0, damaged: 0, ...nothing });
  });

  Deno.test(`${name}.stats counts events and bytes, and tells the span of time`, async () => {
    await using fixture = await open();
    let store = fixture.store;
    const sent = [
      event("a", { timestamp: 2.5, content: "ä" }),
      event("b", { timestamp: -1 }),
      event("c", { timestamp: 1e9 }),
    ];
    await store.save(sent);
    const { events: found } = await find(store);
    const rawBytes = found.reduce(
      (sum, item) => sum + item.headerBytes().length + item.contentBytes().length,
      0,
    );
    for (const again of [false, true]) {
      if (again) store = await fixture.reopen() ?? store;
      const { storedBytes, ...stats } = await store.stats();
      assert.ok(storedBytes > 0);
      assert.deepEqual(stats, { events: 3, rawBytes, damaged: 0, oldest: -1, newest: 1e9 });
    }
    await store.delete("c");
    const { oldest, newest } = await store.stats();
    assert.deepEqual([oldest, newest], [-1, 2.5]);
  });

  for (const [method, call] of Object.entries(CALLS)) {
    Deno.test(`${name}.${method} rejects after the store was closed`, async () => {
      await using fixture = await open();
      await fixture.store.save([event("a")]);
      await fixture.store[Symbol.asyncDispose]();
      await assert.rejects(call(fixture.store), (error) => {
        assert.ok(error instanceof EventStoreError, `${error}`);
        assert.match(error.message, /closed/);
        return true;
      });
    });
  }

  Deno.test(`${name}.search that was begun rejects when the store is closed`, async () => {
    await using fixture = await open();
    const { store } = fixture;
    await store.save(events("a", 20_000));
    const search = store.search({});
    const waiting = store.search({})[Symbol.asyncIterator]();
    await waiting.next();
    await store[Symbol.asyncDispose]();
    await assert.rejects(find(store), EventStoreError);
    await assert.rejects(async () => {
      for await (const _ of search);
    }, EventStoreError);
    await assert.rejects(async () => {
      while (!(await waiting.next()).done);
    }, EventStoreError);
  });

  Deno.test(`${name} waits with closing for saves in flight`, async () => {
    await using fixture = await open();
    const { store } = fixture;
    let settled = 0;
    const saves = Array.from(
      { length: 30 },
      (_, i) => store.save(events(`${i}-`, 200)).then(() => settled++),
    );
    await store[Symbol.asyncDispose]();
    assert.equal(settled, 30);
    await Promise.all(saves);
    const reopened = await fixture.reopen();
    if (reopened !== undefined) assert.equal((await findIds(reopened)).length, 6000);
  });

  Deno.test(`${name} waits with closing for a delete in flight`, async () => {
    await using fixture = await open();
    const { store } = fixture;
    await store.save(events("a", 3));
    let deleted = false;
    const deleting = store.delete("a1").then(() => deleted = true);
    await store[Symbol.asyncDispose]();
    assert.equal(deleted, true);
    await deleting;
    const reopened = await fixture.reopen();
    if (reopened !== undefined) assert.deepEqual(await findIds(reopened), ["a0", "a2"]);
  });

  Deno.test(`${name} may be closed again, also at the same time`, async () => {
    await using fixture = await open();
    const { store } = fixture;
    await store.save([event("a")]);
    await Promise.all([store[Symbol.asyncDispose](), store[Symbol.asyncDispose]()]);
    await store[Symbol.asyncDispose]();
  });

  Deno.test(`${name} rejects a save that comes while it closes`, async () => {
    await using fixture = await open();
    const { store } = fixture;
    const saving = store.save([event("a")]);
    const closing = store[Symbol.asyncDispose]();
    await assert.rejects(store.save([event("b")]), EventStoreError);
    await closing;
    assert.equal((await saving).saved, 1);
    const reopened = await fixture.reopen();
    if (reopened !== undefined) assert.deepEqual(await findIds(reopened), ["a"]);
  });

  Deno.test(`${name} keeps everything over reopening`, async () => {
    await using fixture = await open();
    await fixture.store.save(events("a", 5000));
    await fixture.store.save(events("b", 10));
    const { arrivals } = await find(fixture.store);
    const store = await fixture.reopen();
    if (store === undefined) return;
    const found = await find(store);
    assert.deepEqual(found.arrivals, arrivals);
    assert.equal(store.cursor, Math.max(...arrivals));
  });
}
