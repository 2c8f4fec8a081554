import assert from "node:assert/strict";
import { TypeTree } from "../../../lib/hat/backends/type_tree.ts";
import { type EventType, matchesQueryType } from "../../../lib/hat/mod.ts";
import { forSeeds } from "../../random.ts";

Deno.test("TypeTree finds the types that query types match, each once", async () => {
  await forSeeds(100, (random) => {
    const part = (segments: readonly string[]): EventType =>
      Array.from({ length: random.int(0, 4) }, () => random.pick(segments));
    const tree = new TypeTree<string>();
    const types = new Map<string, EventType>();
    for (let i = 0; i < 40; i++) {
      const type = part(["a", "b", "?", "*", ""]);
      types.set(JSON.stringify(type), type);
      tree.set(type, JSON.stringify(type));
    }
    for (const [name, type] of types) assert.equal(tree.get(type), name);
    assert.equal(tree.get(["c"]), undefined);
    for (let i = 0; i < 20; i++) {
      const queryTypes = Array.from({ length: random.int(0, 3) }, () => {
        const type = part(["a", "b", "?", ""]);
        return random.chance(0.5) ? [...type, "*"] : type;
      });
      const expected = [...types].filter(([, type]) =>
        queryTypes.some((queryType) => matchesQueryType(type, queryType))
      );
      assert.deepEqual(tree.find(queryTypes).sort(), expected.map(([name]) => name).sort());
    }
  });
});

Deno.test("TypeTree takes types of very many segments", () => {
  const tree = new TypeTree<number>();
  const type = Array.from({ length: 100_000 }, (_, i) => `${i}`);
  tree.set(type, 1);
  assert.deepEqual(tree.find([["*"]]), [1]);
  assert.deepEqual(tree.find([type]), [1]);
});
