import assert from "node:assert/strict";
import type { Event } from "../../../lib/event/event.ts";
import { RawEvent } from "../../../lib/event/raw_event.ts";
import type { EventBatch } from "../../../lib/store/store.ts";
import { assertSameEvents, event, events, find, findIds, rawEvent } from "../fixtures.ts";
import type { OpenStore } from "../store_contract.ts";

const UNUSUAL: Readonly<Record<string, RawEvent>> = {
  "nanoseconds in the timestamp": rawEvent(
    "id:ns\ntimestamp: 1600000000.123456789\nsource:s\ntags:\n",
    "x",
  ),
  "unknown headers in any order": rawEvent(
    "zone: eu\ntags:a,b\nid: u\nX-Trace:  1:2:3 \nsource:s\nno colon here\ntimestamp:1.5\n",
    "x",
  ),
  "CRLF header lines": rawEvent(
    "id:crlf\r\ntimestamp: 2\r\nsource:s\r\ntags:a,b\r\n",
    "x\r\ny\r\n",
  ),
  "multi-byte text": rawEvent(
    "id:жук-🐞\ntimestamp: 3\nsource:/лог\ntags:ü,日本\n",
    "\u{feff}Ünïcödé 🐞\n日本",
  ),
  "NUL and control characters": rawEvent(
    "id:nul\ntimestamp: 4\nsource:\0\ntags:\n",
    "a\0b\u0001\u007f\u0085\u2028",
  ),
  "empty content": rawEvent("id:empty\ntimestamp: 5\nsource:\ntags:\n", ""),
  "header without a final newline": rawEvent("id:cut\ntimestamp: 6", "x"),
  "no tags and no source": rawEvent("id:bare\ntimestamp: 7\n", "x"),
  "content that looks like an event": rawEvent(
    "id:frame\ntimestamp: 8\n",
    "\nevent: 25 23 2\nid:a\ntimestamp: 1600000000\nhi\n\n",
  ),
  "1 MiB content": rawEvent("id:big\ntimestamp: 9\n", "0123456789abcdef".repeat(1 << 16)),
  "a negative timestamp": rawEvent("id:old\ntimestamp: -12.25\n", "x"),
  "a timestamp in exponent form": rawEvent("id:exp\ntimestamp: 1.7e9\n", "x"),
  "the greatest timestamp": rawEvent(`id:max\ntimestamp: ${Number.MAX_VALUE}\n`, "x"),
};

const INVALID: Readonly<Record<string, () => Event>> = {
  "an empty id": () => ({ ...event("x"), id: "" }),
  "an id of two lines": () => ({ ...event("x"), id: "a\nb" }),
  "a source of two lines": () => ({ ...event("x"), source: "a\nb" }),
  "a tag with a comma": () => ({ ...event("x"), tags: ["a,b"] }),
  "no number as timestamp": () => ({ ...event("x"), timestamp: NaN }),
  "an endless timestamp": () => ({ ...event("x"), timestamp: Infinity }),
  "a raw event without a valid timestamp": () =>
    RawEvent.fromParts(new TextEncoder().encode("id:x\ntimestamp: soon\n"), new Uint8Array()),
  "a header that no reader takes": () => ({ ...event("x"), source: "s".repeat(1 << 16) }),
};

