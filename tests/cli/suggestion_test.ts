import assert from "node:assert/strict";
import { closest, didYouMean } from "../../lib/cli/suggestion.ts";

Deno.test("closest finds slips of the pen, the closest first, and nothing far away", () => {
  const names = ["collect", "watch", "query", "simulate", "help"];
  assert.deepEqual(closest("qurey", names), ["query"]);
  assert.deepEqual(closest("wach", names), ["watch"]);
  assert.deepEqual(closest("simluate", names), ["simulate"]);
  assert.deepEqual(closest("zzzzz", names), []);
  assert.deepEqual(closest("bat", ["cut", "bats", "boat"]), ["bats", "boat"]);
  assert.equal(didYouMean([]), "");
  assert.equal(didYouMean(["a", "b"]), "; did you mean 'a' or 'b'?");
});
