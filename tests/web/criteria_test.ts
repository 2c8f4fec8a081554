import assert from "node:assert/strict";
import { nextDown } from "../../lib/web/double.js";
import { beforeEnd, makeCriteria, splitTags, toParameters } from "../../lib/web/criteria.js";

Deno.test("makeCriteria leaves out what is not asked for", () => {
  const range = { start: undefined, end: undefined };
  assert.deepEqual(makeCriteria({ content: "", source: "", tags: " , " }, range), {});
  assert.deepEqual(
    makeCriteria({ content: "c", source: "s", tags: "a, b" }, { start: 1, end: 2 }),
    { content: "c", source: "s", tags: ["a", "b"], start: 1, end: nextDown(2) },
  );
});

Deno.test("beforeEnd never gives 0, which would be open", () => {
  assert.equal(beforeEnd(Number.MIN_VALUE), -Number.MIN_VALUE);
});

Deno.test("toParameters repeats tags and keeps all digits", () => {
  const parameters = toParameters({ tags: ["a", "b"], start: 1795719380.5860001 }, {
    x: undefined,
  });
  assert.equal(parameters.toString(), "tags=a&tags=b&start=1795719380.5860002");
  assert.equal(Number(parameters.get("start")), 1795719380.5860001);
});

Deno.test("splitTags passes over blanks", () => {
  assert.deepEqual(splitTags(" a ,, b.* "), ["a", "b.*"]);
});
