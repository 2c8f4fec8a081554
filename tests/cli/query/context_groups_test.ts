import assert from "node:assert/strict";
import { contextGroups, type ContextGroupsOptions } from "../../../lib/cli/query/context_groups.ts";
import { type Criteria, CriteriaError } from "../../../lib/event/criteria.ts";
import { createEvent, type Event } from "../../../lib/event/event.ts";
import type { RawEvent } from "../../../lib/event/raw_event.ts";
import { MemoryStore } from "../../../lib/store/memory/memory_store.ts";
import type { EventStore } from "../../../lib/store/store.ts";
import { forSeeds } from "../../random.ts";

function finderOf(store: EventStore) {
  return {
    async *find(criteria: Criteria): AsyncGenerator<RawEvent> {
      for await (const { events } of store.search(criteria)) yield* events;
    },
  };
}

/** Groups as text: ids, those of context in brackets. */
async function groupsOf(store: EventStore, options: ContextGroupsOptions): Promise<string[]> {
  const finder = finderOf(store);
  const texts: string[] = [];
  for await (const group of contextGroups(finder, finder.find(options.criteria), options)) {
    const ids: string[] = [];
    for await (const { event, isContext } of group) {
      ids.push(isContext ? `(${event.id})` : event.id);
    }
    texts.push(ids.join(" "));
  }
  return texts;
}

async function storeOf(events: readonly Event[]): Promise<EventStore> {
  const store = new MemoryStore();
  await store.save(events);
  return store;
}

/** An event for each character: its source is the character's case, `x` and `X` match. */
function eventsOf(text: string): Event[] {
  return [...text].map((content, i) =>
    createEvent({
      id: `${i}`,
      timestamp: 1 + i,
      source: content === content.toLowerCase() ? "lower" : "upper",
      content,
    })
  );
}

const X: Criteria = { content: "[xX]" };

Deno.test("contextGroups finds what is around each match, and joins what overlaps or touches", async () => {
  const rows:
    readonly (readonly [text: string, before: number, after: number, expected: string[]])[] = [
      ["aaxaa", 1, 1, ["(1) 2 (3)"]],
      ["aaxaa", 9, 9, ["(0) (1) 2 (3) (4)"]],
      ["xaax", 1, 1, ["0 (1) (2) 3"]],
      ["xaaax", 1, 1, ["0 (1)", "(3) 4"]],
      ["xaaax", 2, 1, ["0 (1) (2) (3) 4"]],
      ["xx", 0, 0, ["0 1"]],
      ["xax", 0, 0, ["0", "2"]],
      ["xaax", 0, 2, ["0 (1) (2) 3"]],
      ["aaxaxa", 2, 0, ["(0) (1) 2 (3) 4"]],
      ["aaa", 1, 1, []],
    ];
  for (const [text, before, after, expected] of rows) {
    await using store = await storeOf(eventsOf(text));
    assert.deepEqual(await groupsOf(store, { criteria: X, before, after }), expected, text);
  }
});

Deno.test("contextGroups keeps to the source of a match, and tells sources apart", async () => {
  await using store = await storeOf(eventsOf("aXBbxCcXd"));
  assert.deepEqual(await groupsOf(store, { criteria: X, before: 1, after: 1 }), [
    "1 (2) (5) 7",
    "(3) 4 (6)",
  ]);
});

Deno.test("contextGroups counts matches up to the limit, and shows others as context", async () => {
  await using store = await storeOf(eventsOf("axxax"));
  const criteria = { ...X, limit: 1 };
  assert.deepEqual(await groupsOf(store, { criteria, before: 1, after: 2 }), ["(0) 1 (2) (3)"]);
});

Deno.test("contextGroups shows context from outside the time asked for", async () => {
  await using store = await storeOf(eventsOf("axaxa"));
  const criteria = { ...X, start: 2, end: 2 };
  assert.deepEqual(await groupsOf(store, { criteria, before: 5, after: 1 }), ["(0) 1 (2)"]);
});

Deno.test("contextGroups ends with an error when a pattern takes too long", async () => {
  await using store = await storeOf([
    createEvent({ content: "b" }),
    createEvent({ content: "a".repeat(40) }),
  ]);
  const finder = finderOf(store);
  const options = { criteria: { content: "(a*)*(?!a)d|b" }, before: 1, after: 1 };
  const groups = contextGroups(finder, finder.find({ content: "b" }), options);
  await assert.rejects(
    async () => {
      for await (const group of groups) for await (const _ of group);
    },
    (error) => error instanceof CriteriaError && /needs more than 1000 ms/.test(error.message),
  );
});

/** As `grep` does, over all events of each source; groups in the order of their first match. */
function modelGroups(
  all: readonly Event[],
  isMatch: (event: Event) => boolean,
  before: number,
  after: number,
): string[] {
  const groups: { readonly at: number; readonly text: string }[] = [];
  for (const source of new Set(all.map((event) => event.source))) {
    const own = all.filter((event) => event.source === source);
    const places = own.flatMap((event, i) => isMatch(event) ? [i] : []);
    const shown = own.map((_, i) => places.some((p) => i >= p - before && i <= p + after));
    for (let i = 0; i < own.length; i++) {
      if (!shown[i] || shown[i - 1]) continue;
      let end = i;
      while (shown[end]) end++;
      const members = own.slice(i, end);
      const first = members.find(isMatch);
      assert(first !== undefined);
      const ids = members.map((event) => isMatch(event) ? event.id : `(${event.id})`);
      groups.push({ at: all.indexOf(first), text: ids.join(" ") });
    }
  }
  return groups.sort((a, b) => a.at - b.at).map(({ text }) => text);
}

Deno.test("contextGroups reads a source on, also where many of its events have one timestamp", async () => {
  const events = Array.from({ length: 3000 }, (_, i) =>
    createEvent({
      id: `${i}`,
      timestamp: i < 1500 ? 1 : 2 + Math.floor(i / 100),
      source: "s",
      content: i % 3 === 0 || i === 1001 ? "x" : "a",
    }));
  await using store = await storeOf(events);
  const [group, ...others] = await groupsOf(store, { criteria: X, before: 1, after: 1 });
  assert.equal(others.length, 0);
  assert.deepEqual(group?.match(/\d+/g)?.map(Number), events.map((_, i) => i).slice(0, -1));
});

Deno.test("contextGroups gives what grep would, also where many events have one timestamp", () =>
  forSeeds(100, async (random) => {
    const events = Array.from(
      { length: random.int(1, random.pick([60, 200])) },
      (_, i) =>
        createEvent({
          id: `${i}`,
          timestamp: random.int(1, random.pick([3, 50])),
          source: random.pick(["a", "b", "(c"]),
          content: random.pick("xaaaa"),
        }),
    );
    await using store = await storeOf(events);
    const all = await Array.fromAsync(finderOf(store).find({}));
    const [before, after] = [random.int(0, 4), random.int(0, 4)];
    assert.deepEqual(
      await groupsOf(store, { criteria: X, before, after }),
      modelGroups(all, ({ content }) => content === "x", before, after),
    );
  }));
