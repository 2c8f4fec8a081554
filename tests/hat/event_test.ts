import assert from "node:assert/strict";
import {
  assertEvent,
  assertRegisterEvent,
  compareEvents,
  EventPayloadJson,
  type HatEvent,
  lessThan,
  Timestamp,
} from "../../lib/hat/mod.ts";
import { testVectors } from "./vectors.ts";

interface EventCase {
  readonly id: readonly [number, number, number];
  readonly timestamp: readonly [number, number];
}

interface OrderVectors {
  readonly pairs: readonly {
    readonly a: EventCase;
    readonly b: EventCase;
    readonly lt: boolean;
    readonly b_lt_a: boolean;
  }[];
  readonly sorts: readonly {
    readonly events: readonly EventCase[];
    readonly sorted_indices: readonly number[];
    readonly sorted_reverse_indices: readonly number[];
    readonly sorted_by_timestamp_then_event_indices: readonly number[];
    readonly sorted_by_timestamp_then_event_reverse_indices: readonly number[];
  }[];
}

type Before = (a: HatEvent, b: HatEvent) => boolean;

const SAMPLE: OrderVectors = {
  pairs: [
    {
      a: { id: [1, 2, 1], timestamp: [5, 0] },
      b: { id: [1, 1, 9], timestamp: [6, 0] },
      lt: false,
      b_lt_a: true,
    },
    {
      a: { id: [1, 1, 1], timestamp: [5, 0] },
      b: { id: [2, 1, 1], timestamp: [5, 0] },
      lt: true,
      b_lt_a: true,
    },
  ],
  sorts: [{
    events: [{ id: [1, 1, 2], timestamp: [5, 0] }, { id: [1, 1, 1], timestamp: [7, 0] }, {
      id: [2, 1, 1],
      timestamp: [8, 0],
    }],
    sorted_indices: [1, 0, 2],
    sorted_reverse_indices: [2, 0, 1],
    sorted_by_timestamp_then_event_indices: [0, 1, 2],
    sorted_by_timestamp_then_event_reverse_indices: [2, 1, 0],
  }],
};

testVectors<OrderVectors>("lessThan decides as Hat does", "event-order", SAMPLE, (vectors) => {
  for (const vector of vectors.pairs) {
    const [a, b] = [event(vector.a), event(vector.b)];
    const context = JSON.stringify(vector);
    assert.equal(lessThan(a, b), vector.lt, context);
    assert.equal(lessThan(b, a), vector.b_lt_a, context);
    const isDecided = vector.lt !== vector.b_lt_a;
    const expected = isDecided ? (vector.lt ? -1 : 1) : 0;
    assert.equal(Math.sign(compareEvents(a, b)), expected, context);
  }
  for (const sort of vectors.sorts) {
    const events = sort.events.map(event);
    assert.deepEqual(pythonSorted(events, lessThan), sort.sorted_indices);
    assert.deepEqual(pythonReversed(events, lessThan), sort.sorted_reverse_indices);
    assert.deepEqual(
      pythonSorted(events, timeFirst),
      sort.sorted_by_timestamp_then_event_indices,
    );
    assert.deepEqual(
      pythonReversed(events, timeFirst),
      sort.sorted_by_timestamp_then_event_reverse_indices,
    );
  }
});

function event({ id: [server, session, instance], timestamp: [s, us] }: EventCase): HatEvent {
  return {
    id: { server, session, instance },
    type: ["a"],
    timestamp: new Timestamp(BigInt(s), us),
    sourceTimestamp: undefined,
    payload: undefined,
  };
}

function timeFirst(a: HatEvent, b: HatEvent): boolean {
  return a.timestamp.equals(b.timestamp)
    ? lessThan(a, b)
    : Timestamp.compare(a.timestamp, b.timestamp) < 0;
}

/**
 * Sorts a short list in the steps of Python's `sorted`: keeps the run at the beginning, reversed when it
 * falls, and inserts the others by binary search. Where the order contradicts itself, as with events
 * that each come before the other, the result depends on these steps.
 */
function pythonSorted(events: readonly HatEvent[], isBefore: Before): number[] {
  const at = (index: number) => events[index] as HatEvent;
  const falls = events.length > 1 && isBefore(at(1), at(0));
  let end = 1;
  while (end < events.length && isBefore(at(end), at(end - 1)) === falls) end++;
  const sorted = [...events.keys()].slice(0, end);
  if (falls) sorted.reverse();
  for (; end < events.length; end++) {
    let [low, high] = [0, sorted.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (isBefore(at(end), at(sorted[middle] as number))) high = middle;
      else low = middle + 1;
    }
    sorted.splice(low, 0, end);
  }
  return sorted;
}

/** Python reverses before and after, so that equal ones keep their order. */
function pythonReversed(events: readonly HatEvent[], isBefore: Before): number[] {
  const last = events.length - 1;
  return pythonSorted(events.toReversed(), isBefore).map((index) => last - index).reverse();
}

Deno.test("compareEvents leaves events of different servers with the same timestamp as they were", () => {
  const events = [
    event({ id: [2, 1, 1], timestamp: [5, 0] }),
    event({ id: [1, 1, 1], timestamp: [5, 0] }),
    event({ id: [3, 1, 1], timestamp: [4, 0] }),
  ];
  const servers = events.toSorted(compareEvents).map(({ id }) => id.server);
  assert.deepEqual(servers, [3, 2, 1]);
});

Deno.test("assertEvent and assertRegisterEvent name the member that has the wrong kind", () => {
  const good: HatEvent = {
    ...event({ id: [1, 2, 3], timestamp: [4, 5] }),
    payload: EventPayloadJson.of(1),
  };
  assertEvent(good);
  assertRegisterEvent({ type: [] });
  const bad: readonly (readonly [unknown, RegExp])[] = [
    [undefined, /'event' must be an object: current value is undefined/],
    [{ ...good, type: "a" }, /'type' must be an array of strings/],
    [{ ...good, sourceTimestamp: 1 }, /'sourceTimestamp' must be a Timestamp: current value is 1/],
    [{ ...good, timestamp: undefined }, /'timestamp' must be a Timestamp/],
    [{ ...good, payload: {} }, /'payload' must be an EventPayloadBinary or EventPayloadJson/],
    [{ ...good, id: undefined }, /'id' must have server, session and instance/],
    [{ ...good, id: { ...good.id, session: 2 ** 53 } }, /'id.session' must be a safe integer/],
    [{ ...good, id: { server: 1, session: 1 } }, /'id.instance' must be a safe integer/],
    [{ ...good, id: { ...good.id, server: 1n } }, /'id.server' must be a safe integer/],
  ];
  for (const [value, message] of bad) {
    assert.throws(() => assertEvent(value), { name: "TypeError", message });
  }
});
