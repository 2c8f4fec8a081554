import assert from "node:assert/strict";
import { type QueryTimeseriesParams, Timestamp } from "../../../../lib/hat/mod.ts";
import { found, hatEvent, type OpenFixture } from "../fixtures.ts";

type Params = Omit<QueryTimeseriesParams, "kind">;

const EVENTS = [
  hatEvent(1, { time: 10, source: 5, type: ["a", "b"] }),
  hatEvent(2, { time: 20, type: ["a", "c"] }),
  hatEvent(1, { time: 20, source: 4, type: ["a", "b"], server: 2 }),
  hatEvent(3, { time: 20, source: 4, type: ["d"] }),
  hatEvent(4, { time: 30, source: 3, type: ["a", "b"] }),
  hatEvent(2, { time: 5, source: 4, type: ["d"], server: 2 }),
];

const ASCENDING = ["2/2/1", "1/1/1", "1/2/1", "2/1/1", "1/3/1", "1/4/1"];

function at(seconds: number): Timestamp {
  return Timestamp.fromNumber(seconds);
}

const CASES: readonly (readonly [string, Params, readonly string[]])[] = [
  ["descends by default", {}, ASCENDING.toReversed()],
  ["ascends", { order: "ascending" }, ASCENDING],
  [
    "has inclusive limits",
    { order: "ascending", tFrom: at(10), tTo: at(20) },
    ASCENDING.slice(1, 5),
  ],
  ["has no results between", { tFrom: at(11), tTo: at(19) }, []],
  ["ascends by source", { order: "ascending", orderBy: "sourceTimestamp" }, [
    "1/4/1",
    "2/2/1",
    "2/1/1",
    "1/3/1",
    "1/1/1",
  ]],
  ["descends by source", { orderBy: "sourceTimestamp" }, [
    "1/1/1",
    "1/3/1",
    "2/1/1",
    "2/2/1",
    "1/4/1",
  ]],
  ["filters by source", { order: "ascending", sourceTFrom: at(4), sourceTTo: at(4) }, [
    "2/2/1",
    "2/1/1",
    "1/3/1",
  ]],
  ["leaves out events without a source timestamp", { sourceTFrom: at(-9), order: "ascending" }, [
    "2/2/1",
    "1/1/1",
    "2/1/1",
    "1/3/1",
    "1/4/1",
  ]],
  ["filters by both", { orderBy: "sourceTimestamp", tTo: at(20), sourceTTo: at(4) }, [
    "1/3/1",
    "2/1/1",
    "2/2/1",
  ]],
  ["filters by type", { eventTypes: [["a", "?"]] }, ["1/4/1", "2/1/1", "1/2/1", "1/1/1"]],
  ["filters by type and source", {
    eventTypes: [["a", "?"]],
    orderBy: "sourceTimestamp",
    order: "ascending",
  }, ["1/4/1", "2/1/1", "1/1/1"]],
  ["has no results without types", { eventTypes: [] }, []],
  ["has no results of unknown types", { eventTypes: [["x"]] }, []],
  ["takes the root for all", { eventTypes: [["*"], ["x"]], order: "ascending" }, ASCENDING],
  ["is cut", { maxResults: 2 }, ["1/4/1", "1/3/1", "+"]],
  ["is cut at its end", { maxResults: 6, order: "ascending" }, ASCENDING],
  ["is cut to nothing", { maxResults: 0 }, ["+"]],
  ["is cut to nothing where there is nothing", { maxResults: 0, tFrom: at(99) }, []],
  ["starts after an event", {
    lastEventId: { server: 2, session: 1, instance: 1 },
    order: "ascending",
  }, ["1/3/1", "1/4/1"]],
  ["starts after the last event", { lastEventId: { server: 2, session: 2, instance: 1 } }, []],
  ["has no results after an unknown event", {
    lastEventId: { server: 2, session: 9, instance: 1 },
  }, []],
  ["has no results after an event out of its time", {
    lastEventId: { server: 1, session: 4, instance: 1 },
    tTo: at(20),
  }, []],
  ["has no results after an event of another type", {
    lastEventId: { server: 1, session: 4, instance: 1 },
    eventTypes: [["d"]],
  }, []],
  ["has no results after an event without a source timestamp", {
    lastEventId: { server: 1, session: 2, instance: 1 },
    orderBy: "sourceTimestamp",
  }, []],
  ["starts after an event by source", {
    lastEventId: { server: 2, session: 1, instance: 1 },
    orderBy: "sourceTimestamp",
    maxResults: 1,
  }, ["2/2/1", "+"]],
];

/** The query for a span of time. */
export function timeseriesContract(name: string, open: OpenFixture): void {
  Deno.test(`${name} answers a timeseries`, async (test) => {
    await using fixture = await open();
    await fixture.backend.register(EVENTS);
    for (const [what, params, expected] of CASES) {
      await test.step(what, async () => {
        assert.deepEqual(await found(fixture.backend, { kind: "timeseries", ...params }), expected);
      });
    }
  });

  Deno.test(`${name} gives no more results than it is set to`, async () => {
    await using fixture = await open({ maxResults: 3 });
    await fixture.backend.register(EVENTS);
    for (const maxResults of [undefined, 3, 5000]) {
      const ids = await found(fixture.backend, {
        kind: "timeseries",
        order: "ascending",
        maxResults,
      });
      assert.deepEqual(ids, [...ASCENDING.slice(0, 3), "+"]);
    }
    const ids = await found(fixture.backend, { kind: "server", serverId: 1 });
    assert.deepEqual(ids, ["1/1/1", "1/2/1", "1/3/1", "+"]);
  });
}
