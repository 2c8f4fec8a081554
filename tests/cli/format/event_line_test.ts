import assert from "node:assert/strict";
import {
  compileEventLine,
  DEFAULT_EVENT_FORMAT,
  DEFAULT_TIMESTAMP_FORMAT,
} from "../../../lib/cli/format/event_line.ts";

const EVENT = { id: "7", timestamp: 1e9 + 0.5, source: "/web", tags: ["a", "b"], content: "up" };

Deno.test("compileEventLine prints the default line", () => {
  const line = "2001-09-09 01:46:40.500000 [/web      ] a,b            : up";
  assert.equal(compileEventLine({ timeZone: "UTC" })(EVENT), line);
  const given = { format: DEFAULT_EVENT_FORMAT, timestampFormat: DEFAULT_TIMESTAMP_FORMAT };
  assert.equal(compileEventLine({ ...given, timeZone: "UTC" })(EVENT), line);
});

Deno.test("compileEventLine takes the zone of the process by default", () => {
  const timestamp = new Date(2026, 6, 14, 15, 16, 17).getTime() / 1000;
  const write = compileEventLine({ format: "{timestamp}", timestampFormat: "%F %T" });
  assert.equal(write({ ...EVENT, timestamp }), "2026-07-14 15:16:17");
});

Deno.test("compileEventLine leaves the timestamp a number when its format is empty", () => {
  const write = compileEventLine({
    format: "{timestamp:.3f}|{timestamp}|{id}",
    timestampFormat: "",
  });
  assert.equal(write(EVENT), "1000000000.500|1000000000.5|7");
});

Deno.test("compileEventLine treats a formatted timestamp as text", () => {
  assert.throws(() => compileEventLine({ format: "{timestamp:.3f}" }), {
    name: "FormatError",
    message:
      "Cannot use format spec '.3f': ValueError: Unknown format code 'f' for object of type 'str'",
  });
});

Deno.test("compileEventLine prints the number of a timestamp that is no date", () => {
  const dateless = { ...EVENT, timestamp: 1e18 };
  assert.equal(compileEventLine({ format: "{timestamp:8}|" })(dateless), "   1e+18|");
  assert.equal(compileEventLine({ format: "{timestamp:8s}|" })(dateless), "1e+18   |");
  assert.equal(compileEventLine({ format: "{timestamp}" })({ ...EVENT, timestamp: NaN }), "nan");
});

Deno.test("compileEventLine joins tags with commas", () => {
  const write = compileEventLine({ format: "{tags}|{tags[0]}" });
  assert.equal(write(EVENT), "a,b|a");
  assert.throws(() => write({ ...EVENT, tags: [] }), /IndexError: string index out of range/);
});

Deno.test("compileEventLine refuses unknown fields and names the known ones", () => {
  assert.throws(() => compileEventLine({ format: "{headers}" }), {
    message: "Cannot use format field 'headers': KeyError: 'headers'; " +
      "the fields are 'id', 'timestamp', 'source', 'tags', 'content'",
  });
});
