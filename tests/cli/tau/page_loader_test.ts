import assert from "node:assert/strict";
import { loadPage, type PageRequest } from "../../../lib/cli/tau/page_loader.ts";
import { createEvent, type Event } from "../../../lib/event/event.ts";
import type { RawEvent } from "../../../lib/event/raw_event.ts";
import { forSeeds } from "../../random.ts";
import { StoreFinder } from "./store_finder.ts";

async function page(
  finder: StoreFinder,
  request: Omit<PageRequest, "criteria">,
): Promise<{ readonly ids: string[]; readonly isEnd: boolean }> {
  const found: RawEvent[] = [];
  const { signal } = new AbortController();
  const take = (events: readonly RawEvent[]) => void found.push(...events);
  const isEnd = await loadPage(finder, { criteria: {}, ...request }, take, signal);
  return { ids: found.map(({ id }) => id), isEnd };
}

Deno.test("loadPage gives exactly the next events, also among many of one time", () =>
  forSeeds(60, async (random) => {
    await using finder = new StoreFinder();
    finder.batchEvents = random.int(1, 20);
    const span = random.pick([1, 3, 40]);
    const events: Event[] = Array.from(
      { length: random.int(1, 150) },
      (_, i) => createEvent({ id: `${i}`, timestamp: random.int(-span, span) }),
    );
    await finder.push(events);
    const order = [...events].sort((a, b) => a.timestamp - b.timestamp).map(({ id }) => id);
    for (let turn = 0; turn < 20; turn++) {
      const anchor = random.chance(0.9) ? random.pick(events) : undefined;
      const count = random.int(1, 30);
      const ties = random.int(0, 5);
      const place = anchor === undefined ? -1 : order.indexOf(anchor.id);
      const newer = order.slice(place + 1);
      const older = order.slice(0, anchor === undefined ? undefined : place).reverse();
      for (const [direction, all] of [["newer", newer], ["older", older]] as const) {
        const { ids, isEnd } = await page(finder, { direction, anchor, count, ties });
        assert.deepEqual(ids, all.slice(0, count));
        if (isEnd) assert.ok(all.length < count || ids.length === all.length);
        else assert.equal(ids.length, count);
      }
    }
  }));

Deno.test("loadPage asks for little, and for more only where many events have one time", async () => {
  await using finder = new StoreFinder();
  await finder.push(
    Array.from({ length: 500 }, (_, i) => createEvent({ id: `${i}`, timestamp: 7 })),
  );
  const anchor = { id: "400", timestamp: 7 };
  const { ids } = await page(finder, { direction: "newer", anchor, count: 10, ties: 0 });
  assert.deepEqual(ids, Array.from({ length: 10 }, (_, i) => `${401 + i}`));
  assert.deepEqual(finder.asked.map(({ limit }) => limit), [11, 88, 704]);
  finder.asked.length = 0;
  await page(finder, { direction: "older", count: 10 });
  assert.deepEqual(finder.asked, [{ order: "desc", limit: 11 }]);
});

Deno.test("loadPage ends a page of large events by their size", async () => {
  await using finder = new StoreFinder();
  finder.batchEvents = 1;
  const content = "x".repeat(1 << 20);
  await finder.push(Array.from({ length: 40 }, (_, i) => createEvent({ timestamp: i, content })));
  const { ids, isEnd } = await page(finder, { direction: "older", count: 1000 });
  assert.ok(ids.length >= 16 && ids.length < 20, `${ids.length}`);
  assert.equal(isEnd, false);
});
