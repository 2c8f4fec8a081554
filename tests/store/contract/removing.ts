import assert from "node:assert/strict";
import { EventNotFoundError } from "../../../lib/store/store.ts";
import { assertSameEvents, event, events, find, findIds } from "../fixtures.ts";
import type { OpenStore } from "../store_contract.ts";

/** What `get` and `delete` must do. */
export function testRemoving(name: string, open: OpenStore): void {
  Deno.test(`${name}.get returns the event with the greatest timestamp`, async () => {
    await using fixture = await open();
    const latest = event("a", { timestamp: 3, content: "latest" });
    await fixture.store.save([event("a", { timestamp: 2 }), latest, event("ab", { timestamp: 9 })]);
    await fixture.store.save([event("a", { timestamp: 1 })]);
    assertSameEvents([await fixture.store.get("a")], [latest]);
  });

  Deno.test(`${name}.get rejects when no event has the id`, async () => {
    await using fixture = await open();
    await fixture.store.save([event("ab")]);
    for (const id of ["a", "abc", "", ".*", "AB"]) {
      await assert.rejects(fixture.store.get(id), (error) => {
        assert.ok(error instanceof EventNotFoundError, `${error}`);
        assert.equal(error.id, id);
        return true;
      });
    }
  });

  Deno.test(`${name}.delete removes all events with the id`, async () => {
    await using fixture = await open();
    const { store } = fixture;
    await store.save([event("a", { timestamp: 1 }), event("b"), event("a", { timestamp: 2 })]);
    await store.delete("a");
    assert.deepEqual(await findIds(store), ["b"]);
    assert.equal((await store.stats()).events, 1);
    await assert.rejects(store.get("a"), EventNotFoundError);
    const reopened = await fixture.reopen();
    if (reopened !== undefined) assert.deepEqual(await findIds(reopened), ["b"]);
  });

  Deno.test(`${name}.delete rejects when no event has the id`, async () => {
    await using fixture = await open();
    const { store } = fixture;
    await assert.rejects(store.delete("a"), EventNotFoundError);
    await store.save([event("a")]);
    await store.delete("a");
    await assert.rejects(store.delete("a"), EventNotFoundError);
    assert.equal((await store.stats()).events, 0);
  });

  Deno.test(`${name}.delete makes room for the same event`, async () => {
    await using fixture = await open();
    const { store } = fixture;
    await store.save([event("a"), event("b")]);
    await store.delete("a");
    assert.deepEqual(await store.save([event("a"), event("b")]), { saved: 1, duplicates: 1 });
    assert.equal((await store.get("a")).id, "a");
    assert.deepEqual((await findIds(store)).toSorted(), ["a", "b"]);
  });

  Deno.test(`${name}.delete frees no arrival number`, async () => {
    await using fixture = await open();
    let store = fixture.store;
    await store.save(events("a", 3));
    const before = store.cursor;
    for (const { id } of events("a", 3)) await store.delete(id);
    assert.equal(store.cursor, before);
    store = await fixture.reopen() ?? store;
    assert.equal(store.cursor, before);
    await store.save([event("b")]);
    assert.ok(store.cursor > before);
    const { arrivals } = await find(store, { since: before });
    assert.deepEqual(arrivals, [store.cursor]);
    store = await fixture.reopen() ?? store;
    assert.equal(store.cursor, arrivals[0]);
  });

  Deno.test(`${name}.delete waits its turn behind the saves before it`, async () => {
    await using fixture = await open();
    const { store } = fixture;
    const saves = Array.from({ length: 20 }, (_, i) => store.save([event(`e${i}`)]));
    await Promise.all([...saves, store.delete("e19")]);
    assert.equal((await findIds(store)).length, 19);
  });
}
