import assert from "node:assert/strict";
import { MatchFinder } from "../../../lib/cli/query/match_finder.ts";
import { textFormat } from "../../../lib/cli/query/text_format.ts";
import { createEvent, type Event } from "../../../lib/event/event.ts";
import { compilePattern } from "../../../lib/event/pattern.ts";

const FAINT = "\x1b[90m";
const RED = "\x1b[31m";
const MARK = "\x1b[1;7m";
const END = "\x1b[0m";

function colored(format: string, pattern?: string) {
  const matches = pattern === undefined
    ? undefined
    : new MatchFinder(compilePattern(pattern, "search"));
  const options = { format, timestampFormat: "", isInert: true, colors: true, matches };
  const { line } = textFormat(options);
  return (init: Partial<Event>, isContext = false) =>
    line(createEvent({ id: "7", timestamp: 5, ...init }), isContext);
}

Deno.test("textFormat colours timestamp, source and content, and leaves the format's own text", () => {
  const line = colored("<{timestamp}> {source} {tags}: {content}");
  const written = line({ source: "/a", tags: ["t"], content: "ERROR x" });
  const color = /\[(\d+)m\/a/.exec(`${written}`)?.[1];
  assert.equal(written, `<${FAINT}5.0${END}> \x1b[${color}m/a${END} t: ${RED}ERROR x${END}`);
  assert.equal(line({ content: "calm" }), `<${FAINT}5.0${END}>  : calm`);
});

Deno.test("textFormat gives a source the same colour each time", () => {
  const line = colored("{source}");
  const colors = new Set(
    Array.from({ length: 50 }, (_, i) => `${line({ source: `/s${i}` })}`.slice(0, 5)),
  );
  assert(colors.size > 4);
  assert.equal(line({ source: "/s1" }), colored("{source}")({ source: "/s1" }));
});

Deno.test("textFormat marks what the pattern matches, whatever the format makes of the content", () => {
  const content = "ab 12 cd 34";
  const marked = `ab ${MARK}12${END} cd ${MARK}34${END}`;
  const rows: readonly (readonly [format: string, expected: string])[] = [
    ["{content}", marked],
    ["{content:15}|", `${marked}    |`],
    ["{content:>15}|", `    ${marked}|`],
    ["{content:.4}|", `ab ${MARK}1${END}|`],
    ["{content:.2}|", "ab|"],
  ];
  for (const [format, expected] of rows) {
    assert.equal(colored(format, "\\d+")({ content }), expected, format);
  }
});

Deno.test("textFormat marks in contents what is shown in their place", () => {
  const line = colored("{content}", "b+");
  assert.equal(
    line({ content: "\x1b[1mabb\u202eb" }),
    `\\x1b[1ma${MARK}bb${END}\\u202e${MARK}b${END}`,
  );
});

Deno.test("textFormat colours each line of a content by itself", () => {
  assert.equal(
    colored("{content}")({ content: "ERROR a\n\nb" }),
    `${RED}ERROR a${END}\n\n${RED}b${END}`,
  );
});

Deno.test("textFormat shows context faint and unmarked", () => {
  const line = colored("{source} {tags} {content}", "x");
  assert.equal(
    line({ source: "/a", tags: ["t"], content: "ERROR x" }, true),
    `${FAINT}/a${END} ${FAINT}t${END} ${FAINT}ERROR x${END}`,
  );
});