/** What `save` must do. */
export function testSaving(name: string, open: OpenStore): void {
  Deno.test(`${name}.save keeps byte for byte`, async (t) => {
    await using fixture = await open();
    let store = fixture.store;
    const unusual = Object.values(UNUSUAL);

    async function check(when: string): Promise<void> {
      for (const [what, item] of Object.entries(UNUSUAL)) {
        await t.step(`${what} ${when}`, async () => {
          const at = item.timestamp;
          assertSameEvents((await find(store, { start: at, end: at })).events, [item]);
          assertSameEvents([await store.get(item.id)], [item]);
        });
      }
      assert.deepEqual(await store.save(unusual), { saved: 0, duplicates: unusual.length });
    }

    assert.equal((await store.save(unusual)).saved, unusual.length);
    await check("at once");
    store = await fixture.reopen() ?? store;
    await check("after reopening");
    await store.save(events("more", 5000, 1e6));
    await check("behind many others");
  });

  Deno.test(`${name}.save returns what it stored and what were duplicates`, async () => {
    await using fixture = await open();
    const batch = [event("a"), event("b"), event("a")];
    assert.deepEqual(await fixture.store.save(batch), { saved: 2, duplicates: 1 });
    assert.deepEqual(await fixture.store.save(batch), { saved: 0, duplicates: 3 });
    assert.deepEqual(await fixture.store.save([]), { saved: 0, duplicates: 0 });
    assert.deepEqual(await findIds(fixture.store), ["a", "b"]);
  });

  Deno.test(`${name}.save keeps the first of two duplicates`, async () => {
    await using fixture = await open();
    const first = event("a", { content: "first", source: "one" });
    await fixture.store.save([first]);
    await fixture.store.save([event("a", { content: "second", source: "two" })]);
    assertSameEvents((await find(fixture.store)).events, [first]);
  });

  Deno.test(`${name}.save recognises duplicates after reopening`, async () => {
    await using fixture = await open();
    await fixture.store.save(events("a", 10));
    const store = await fixture.reopen();
    if (store === undefined) return;
    const again = await store.save([...events("a", 10), event("new")]);
    assert.deepEqual(again, { saved: 1, duplicates: 10 });
    assert.equal((await findIds(store)).length, 11);
  });

  Deno.test(`${name}.save tells events of one id apart by their timestamps`, async () => {
    await using fixture = await open();
    const batch = [
      event("a", { timestamp: 2, content: "later" }),
      event("a", { timestamp: 1, content: "earlier" }),
      rawEvent("id:a\ntimestamp: 1600000000.000000238\n", "x"),
      rawEvent("id:a\ntimestamp: 1600000000.000000477\n", "y"),
    ];
    assert.deepEqual(await fixture.store.save(batch), { saved: 4, duplicates: 0 });
    assert.deepEqual(await fixture.store.save(batch), { saved: 0, duplicates: 4 });
    const contents = (await find(fixture.store)).events.map(({ content }) => content);
    assert.deepEqual(contents, ["earlier", "later", "x", "y"]);
  });

  Deno.test(`${name}.save takes timestamps of the same number as equal, however written`, async () => {
    await using fixture = await open();
    const batch = ["1.5", " 1.50", "15e-1", "+1.500000000"].map((text) =>
      rawEvent(`id:a\ntimestamp:${text}\n`, "x")
    );
    assert.deepEqual(await fixture.store.save(batch), { saved: 1, duplicates: 3 });
  });

  Deno.test(`${name}.save gives rising arrival numbers in the order of the calls`, async () => {
    await using fixture = await open();
    const { store } = fixture;
    assert.equal(store.cursor, 0);
    const calls = Array.from({ length: 20 }, (_, i) => store.save(events(`${i}-`, i)));
    await Promise.all(calls);
    const { ids, arrivals } = await find(store, { order: "asc" });
    const byArrival = ids
      .map((id, i) => ({ id, arrival: arrivals[i] ?? 0 }))
      .sort((a, b) => a.arrival - b.arrival)
      .map(({ id }) => id);
    const sent = calls.flatMap((_, i) => events(`${i}-`, i).map(({ id }) => id));
    assert.deepEqual(byArrival, sent);
    assert.equal(new Set(arrivals).size, arrivals.length);
    assert.equal(store.cursor, Math.max(...arrivals));
  });

  Deno.test(`${name}.save calls onAccepted once, before it resolves, with what is new`, async () => {
    await using fixture = await open();
    const { store } = fixture;
    await store.save([event("old")]);
    const batches: EventBatch[] = [];
    let resolved = false;
    const batch = [event("a"), event("old"), event("b", { timestamp: 0 }), event("a")];
    const saving = store.save(batch, {
      onAccepted: (accepted) => {
        assert.equal(resolved, false);
        batches.push(accepted);
      },
    }).then(() => resolved = true);
    await saving;
    assert.equal(batches.length, 1);
    const [accepted] = batches;
    assert.deepEqual(accepted?.events.map(({ id }) => id), ["a", "b"]);
    const { ids, arrivals } = await find(store, { id: "[ab]$" });
    assert.deepEqual(ids, ["b", "a"]);
    assert.deepEqual(accepted?.arrivals, arrivals.toReversed());
    assert.equal(store.cursor, Math.max(...arrivals));
  });

  Deno.test(`${name}.save shows events to searches when onAccepted is called`, async () => {
    await using fixture = await open();
    const { store } = fixture;
    let searched: Promise<readonly string[]> | undefined;
    await store.save([event("a")], { onAccepted: () => searched = findIds(store) });
    assert.deepEqual(await searched, ["a"]);
  });

  Deno.test(`${name}.save calls onAccepted with no event when all are duplicates`, async () => {
    await using fixture = await open();
    await fixture.store.save([event("a")]);
    const accepted: number[] = [];
    await fixture.store.save([event("a")], {
      onAccepted: (batch) => accepted.push(batch.events.length),
    });
    assert.deepEqual(accepted, [0]);
  });

  Deno.test(`${name}.save stores nothing of a call with`, async (t) => {
    await using fixture = await open();
    const { store } = fixture;
    for (const [what, make] of Object.entries(INVALID)) {
      await t.step(what, async () => {
        const before = await findIds(store);
        await assert.rejects(store.save([event("before"), make(), event("after")]));
        assert.deepEqual(await findIds(store), before);
        assert.equal((await store.stats()).events, before.length);
      });
    }
  });

  Deno.test(`${name}.save takes late events of any age`, async () => {
    await using fixture = await open();
    const timestamps = [2e9, 1e9, 1.5e9, 0.5, 1e9 + 0.5, -1e9, 3e9];
    for (const [i, timestamp] of timestamps.entries()) {
      await fixture.store.save([event(`late${i}`, { timestamp })]);
    }
    const found = await find(fixture.store);
    assert.deepEqual(
      found.events.map(({ timestamp }) => timestamp),
      timestamps.toSorted((a, b) => a - b),
    );
  });
}
