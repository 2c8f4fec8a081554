import assert from "node:assert/strict";
import { assertEventType, type EventType, matchesQueryType } from "../../lib/hat/mod.ts";
import { forSeeds } from "../random.ts";
import { EVERY_TYPE, randomQueryType } from "./types.ts";
import { testVectors } from "./vectors.ts";

interface MatchCase {
  readonly event_type: EventType;
  readonly query_type: EventType;
  readonly expected: boolean;
}

const SAMPLE: readonly MatchCase[] = [
  { event_type: ["x", "y"], query_type: ["x", "?"], expected: true },
  { event_type: ["x"], query_type: ["x", "*"], expected: true },
  { event_type: ["x"], query_type: ["x", "?", "*"], expected: false },
  { event_type: ["?"], query_type: ["x"], expected: false },
  { event_type: [], query_type: [], expected: true },
  { event_type: [""], query_type: [], expected: false },
  { event_type: ["*", "y"], query_type: ["*", "y"], expected: true },
  { event_type: ["x", "y"], query_type: ["*", "y"], expected: false },
];

testVectors<readonly MatchCase[]>(
  "matchesQueryType answers as Hat does",
  "matches-query-type",
  SAMPLE,
  (cases) => {
    for (const vector of cases) {
      const answer = matchesQueryType(vector.event_type, vector.query_type);
      assert.equal(answer, vector.expected, JSON.stringify(vector));
    }
  },
);

Deno.test("matchesQueryType chooses the same types as a regular expression over the joined segments", () =>
  forSeeds(300, (random) => {
    const queryType = randomQueryType(random);
    const pattern = queryType.map((segment) =>
      segment === "*" ? "([^/]*/)*" : segment === "?" ? "[^/]*/" : `${segment}/`
    );
    const regex = new RegExp(`^${pattern.join("")}$`);
    for (const type of EVERY_TYPE) {
      const text = type.map((segment) => `${segment}/`).join("");
      assert.equal(matchesQueryType(type, queryType), regex.test(text), `${queryType} on ${type}`);
    }
  }));

Deno.test("assertEventType names what is no event type", () => {
  assertEventType([]);
  assertEventType(["", "a"]);
  assert.throws(() => assertEventType("a/b"), {
    name: "TypeError",
    message: `Cannot use event type as 'type' must be an array of strings: current value is "a/b"`,
  });
  assert.throws(() => assertEventType(["a", 1], "queryTypes[2]"), {
    name: "TypeError",
    message: "Cannot use event type as 'queryTypes[2][1]' must be a string: current value is 1",
  });
  for (const value of [undefined, null, {}, new Set(["a"]), [undefined], [["a"]]]) {
    assert.throws(() => assertEventType(value), TypeError);
  }
});
