import assert from "node:assert/strict";
import {
  csvFormat,
  type EventFormat,
  jsonFormat,
  logfmtFormat,
  rawFormat,
} from "../../../lib/cli/query/event_formats.ts";
import { textFormat } from "../../../lib/cli/query/text_format.ts";
import { createEvent, type Event } from "../../../lib/event/event.ts";
import { eventFromJson } from "../../../lib/event/event_json.ts";
import { RawEvent } from "../../../lib/event/raw_event.ts";
import { toRawEvent } from "../../../lib/event/text_format.ts";
import { forSeeds } from "../../random.ts";

/** What a line of a terminal must not hold beside its newline, tabs and the CR of CSV. */
const ACTING =
  // deno-lint-ignore no-control-regex -- control characters are what it is about
  /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/;

const HOSTILE = [
  "<script>alert(1)</script>",
  "\x1b[2J\x1b]0;title\x07",
  "user\u202etxt.exe\u2066\u200f",
  "nul \0 and c1 \x9b2J",
  "one\u2028two\u0085three",
  "\ud800 lone \udc00",
  "zero\u200bwidth\ufeff",
  '=HYPERLINK("http://x","y")',
  'quote " backslash \\ comma , equals = tab \t',
  "cr \r lf \n crlf \r\n end",
  "",
  " ",
];

function hostileEvent(text: string): Event {
  const line = text.replaceAll("\n", " ");
  return {
    // No collector takes an id with half a character.
    id: `id ${line.toWellFormed()}`,
    timestamp: 1.5,
    source: line,
    tags: [line.replaceAll(",", ";")],
    content: text,
    headers: [`x: ${line}`],
  };
}

function write(format: EventFormat, event: Event): string {
  const line = format.line(event, false);
  return typeof line === "string"
    ? line
    : new TextDecoder("utf-8", { ignoreBOM: true }).decode(line);
}

Deno.test("every format shows hostile events inert on a terminal", () => {
  const text = { format: "{id} {timestamp} {source} {tags} {content}", timestampFormat: "%H" };
  const formats = [
    jsonFormat(true),
    logfmtFormat(true),
    csvFormat(true),
    rawFormat(true),
    textFormat({ ...text, isInert: true, colors: false }),
  ];
  for (const format of formats) {
    for (const hostile of [...HOSTILE, `${"\x1b[31m".repeat(200_000)}`]) {
      const line = write(format, hostileEvent(hostile));
      assert.doesNotMatch(line.replace(/\r(?=\n|$)/g, ""), ACTING, line.slice(0, 80));
      assert(line.isWellFormed());
    }
  }
  const colored = textFormat({ ...text, isInert: true, colors: true });
  for (const hostile of HOSTILE) {
    // deno-lint-ignore no-control-regex -- only the program's own colours may be left
    const line = write(colored, hostileEvent(hostile)).replaceAll(/\x1b\[[\d;]+m/g, "");
    assert.doesNotMatch(line, ACTING);
  }
});

Deno.test("jsonFormat writes lines that read back as the same event, on a terminal as well", () => {
  for (const isInert of [false, true]) {
    for (const hostile of HOSTILE) {
      const event = hostileEvent(hostile);
      const line = write(jsonFormat(isInert), event);
      assert(!line.includes("\n"));
      assert.deepEqual(eventFromJson(line), event);
    }
  }
});

Deno.test("logfmtFormat quotes what needs it, and no more", () => {
  const rows: readonly (readonly [content: string, expected: string])[] = [
    ["plain/value:1", "content=plain/value:1"],
    ["ünïcode", "content=ünïcode"],
    ["two words", 'content="two words"'],
    ["", 'content=""'],
    ["a=b", 'content="a=b"'],
    ['say "x"', 'content="say \\"x\\""'],
    ["back\\slash", 'content="back\\\\slash"'],
    ["a\nb\tc\x1b", 'content="a\\nb\\tc\\u001b"'],
    ["no\u00a0break", 'content="no\u00a0break"'],
  ];
  for (const [content, expected] of rows) {
    const event = createEvent({ id: "7", timestamp: 1.5, source: "/s", tags: ["a", "b"], content });
    assert.equal(
      write(logfmtFormat(false), event),
      `id=7 timestamp=1.5 source=/s tags=a,b ${expected}`,
    );
  }
  const headers = ["offset: 1", "x: y"];
  const line = write(logfmtFormat(false), createEvent({ id: "7", timestamp: 1, headers }));
  assert(line.endsWith('headers="offset: 1\\nx: y"'));
});

Deno.test("logfmtFormat writes values that read back", () => {
  for (const isInert of [false, true]) {
    for (const hostile of HOSTILE) {
      const line = write(logfmtFormat(isInert), hostileEvent(hostile));
      assert(!line.includes("\n"));
      const [, value = ""] = / content=("(?:[^"\\]|\\.)*"|\S+)/.exec(line) ?? [];
      assert.equal(value.startsWith('"') ? JSON.parse(value) : value, hostile);
    }
  }
});

/** Reads CSV by the grammar of RFC 4180. */
function parseCsv(text: string): string[][] {
  const rows: string[][] = [[]];
  let at = 0;
  while (at < text.length) {
    const field = /"((?:[^"]|"")*)"|([^",\r\n]*)/y;
    field.lastIndex = at;
    const match = field.exec(text);
    assert(match !== null);
    rows.at(-1)?.push(match[1]?.replaceAll('""', '"') ?? match[2] ?? "");
    at = field.lastIndex;
    if (text.startsWith(",", at)) at++;
    else {
      assert(text.startsWith("\r\n", at), `no end of a line at ${at}`);
      at += 2;
      if (at < text.length) rows.push([]);
    }
  }
  return rows;
}

Deno.test("csvFormat writes RFC 4180 with a header, and data as it is", () =>
  forSeeds(20, (random) => {
    const format = csvFormat(false);
    const contents = [...HOSTILE, random.text(',"\r\n =ab', 0, 20)];
    const events = contents.map(hostileEvent);
    const text = [format.head ?? "", ...events.map((event) => write(format, event))]
      .map((line) => `${line}\n`).join("");
    const [head, ...rows] = parseCsv(text);
    assert.deepEqual(head, ["id", "timestamp", "source", "tags", "content", "headers"]);
    assert.deepEqual(
      rows,
      events.map(({ id, timestamp, source, tags, content, headers }) => [
        ...[id, `${timestamp}`, source, tags.join(","), content, headers.join("\n")],
      ]),
    );
  }));

Deno.test("rawFormat writes the bytes of a content as they are", () => {
  const bytes = Uint8Array.of(0xef, 0xbb, 0xbf, 0x41, 0xff, 0x00, 0x0a);
  const header = new TextEncoder().encode("id: 7\ntimestamp: 1\nsource:\ntags:\n");
  assert.deepEqual(rawFormat(false).line(RawEvent.fromParts(header, bytes), false), bytes);
  const event = createEvent({ content: "\ufeffé\n" });
  assert.equal(write(rawFormat(false), event), "\ufeffé\n");
  assert.equal(write(rawFormat(false), toRawEvent(event)), "\ufeffé\n");
});
