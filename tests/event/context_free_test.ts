import assert from "node:assert/strict";
import { isContextFree } from "../../lib/event/pattern/context_free.ts";
import { compilePattern } from "../../lib/event/pattern.ts";
import { Random } from "../random.ts";

Deno.test("isContextFree says no to anchors and look-around only", () => {
  for (const source of ["abc", "[^$]x", "\\$\\^", "a(?:b|c)*\\bd", "[\\]^]", "(?<n>a)"]) {
    assert.equal(isContextFree(source), true, source);
  }
  for (const source of ["^a", "a$", "a(?=b)", "a(?!b)", "(?<=a)b", "(?<!a)b", "[a]$"]) {
    assert.equal(isContextFree(source), false, source);
  }
});

Deno.test("a context-free Pattern finds in joined texts a place in each text that matches", () => {
  const random = new Random(1);
  const atoms = [
    "a",
    "b",
    "\\w",
    "\\s",
    "[^a]",
    ".",
    "\\bab\\b",
    "(?:a|b)",
    "\\n",
    "a+",
    "(?:ab)*",
    "\\W",
  ];
  for (let round = 0; round < 500; round++) {
    const source = random.text(atoms, 1, 4);
    const pattern = compilePattern(source, "search");
    if (!pattern.isContextFree) continue;
    const texts = Array.from({ length: 6 }, () => random.text([..."ab \n."], 0, 6));
    const joined = texts.map((text) => `${text}\n`).join("");
    const expression = new RegExp(pattern.asciiSource, "g");
    const found: boolean[] = [];
    let start = 0;
    for (const text of texts) {
      expression.lastIndex = start;
      const at = expression.exec(joined)?.index ?? Infinity;
      found.push(at <= start + text.length);
      start += text.length + 1;
    }
    texts.forEach((text, i) => {
      if (pattern.testAscii(text)) assert.ok(found[i], `${source} in ${JSON.stringify(texts)}`);
    });
  }
});
