import assert from "node:assert/strict";
import { textWidth } from "../../../lib/cli/screen/cell_text.ts";
import { foldText } from "../../../lib/cli/screen/fold_text.ts";
import { forOneSeed } from "../../random.ts";

Deno.test("foldText breaks at blanks, and words that are too long anywhere", () => {
  assert.deepEqual(foldText("", 10), [""]);
  assert.deepEqual(foldText("no event matches", 10), ["no event", "matches"]);
  assert.deepEqual(foldText("no abcdefghijkl m", 6), ["no", "abcdef", "ghijkl", "m"]);
  assert.deepEqual(foldText("日本語", 4), ["日本", "語"]);
});

Deno.test("foldText loses nothing but blanks, and keeps to the columns", () =>
  forOneSeed((random) => {
    for (let i = 0; i < 200; i++) {
      const text = random.text("ab 日é", 0, 40);
      const columns = random.int(2, 12);
      const lines = foldText(text, columns);
      assert.equal(lines.join("").replaceAll(" ", ""), text.replaceAll(" ", ""));
      for (const line of lines) assert.ok(textWidth(line) <= columns, JSON.stringify(lines));
    }
  }));
