import assert from "node:assert/strict";
import type { Event } from "../../../lib/event/event.ts";
import { assertSameEvents, event, find, findIds } from "../fixtures.ts";
import { Random } from "../../random.ts";
import type { ContractSize, OpenStore } from "../store_contract.ts";

/** A tenth comes late. */
function manyEvents(count: number): Event[] {
  const random = new Random(7);
  return Array.from({ length: count }, (_, i) => {
    const late = random.chance(0.1) ? random.below(count) : 0;
    return event(`event-${i}`, {
      timestamp: 1e9 + Math.floor((i - late) / 8),
      source: `/var/log/app${i % 7}.log`,
      tags: i % 3 ? ["web", `host${i % 50}`] : [],
      content: `request ${i} took ${random.below(1000)} ms${i % 1000 === 0 ? " — slow" : ""}`,
    });
  });
}

/** What holds for few events must hold for many. */
export function testManyEvents(
  name: string,
  open: OpenStore,
  { events: count }: Required<ContractSize>,
): void {
  Deno.test(`${name} finds each of ${count} events`, async (t) => {
    await using fixture = await open();
    let store = fixture.store;
    const sent = manyEvents(count);
    const middle = count / 2;
    for (let i = 0; i < count; i += 1700) await store.save(sent.slice(i, i + 1700));
    const sorted = sent
      .map((item, i) => ({ item, i }))
      .sort((a, b) => a.item.timestamp - b.item.timestamp || a.i - b.i)
      .map(({ item }) => item);

    async function check(): Promise<void> {
      assertSameEvents((await find(store)).events, sorted);
      assertSameEvents((await find(store, { order: "desc" })).events, sorted.toReversed());
      assert.equal((await store.stats()).events, count);
    }

    await t.step("in both orders", check);
    await t.step("by criteria", async () => {
      const start = 1e9 + count / 50;
      const chosen = sorted.filter((item) =>
        item.timestamp >= start && item.source.endsWith("3.log") && item.tags.includes("host7")
      );
      assertSameEvents(
        (await find(store, { start, source: "/var/log/app3", tags: ["host7"] })).events,
        chosen,
      );
      assertSameEvents(
        (await find(store, { content: "— s.ow", order: "desc" })).events,
        sorted.filter(({ content }) => content.includes("slow")).toReversed(),
      );
      assert.deepEqual(
        await findIds(store, { content: "took 5 ms", limit: 7 }),
        sorted.filter(({ content }) => /took 5 ms/.test(content)).slice(0, 7).map(({ id }) => id),
      );
    });
    await t.step("as duplicates when they come again", async () => {
      const random = new Random(8);
      const again = Array.from({ length: 200 }, () => random.pick(sent));
      assert.deepEqual(await store.save(again), { saved: 0, duplicates: 200 });
      const run = sent.slice(middle, middle + 5000);
      assert.deepEqual(await store.save(run), { saved: 0, duplicates: 5000 });
    });
    await t.step("by id", async () => {
      for (const i of [0, 1, 4095, 4096, middle, count - 1]) {
        assert.equal((await store.get(`event-${i}`)).content, sent[i]?.content);
      }
    });
    await t.step("after reopening", async () => {
      store = await fixture.reopen() ?? store;
      await check();
    });
    await t.step("but those that were deleted", async () => {
      for (const i of [0, 4096, middle, count - 1]) await store.delete(`event-${i}`);
      assert.equal((await findIds(store)).length, count - 4);
      assert.deepEqual(await findIds(store, { id: `event-${middle}$` }), []);
      assert.deepEqual(await store.save(sent.slice(4090, 4100)), { saved: 1, duplicates: 9 });
    });
  });
}
