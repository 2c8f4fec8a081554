import assert from "node:assert/strict";
import type { Criteria } from "../../lib/event/criteria.ts";
import { compileCriteria } from "../../lib/event/matcher.ts";
import { EventCounter } from "../../lib/store/event_counter.ts";
import {
  commonLabels,
  isOfRows,
  isWithin,
  needsLabels,
} from "../../lib/store/sqlite/block_counter.ts";
import type { ListedLabels } from "../../lib/store/sqlite/block_summary.ts";

const MIXED: ListedLabels = { sources: ["/a", "/b"], tags: ["x", "y"] };
const ALIKE: ListedLabels = { sources: ["/a"], tags: ["x"] };
const BARE: ListedLabels = { sources: ["/a", "/b"], tags: [""] };
const UNLISTED: ListedLabels = { sources: undefined, tags: undefined };

type By = "source" | "tag" | undefined;

function common(labels: ListedLabels, criteria: Criteria, by: By) {
  return commonLabels(labels, compileCriteria(criteria), by === undefined ? {} : { by });
}

Deno.test("commonLabels tells the labels of all events of a block, or that none matches", () => {
  const cases: readonly (readonly [ListedLabels, Criteria, By, unknown])[] = [
    [ALIKE, {}, "source", { source: "/a", tags: [] }],
    [ALIKE, {}, "tag", { source: "/a", tags: ["x"] }],
    [ALIKE, { source: "/a", tags: ["x"] }, undefined, { source: "/a", tags: ["x"] }],
    [ALIKE, { source: "/b" }, undefined, "none"],
    [ALIKE, { tags: ["y"] }, "source", "none"],
    [MIXED, {}, "source", undefined],
    [MIXED, {}, "tag", undefined],
    [MIXED, { source: "/" }, undefined, { source: "/a", tags: [] }],
    [MIXED, { source: "/a" }, undefined, undefined],
    [MIXED, { tags: ["x|y"] }, undefined, undefined],
    [MIXED, { tags: ["z"] }, "source", "none"],
    [BARE, { source: "/" }, "tag", { source: "/a", tags: [] }],
    [BARE, { tags: [""] }, undefined, { source: "/a", tags: [] }],
    [BARE, {}, "source", undefined],
    [UNLISTED, {}, "source", undefined],
    [UNLISTED, { source: "/a" }, undefined, undefined],
  ];
  for (const [labels, criteria, by, expected] of cases) {
    const message = JSON.stringify([labels, criteria, by]);
    assert.deepEqual(common(labels, criteria, by), expected, message);
  }
});

Deno.test("needsLabels is true where sources or tags matter", () => {
  const needs = (criteria: Criteria, by: By) =>
    needsLabels(compileCriteria(criteria), by === undefined ? {} : { by });
  assert.equal(needs({ content: "a", id: "b", start: 1 }, undefined), false);
  assert.equal(needs({ source: "", tags: [] }, undefined), false);
  assert.equal(needs({ source: "a" }, undefined), true);
  assert.equal(needs({ tags: [""] }, undefined), true);
  assert.equal(needs({}, "tag"), true);
});

Deno.test("isOfRows and isWithin tell what a span of time and arrivals says enough for", () => {
  const span = {
    id: 1,
    minTimestamp: 60,
    maxTimestamp: 119,
    minArrival: 1,
    maxArrival: 10,
    events: 5,
  };
  const ofRows = (criteria: Criteria, until = 10) =>
    isOfRows(span, compileCriteria(criteria), until);
  assert.deepEqual([ofRows({ source: "a", start: 70 }), ofRows({}, 9)], [true, false]);
  for (const criteria of [{ content: "a" }, { id: "a" }, { since: 1 }]) {
    assert.equal(ofRows(criteria), false, JSON.stringify(criteria));
  }
  const within = (criteria: Criteria, interval: number) =>
    isWithin(span, compileCriteria(criteria), new EventCounter({ interval }));
  assert.deepEqual([within({}, 60), within({}, 50), within({}, 120)], [true, false, true]);
  assert.equal(within({ start: 60, end: 119 }, 60), true);
  assert.deepEqual([within({ start: 60.5 }, 60), within({ end: 118 }, 60)], [false, false]);
});
