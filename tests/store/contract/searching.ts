import assert from "node:assert/strict";
import { assertSameEvents, drain, event, events, find, findIds } from "../fixtures.ts";
import type { OpenStore } from "../store_contract.ts";

/** What `search` must do, whatever the criteria. */
export function testSearching(name: string, open: OpenStore): void {
  Deno.test(`${name}.search orders by timestamp, ties by arrival`, async () => {
    await using fixture = await open();
    const { store } = fixture;
    await store.save([event("c", { timestamp: 2 }), event("z", { timestamp: 1 })]);
    await store.save([event("b", { timestamp: 2 }), event("y", { timestamp: 1 })]);
    await store.save([event("a", { timestamp: 2 }), event("x", { timestamp: 3 })]);
    const expected = ["z", "y", "c", "b", "a", "x"];
    assert.deepEqual(await findIds(store), expected);
    assert.deepEqual(await findIds(store, { order: "asc" }), expected);
    assert.deepEqual(await findIds(store, { order: "desc" }), expected.toReversed());
    assert.deepEqual(await findIds(store, { order: "desc", limit: 4 }), ["x", "a", "b", "c"]);
  });

  Deno.test(`${name}.search finds nothing in an empty store`, async () => {
    await using fixture = await open();
    const { ids, search } = await find(fixture.store);
    assert.deepEqual(ids, []);
    assert.deepEqual(search.summary, { matched: 0, scanned: 0, cursor: 0 });
  });

  Deno.test(`${name}.search sees what was accepted before the call and nothing later`, async () => {
    await using fixture = await open();
    const { store } = fixture;
    await store.save([event("a"), event("b")]);
    const search = store.search({});
    const cursor = store.cursor;
    await store.save([event("c"), event("early", { timestamp: 0 })]);
    const { ids } = await drain(search);
    assert.deepEqual(ids, ["a", "b"]);
    assert.equal(search.summary.cursor, cursor);
  });

  Deno.test(`${name}.search sees no event twice or never while others are saved`, async () => {
    await using fixture = await open();
    const { store } = fixture;
    const saves: Promise<unknown>[] = [];
    for (let round = 0; round < 30; round++) {
      saves.push(store.save(events(`${round}-`, 400, -round)));
      if (round % 5 !== 4) continue;
      await saves.at(-3);
      const search = store.search({ order: round % 2 ? "asc" : "desc" });
      const { arrivals } = await drain(search);
      const expected = Array.from({ length: search.summary.cursor }, (_, i) => i + 1);
      assert.deepEqual(arrivals.toSorted((a, b) => a - b), expected);
    }
    await Promise.all(saves);
  });

  Deno.test(`${name}.search cursor and since together miss and repeat nothing`, async () => {
    await using fixture = await open();
    const { store } = fixture;
    const seen: number[] = [];
    let since = 0;
    const saves: Promise<unknown>[] = [];
    for (let round = 0; round < 40; round++) {
      saves.push(store.save(events(`${round}-`, 150, -round)));
      const { arrivals, search } = await find(store, { since });
      for (const arrival of arrivals) seen.push(arrival);
      since = search.summary.cursor;
    }
    await Promise.all(saves);
    for (const arrival of (await find(store, { since })).arrivals) seen.push(arrival);
    assert.deepEqual(
      seen.toSorted((a, b) => a - b),
      Array.from({ length: 40 * 150 }, (_, i) => i + 1),
    );
  });

  Deno.test(`${name}.search summary tells what was matched, scanned and up to where`, async () => {
    await using fixture = await open();
    const { store } = fixture;
    await store.save(events("a", 30));
    const { search } = await find(store, { id: "a1" });
    assert.deepEqual(search.summary, { matched: 11, scanned: 30, cursor: store.cursor });
  });

  Deno.test(`${name}.search may be iterated while another one is half done`, async () => {
    await using fixture = await open();
    const { store } = fixture;
    await store.save(events("a", 5000));
    const halves = [];
    for (let i = 0; i < 5; i++) {
      const iterator = store.search({ order: i % 2 ? "desc" : "asc" })[Symbol.asyncIterator]();
      halves.push({ iterator, first: await iterator.next() });
    }
    assert.equal((await findIds(store)).length, 5000);
    for (const [i, { iterator, first }] of halves.entries()) {
      let count = first.value?.events.length ?? 0;
      assert.equal(first.value?.events[0]?.id, i % 2 ? "a4999" : "a0");
      for (let next = await iterator.next(); !next.done; next = await iterator.next()) {
        count += next.value.events.length;
      }
      assert.equal(count, 5000);
    }
  });

  Deno.test(`${name}.search rejects with the reason of a signal that aborted before`, async () => {
    await using fixture = await open();
    const { store } = fixture;
    await store.save([event("a")]);
    const reason = new Error("left");
    await assert.rejects(find(store, {}, { signal: AbortSignal.abort(reason) }), reason);
    await assert.rejects(find(store, { id: "no" }, { signal: AbortSignal.abort(reason) }), reason);
    assert.deepEqual(await findIds(store), ["a"]);
  });

  Deno.test(`${name}.search rejects with the reason of a signal that aborts during it`, async () => {
    await using fixture = await open();
    const { store } = fixture;
    await store.save(events("a", 9000));
    const reason = new Error("left");
    const controller = new AbortController();
    const iterator = store.search({}, { signal: controller.signal })[Symbol.asyncIterator]();
    assert.equal((await iterator.next()).done, false);
    controller.abort(reason);
    await assert.rejects(iterator.next(), reason);
    assert.equal((await iterator.next()).done, true);
    assert.equal((await findIds(store)).length, 9000);
  });

  Deno.test(`${name}.search rejects with the reason of a signal while it waits`, async () => {
    await using fixture = await open();
    const { store } = fixture;
    await store.save(events("a", 9000));
    const reason = new Error("left");
    const controller = new AbortController();
    const finding = find(store, { content: "no such content" }, { signal: controller.signal });
    queueMicrotask(() => controller.abort(reason));
    // A store that needs no time to answer may have answered.
    const outcome = await finding.then(({ ids }) => ids, (error) => error);
    assert.ok(outcome === reason || outcome.length === 0, `${outcome}`);
  });

  Deno.test(`${name}.search ends when its loop is left`, async () => {
    await using fixture = await open();
    const { store } = fixture;
    await store.save(events("a", 9000));
    for (let i = 0; i < 30; i++) {
      const search = store.search({ order: i % 2 ? "desc" : "asc" });
      for await (const batch of search) {
        assert.equal(batch.events[0]?.id, i % 2 ? "a8999" : "a0");
        break;
      }
      assert.ok(search.summary.matched > 0);
    }
    assert.equal((await findIds(store)).length, 9000);
  });

  Deno.test(`${name}.search that nobody iterates holds up nothing`, async () => {
    await using fixture = await open();
    const { store } = fixture;
    for (let i = 0; i < 100; i++) store.search({ content: "x" });
    await store.save([event("a")]);
    assert.deepEqual(await findIds(store), ["a"]);
  });

  Deno.test(`${name}.search gives events that stay as they are when more are taken`, async () => {
    await using fixture = await open();
    const { store } = fixture;
    const sent = events("a", 6000);
    await store.save(sent);
    const { events: found } = await find(store);
    await store.save(events("b", 6000));
    await find(store);
    assertSameEvents(found, sent);
  });

  Deno.test(`${name}.search and save go on beside each other`, async () => {
    await using fixture = await open();
    const { store } = fixture;
    await store.save(events("a", 3000));
    const work: Promise<unknown>[] = [];
    for (let i = 0; i < 20; i++) {
      work.push(store.save(events(`${i}-`, 100)));
      work.push(find(store, { id: "a" }).then(({ ids }) => assert.equal(ids.length, 3000)));
      work.push(store.get(`a${i}`).then(({ id }) => assert.equal(id, `a${i}`)));
    }
    await Promise.all(work);
    assert.equal((await findIds(store)).length, 5000);
  });
}
