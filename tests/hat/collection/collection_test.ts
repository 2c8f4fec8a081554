import assert from "node:assert/strict";
import {
  type EventType,
  type EventTypeCollection,
  ListCollection,
  Subscription,
  TreeCollection,
} from "../../../lib/hat/mod.ts";
import { forSeeds } from "../../random.ts";
import { EVERY_TYPE, randomQueryTypes } from "../types.ts";
import { testVectors } from "../vectors.ts";

type Step =
  | { readonly op: "add"; readonly query_types: readonly EventType[]; readonly value: number }
  | { readonly op: "remove"; readonly value: number }
  | { readonly op: "get"; readonly event_type: EventType; readonly expected: readonly number[] };

const SAMPLE: readonly { readonly ops: readonly Step[] }[] = [{
  ops: [
    { op: "add", query_types: [["x", "*"], ["?"]], value: 1 },
    { op: "add", query_types: [["x", "y"]], value: 2 },
    { op: "add", query_types: [["z"]], value: 2 },
    { op: "get", event_type: ["x"], expected: [1] },
    { op: "get", event_type: ["x", "y"], expected: [1, 2] },
    { op: "get", event_type: ["z"], expected: [1, 2] },
    { op: "remove", value: 1 },
    { op: "remove", value: 9 },
    { op: "get", event_type: ["x", "y"], expected: [2] },
    { op: "get", event_type: ["x"], expected: [] },
  ],
}];

const COLLECTIONS = { ListCollection, TreeCollection };

/** What is found, in an order that makes it comparable. */
function found(collection: EventTypeCollection<number>, type: EventType): readonly number[] {
  return collection.get(type).toSorted((a, b) => a - b);
}

for (const [name, Collection] of Object.entries(COLLECTIONS)) {
  testVectors<typeof SAMPLE>(`${name} finds as Hat's does`, "collection", SAMPLE, (cases) => {
    for (const { ops } of cases) {
      const collection: EventTypeCollection<number> = new Collection<number>();
      for (const step of ops) {
        if (step.op === "add") collection.add(new Subscription(step.query_types), step.value);
        else if (step.op === "remove") collection.remove(step.value);
        else {
          const values = found(collection, step.event_type);
          assert.deepEqual(values, step.expected, JSON.stringify(ops));
        }
      }
    }
  });

  Deno.test(`${name} gives a value once, however many of its query types match`, () => {
    const collection: EventTypeCollection<string> = new Collection<string>();
    const all = new Subscription([["a", "b"], ["?", "b"], ["a", "?"], ["a", "*"], ["*"]]);
    collection.add(all, "value");
    collection.add(new Subscription([["a", "b"], ["?", "?"]]), "value");
    assert.deepEqual(collection.get(["a", "b"]), ["value"]);
    assert.deepEqual(collection.get(["a", "b"]), ["value"]);
  });

  Deno.test(`${name} tells values apart by identity and takes any, also undefined and NaN`, () => {
    const collection: EventTypeCollection<unknown> = new Collection<unknown>();
    const subscription = new Subscription([["a"]]);
    const values = [{}, {}, undefined, NaN, null];
    for (const value of values) collection.add(subscription, value);
    assert.equal(collection.get(["a"]).length, values.length);
    for (const value of values) collection.remove(value);
    assert.deepEqual(collection.get(["a"]), []);
  });
}

Deno.test("TreeCollection finds what ListCollection finds under random adding, removing and getting", () =>
  forSeeds(300, (random) => {
    const list = new ListCollection<number>();
    const tree = new TreeCollection<number>();
    for (let step = 0; step < 60; step++) {
      const value = random.below(12);
      const action = random.next();
      if (action < 0.35) {
        const subscription = new Subscription(randomQueryTypes(random));
        list.add(subscription, value);
        tree.add(subscription, value);
      } else if (action < 0.5) {
        list.remove(value);
        tree.remove(value);
      } else {
        const type = random.pick(EVERY_TYPE);
        assert.deepEqual(found(tree, type), found(list, type), `step ${step}: ${type}`);
      }
    }
    for (const type of EVERY_TYPE) {
      assert.deepEqual(found(tree, type), found(list, type), `${type}`);
    }
  }));
