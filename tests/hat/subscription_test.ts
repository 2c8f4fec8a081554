import assert from "node:assert/strict";
import { type EventType, QueryTypeError, Subscription } from "../../lib/hat/mod.ts";
import { chosenTypes, everyTypeFor, sortedTypes } from "./types.ts";
import { testVectors } from "./vectors.ts";

type Types = readonly EventType[];

interface SubscriptionCase {
  readonly query_types: Types;
  /** Hat's error, when it refuses them. */
  readonly py?: unknown;
  readonly query_types_py_order?: Types;
  readonly matches?: readonly (readonly [EventType, boolean])[];
}

interface PairCase {
  readonly first: Types;
  readonly second: Types;
  readonly union_py_order: Types;
  readonly intersection: Types;
  /** Whether Hat's own intersection chooses the right types. */
  readonly intersection_semantic_ok: boolean;
  readonly intersection_missing_event_types?: Types;
  readonly isdisjoint_semantic: boolean;
}

interface MultiCase {
  readonly base: Types;
  readonly others: readonly Types[];
  readonly union: Types;
  readonly intersection: Types;
}

/** Query types that match nothing asked for: with them a subscription has more than it tries one by one. */
const OTHERS: Types = Array.from({ length: 10 }, (_, i) => ["nobody", `asks ${i}`]);

testVectors<readonly SubscriptionCase[]>(
  "Subscription sanitizes and matches as Hat does",
  "subscription",
  [
    {
      query_types: [["x", "y"], ["?"], ["x", "*"], ["x", "z"]],
      query_types_py_order: [["x", "*"], ["?"]],
      matches: [[["x"], true], [["y"], true], [["y", "x"], false], [[], false]],
    },
    { query_types: [["x", "*", "y"]], py: { error: "ValueError" } },
  ],
  (cases) => {
    for (const { query_types: types, py, query_types_py_order: order, matches } of cases) {
      if (py !== undefined) {
        assert.throws(() => new Subscription(types), QueryTypeError, JSON.stringify(types));
        continue;
      }
      const subscription = new Subscription(types);
      assert.deepEqual(subscription.getQueryTypes(), order);
      const larger = new Subscription([...types, ...OTHERS]);
      for (const [type, expected] of matches ?? []) {
        const context = `${JSON.stringify(types)} on ${type}`;
        assert.equal(subscription.matches(type), expected, context);
        assert.equal(larger.matches(type), expected, context);
      }
    }
  },
);

testVectors<readonly PairCase[]>(
  "Subscription joins, intersects and compares two as they mean",
  "subscription-pairs",
  [{
    first: [["x", "*"]],
    second: [["x"], ["y"]],
    union_py_order: [["x", "*"], ["y"]],
    intersection: [],
    intersection_semantic_ok: false,
    intersection_missing_event_types: [["x"]],
    isdisjoint_semantic: false,
  }],
  (cases) => {
    for (const vector of cases) {
      const first = new Subscription(vector.first);
      const second = new Subscription(vector.second);
      assert.deepEqual(first.union(second).getQueryTypes(), vector.union_py_order);
      assert.equal(first.isdisjoint(second), vector.isdisjoint_semantic, JSON.stringify(vector));
      checkIntersection(first.intersection(second), vector.intersection, [
        vector.first,
        vector.second,
      ]);
      for (const type of vector.intersection_missing_event_types ?? []) {
        assert(first.intersection(second).matches(type), `${JSON.stringify(vector)} on ${type}`);
      }
    }
  },
);

testVectors<readonly MultiCase[]>(
  "Subscription joins and intersects any number",
  "subscription-multi",
  [
    { base: [["x"]], others: [], union: [["x"]], intersection: [["x"]] },
    {
      base: [["x", "*"]],
      others: [[["?", "y"]], [["?", "?"], ["z"]]],
      union: [["?", "?"], ["?", "y"], ["x", "*"], ["z"]],
      intersection: [["x", "y"]],
    },
  ],
  (cases) => {
    for (const { base, others, union, intersection } of cases) {
      const subscription = new Subscription(base);
      const rest = others.map((each) => new Subscription(each));
      assert.deepEqual(
        sortedTypes(subscription.union(...rest).getQueryTypes()),
        sortedTypes(union),
      );
      checkIntersection(subscription.intersection(...rest), intersection, [base, ...others]);
    }
  },
);

/**
 * Hat's own answer lacks types where a `*` meets the end of the other. So ours must choose what all
 * sets choose, and have every query type that Hat's has.
 */
function checkIntersection(ours: Subscription, hats: Types, sets: readonly Types[]): void {
  const types = everyTypeFor(sets.flat());
  const expected = sets.reduce((left, set) => chosenTypes(set, left), types);
  const queryTypes = ours.getQueryTypes();
  const context = JSON.stringify({ sets, ours: queryTypes, hats });
  assert.deepEqual(chosenTypes(queryTypes, types), expected, context);
  const missing = new Set(sortedTypes(hats)).difference(new Set(sortedTypes(queryTypes)));
  assert.equal(missing.size, 0, context);
}

Deno.test("Subscription keeps no more than '*' where one is, whatever came before or follows", () => {
  const subscription = new Subscription([["a"], [], ["*"], ["b"], ["*", "x"]]);
  assert.deepEqual(subscription.getQueryTypes(), [["*"]]);
  assert(subscription.matches([]));
});

Deno.test("Subscription takes '?' and '*' in an event type for what they are", () => {
  const subscription = new Subscription([["a", "b"], ["?", "c"]]);
  assert(!subscription.matches(["*"]));
  assert(!subscription.matches(["?", "b"]));
  assert(subscription.matches(["?", "c"]));
  assert(subscription.matches(["*", "c"]));
});

Deno.test("Subscription names a query type that it cannot use", () => {
  assert.throws(() => new Subscription([["a"], ["b", "*", "c"]]), {
    name: "QueryTypeError",
    message:
      `Cannot use query type as '*' must be its last segment: current value is ["b","*","c"]`,
    queryType: ["b", "*", "c"],
  });
  assert.throws(() => new Subscription([["a"], "b" as unknown as EventType]), {
    name: "TypeError",
    message:
      `Cannot use event type as 'queryTypes[1]' must be an array of strings: current value is "b"`,
  });
});

Deno.test("Subscription is not changed by what its query types become", () => {
  const type = ["a"];
  const subscription = new Subscription([type]);
  type[0] = "b";
  assert(subscription.matches(["a"]));
  (subscription.getQueryTypes() as EventType[]).length = 0;
  assert.deepEqual(subscription.getQueryTypes(), [["a"]]);
});
