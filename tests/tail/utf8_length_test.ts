import assert from "node:assert/strict";
import { utf8Length } from "../../lib/tail/utf8_length.ts";
import { forSeeds } from "../random.ts";

const CHARACTERS = [
  "a",
  "\0",
  "é",
  "߿",
  "ࠀ",
  "漢",
  "\uffff",
  "😀",
  "\u{10ffff}",
  "\ud800",
  "\udc00",
];

Deno.test("utf8Length is what TextEncoder makes of any text, lone surrogates included", () =>
  forSeeds(500, (random) => {
    const text = random.text(CHARACTERS, 0, 12);
    assert.equal(utf8Length(text), new TextEncoder().encode(text).length, JSON.stringify(text));
  }));
