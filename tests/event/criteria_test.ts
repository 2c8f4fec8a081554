import assert from "node:assert/strict";
import { compileCriteria, createEvent, CriteriaError, parseCriteria } from "../../lib/event/mod.ts";

function matches(criteria: unknown, event: Parameters<typeof createEvent>[0]): boolean {
  return compileCriteria(parseCriteria(criteria)).matches(createEvent(event));
}

Deno.test("parseCriteria takes null for a key that is not given, and 0 for an open end", () => {
  assert.deepEqual(parseCriteria({ start: null, end: null, tags: null, order: null }), {});
  assert.deepEqual(parseCriteria({ end: 0, start: 0, limit: 0 }), { start: 0, limit: 0 });
});

Deno.test("parseCriteria names the key that is wrong", () => {
  const cases: readonly [unknown, string | undefined, RegExp][] = [
    [null, undefined, /must be a JSON object, current value is null/],
    [[], undefined, /must be a JSON object/],
    ["x", undefined, /must be a JSON object/],
    [{ foo: 1 }, "foo", /unknown key 'foo', known are id, source, start, end, tags/],
    [{ toString: 1 }, "toString", /unknown key/],
    [{ start: "1" }, "start", /'start' must be a finite number.*"1"/],
    [{ start: true }, "start", /'start' must be/],
    [{ end: [] }, "end", /'end' must be/],
    [{ content: 5 }, "content", /'content' must be a string/],
    [{ tags: "web" }, "tags", /'tags' must be an array of strings/],
    [{ tags: [1] }, "tags", /'tags' must be an array of strings/],
    [{ order: "up" }, "order", /'order' must be 'asc' or 'desc'/],
    [{ limit: -1 }, "limit", /'limit' must be a non-negative integer/],
    [{ limit: 1.5 }, "limit", /'limit'/],
    [{ since: "x" }, "since", /'since'/],
  ];
  for (const [value, key, message] of cases) {
    assert.throws(
      () => parseCriteria(value),
      (error) => error instanceof CriteriaError && error.key === key && message.test(error.message),
      JSON.stringify(value),
    );
  }
});

Deno.test("parseCriteria shortens a long value in its message", () => {
  const error = assert.throws(() => parseCriteria({ start: "x".repeat(10000) }));
  assert.equal(error, undefined);
  try {
    parseCriteria({ start: "x".repeat(10000) });
  } catch (caught) {
    assert.ok(caught instanceof Error && caught.message.length < 300);
  }
});

Deno.test("compileCriteria searches content, matches id and source at the start, tags as a whole", () => {
  const event = {
    id: "f-1",
    timestamp: 10.5,
    source: "/var/log/a.log",
    tags: ["web", "web-server-1"],
    content: "POST /login [ERROR] bad",
  };
  assert.equal(matches({ content: "ERROR" }, event), true);
  assert.equal(matches({ content: "^ERROR" }, event), false);
  assert.equal(matches({ id: "f" }, event), true);
  assert.equal(matches({ id: "-1" }, event), false);
  assert.equal(matches({ source: "/var/log/.+" }, event), true);
  assert.equal(matches({ source: "a.log" }, event), false);
  assert.equal(matches({ tags: ["web"] }, event), true);
  assert.equal(matches({ tags: ["we"] }, event), false);
  assert.equal(matches({ tags: ["web", "web-server-.+"] }, event), true);
  assert.equal(matches({ tags: ["web", "db"] }, event), false);
  assert.equal(matches({ start: 10.5, end: 10.5 }, event), true);
  assert.equal(matches({ start: 10.6 }, event), false);
  assert.equal(matches({ end: 10.4 }, event), false);
});

Deno.test("compileCriteria takes empty patterns for no filter but for the empty tag", () => {
  assert.equal(matches({ content: "", id: "", source: "" }, { content: "x" }), true);
  assert.equal(matches({ tags: [""] }, { tags: [] }), true);
  assert.equal(matches({ tags: [""] }, { tags: ["a"] }), false);
  assert.equal(matches({ tags: [] }, { tags: [] }), true);
});

Deno.test("compileCriteria names key and construct of a pattern that is refused", () => {
  assert.throws(
    () => compileCriteria({ content: "(" }),
    (error) =>
      error instanceof CriteriaError && error.key === "content" && /'content'/.test(error.message),
  );
  assert.throws(() => compileCriteria({ tags: ["ok", "*"] }), /'tags'/);
});

Deno.test("Matcher.mayMatchLabels excludes only what cannot match", () => {
  const matcher = compileCriteria({ source: "/var/", tags: ["web", "prod"] });
  assert.equal(matcher.mayMatchLabels(["/var/a"], ["web", "prod", "x"]), true);
  assert.equal(matcher.mayMatchLabels(["/tmp/a"], ["web", "prod"]), false);
  assert.equal(matcher.mayMatchLabels(["/var/a"], ["web"]), false);
  assert.equal(matcher.mayMatchLabels(undefined, undefined), true);
  assert.equal(compileCriteria({ tags: [""] }).mayMatchLabels([], [""]), true);
});
