import assert from "node:assert/strict";
import { FilterError, formatFilter, parseFilter } from "../../../lib/cli/tau/filter_text.ts";
import type { Criteria } from "../../../lib/event/criteria.ts";
import { forSeeds } from "../../random.ts";
import { NO_TIMES, TIME_WORDS, WORDS_NOW } from "../../time_words.ts";

const NOW = Date.UTC(2026, 10, 22, 12) / 1000;

Deno.test("parseFilter reads words, patterns and names", () => {
  const rows: readonly (readonly [text: string, criteria: Criteria])[] = [
    ["", {}],
    ["   ", {}],
    ["no route to host", { content: "no route to host" }],
    [String.raw`time\s?out|refused`, { content: String.raw`time\s?out|refused` }],
    ["source:/var/log tag:web tag:prod id:7", {
      source: "/var/log",
      tags: ["web", "prod"],
      id: "7",
    }],
    ["a source:s b", { source: "s", content: "a b" }],
    ["TAGS:x After:1h until:now", { tags: ["x"], start: NOW - 3600, end: NOW }],
    ['content:"two  words" x', { content: "two  words x" }],
    ['"source:x"', { content: "source:x" }],
    [String.raw`"say \"hi\" \d"`, { content: String.raw`say "hi" \d` }],
    ['since:"2026-11-22 10:00Z"', { start: NOW - 7200 }],
    ["http://host error: tag:", { content: "http://host error:", tags: [""] }],
  ];
  for (const [text, criteria] of rows) assert.deepEqual(parseFilter(text, NOW), criteria, text);
  const { start = 0 } = parseFilter("since:10:30", NOW);
  const time = new Date(start * 1000);
  assert.deepEqual([time.getHours(), time.getMinutes(), time.getSeconds()], [10, 30, 0]);
});

Deno.test("parseFilter reads times by the words of all", () => {
  for (const [text, seconds] of Object.entries(TIME_WORDS)) {
    assert.deepEqual(parseFilter(`since:"${text}"`, WORDS_NOW), { start: seconds }, text);
    assert.deepEqual(parseFilter(`until:"${text}"`, WORDS_NOW), { end: seconds }, text);
  }
  for (const text of NO_TIMES) {
    assert.throws(() => parseFilter(`until:${text}`, WORDS_NOW), {
      name: "FilterError",
      message: new RegExp(`^until: Cannot read time '${text}': `),
    });
  }
});

Deno.test("parseFilter names the part that is wrong, and its place", () => {
  const rows: readonly (readonly [text: string, position: number, message: RegExp])[] = [
    ["a (b", 0, /^content: .*\(/],
    ["ab source:[", 3, /^source: /],
    ["x tag:( y", 2, /^tag: /],
    ["id:*", 0, /^id: /],
    ["since:soon", 0, /^since: Cannot read time 'soon'/],
    ["until:25:00", 0, /^until: Cannot read time '25:00'/],
    ["a since:", 2, /^since: needs a value/],
    ["source:a source:b", 9, /^source: must not be given twice/],
    ["since:1h until:2h", 9, /^until: must not lie before since:/],
    ['tag:"open', 4, /a quote is not closed/],
    ["surce:/x", 0, /^surce: is unknown; did you mean 'source:'\?/],
    ["order:desc", 0, /^order: has no place here/],
    ["limit:5", 0, /^limit: has no place here/],
  ];
  for (const [text, position, message] of rows) {
    assert.throws(() => parseFilter(text, NOW), (error: unknown) => {
      assert.ok(error instanceof FilterError, text);
      assert.equal(error.position, position, text);
      assert.match(error.message, message);
      return true;
    });
  }
});

Deno.test("formatFilter writes what parseFilter reads as the same criteria", () =>
  forSeeds(300, (random) => {
    const pieces = [
      "a",
      "b c",
      " ",
      '"',
      "source:",
      "tag:x",
      "\\\\d",
      ".",
      "ä漢",
      "  ",
      ":",
      "since:1h",
    ];
    const value = () => random.text(pieces, 1, 4);
    const start = random.pick([
      0,
      1,
      1_700_000_000,
      1_700_000_000.25,
      1_700_000_000.123456,
      -5,
      1e15,
    ]);
    const criteria: Criteria = {
      ...(random.chance(0.6) ? { content: value() } : {}),
      ...(random.chance(0.4) ? { source: value() } : {}),
      ...(random.chance(0.4) ? { tags: [value(), value()] } : {}),
      ...(random.chance(0.3) ? { id: value() } : {}),
      ...(random.chance(0.4) ? { start } : {}),
      ...(random.chance(0.4) ? { end: 1e15 + 1 } : {}),
    };
    const text = formatFilter(criteria);
    assert.deepEqual(parseFilter(text, NOW), criteria, text);
  }));
