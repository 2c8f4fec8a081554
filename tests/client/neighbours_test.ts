import assert from "node:assert/strict";
import { nextUp } from "../../lib/base/doubles.ts";
import { exactSource, findContext } from "../../lib/client/neighbours.ts";
import type { Criteria } from "../../lib/event/criteria.ts";
import { createEvent, type Event } from "../../lib/event/event.ts";
import { compilePattern } from "../../lib/event/pattern.ts";
import { RawEvent } from "../../lib/event/raw_event.ts";
import { MemoryStore } from "../../lib/store/memory/memory_store.ts";
import type { EventStore } from "../../lib/store/store.ts";
import { forSeeds } from "../random.ts";

/** Finds in a store as a collector does. */
function finderOf(store: EventStore) {
  return {
    async *find(criteria: Criteria): AsyncGenerator<RawEvent> {
      for await (const { events } of store.search(criteria)) yield* events;
    },
  };
}

async function storeOf(events: readonly Event[]): Promise<EventStore> {
  const store = new MemoryStore();
  await store.save(events);
  return store;
}

function ids(events: readonly Event[]): string {
  return events.map(({ id }) => id).join(" ");
}

Deno.test("exactSource matches one source only", () => {
  const sources = [
    "",
    "/var/log/a.log",
    "/var/log/axlog",
    "/var/log/a.log\n",
    "(?i)a",
    "A",
    "[x]{2}|^$",
  ];
  for (const source of sources) {
    const pattern = compilePattern(exactSource(source), "match");
    assert.deepEqual(sources.filter((other) => pattern.test(other)), [source]);
  }
});

Deno.test("findContext splits events of one timestamp by their arrival", async () => {
  const events = ["a", "b", "c", "d", "e"].map((id) => createEvent({ id, timestamp: 5 }));
  await using store = await storeOf(events);
  const { before, after } = await findContext(finderOf(store), events[2]!, { before: 1, after: 9 });
  assert.equal(`${ids(before)}|${ids(after)}`, "b|d e");
});

Deno.test("findContext finds what is around an event that is gone", async () => {
  await using store = await storeOf([
    createEvent({ id: "a", timestamp: 1 }),
    createEvent({ id: "b", timestamp: 2 }),
    createEvent({ id: "c", timestamp: 3 }),
  ]);
  const gone = createEvent({ id: "x", timestamp: 2 });
  const { before, after } = await findContext(finderOf(store), gone, { before: 2, after: 2 });
  assert.equal(`${ids(before)}|${ids(after)}`, "a b|c");
});

Deno.test("findContext keeps to sources that no pattern is long enough for", async () => {
  const source = ".".repeat(20_000);
  const events = [source, "other", source, "other", source].map((source, i) =>
    createEvent({ id: `${i}`, timestamp: 1 + i, source })
  );
  await using store = await storeOf(events);
  const options = { before: 1, after: 1, sameSource: true };
  const { before, after } = await findContext(finderOf(store), events[2]!, options);
  assert.equal(`${ids(before)}|${ids(after)}`, "0|4");
});

Deno.test("findContext refuses counts that are none", async () => {
  await using store = await storeOf([]);
  const event = createEvent();
  await assert.rejects(findContext(finderOf(store), event, { before: -1 }), RangeError);
  await assert.rejects(findContext(finderOf(store), event, { after: 1.5 }), RangeError);
});

/** An event whose timestamp has all digits of the double, which `createEvent` would round. */
function rawEvent(id: string, timestamp: number, source: string, content: string): RawEvent {
  const header = `id: ${id}\ntimestamp: ${timestamp}\nsource: ${source}\ntags:\n`;
  const encoder = new TextEncoder();
  return RawEvent.fromParts(encoder.encode(header), encoder.encode(content));
}

const TIMES = [-1, -Number.MIN_VALUE, 0, Number.MIN_VALUE, 1, nextUp(1), nextUp(nextUp(1)), 2];

Deno.test("findContext gives what a slice of all events gives", () =>
  forSeeds(60, async (random) => {
    const events = Array.from(
      { length: random.int(1, 40) },
      (_, i) =>
        rawEvent(`${i}`, random.pick(TIMES), random.pick(["a", "b.", "bc"]), random.pick("xy")),
    );
    await using store = await storeOf(events);
    const finder = finderOf(store);
    const event = random.pick(events);
    const [before, after] = [random.int(0, 6), random.int(0, 6)];
    const sameSource = random.chance(0.5);
    const among: Criteria = random.pick([
      {},
      { content: event.content },
      { source: event.source.slice(0, 1) },
      { start: -2, end: 3, order: "desc", limit: 1 },
      { start: event.timestamp, end: event.timestamp },
    ]);
    const { order: _order, limit: _limit, ...filter } = among;
    const all = await Array.fromAsync(finder.find(filter));
    const kept = all.filter(({ source }) => !sameSource || source === event.source);
    const at = kept.findIndex(({ id }) => id === event.id);
    const found = await findContext(finder, event, { before, after, sameSource, among });
    const expected = [kept.slice(Math.max(0, at - before), at), kept.slice(at + 1, at + 1 + after)];
    assert.deepEqual([ids(found.before), ids(found.after)], expected.map(ids));
  }));
