import assert from "node:assert/strict";
import { concatBytes } from "../../../lib/base/bytes.ts";
import { RawEvent } from "../../../lib/event/raw_event.ts";
import type { BodyItem, BodyReader } from "../../../lib/server/http/body_reader.ts";
import { JsonBodyReader } from "../../../lib/server/http/json_body_reader.ts";
import { TextBodyReader } from "../../../lib/server/http/text_body_reader.ts";
import { forSeeds } from "../../random.ts";
import { frame } from "../fixtures.ts";

const OPTIONS = { maxEventBytes: 400, now: () => 1234 };
const READERS: Readonly<Record<string, () => BodyReader>> = {
  TextBodyReader: () => new TextBodyReader(OPTIONS),
  JsonBodyReader: () => new JsonBodyReader(OPTIONS),
};
const encoder = new TextEncoder();

function readAll(make: () => BodyReader, parts: readonly Uint8Array[]): string[] {
  const reader = make();
  const items: BodyItem[] = [];
  // What was handed over may not change any more: each reader gets a copy of its own.
  for (const part of parts) items.push(...reader.push(part.slice()));
  items.push(...reader.finish());
  return items.map((item) =>
    item instanceof RawEvent
      ? new TextDecoder().decode(item.frame()).replace(/id:[0-9a-f-]{36}\n/, "id:UUID\n")
      : `rejected: ${item.reason}`
  );
}

function jsonLine(value: unknown): Uint8Array {
  return encoder.encode(`${JSON.stringify(value)}\n`);
}

/** Pieces of bodies: good ones, bad ones, and what looks like an event in the wrong place. */
const PIECES: readonly Uint8Array[] = [
  frame({ id: "plain", content: "hello" }),
  frame({ id: "ü", content: "two\nlines é \u{1f600}" }),
  frame({ id: "nested", content: "x\nevent: 3 1 2\ny" }),
  frame({ id: "empty", content: "" }),
  encoder.encode("event: 5 0 5\nhello\n"),
  encoder.encode("event: 21 19 2\ntimestamp:not-a-num\nhi\n"),
  encoder.encode("event: 900 20 880\n"),
  encoder.encode("event: 9 9"),
  encoder.encode("junk event: 3 1 2 junk"),
  encoder.encode("junk\n\n\nmore junk\n"),
  encoder.encode("event"),
  encoder.encode("\n\n\r\n"),
  encoder.encode("id: bare\ntimestamp: 5\ncontent of it\n"),
  new Uint8Array([0xff, 0xfe, 0x0a, 0xc3]),
  jsonLine({ id: "j", timestamp: 1, content: "é\u{1f600}\u2028" }),
  jsonLine({ content: "x".repeat(399) }),
  jsonLine({ content: "x".repeat(3000) }),
  encoder.encode('{"id": "torn'),
  encoder.encode("[]\n"),
  encoder.encode("   \n"),
];

for (const [name, make] of Object.entries(READERS)) {
  Deno.test(`${name} reads the same however the bytes are split in two`, () => {
    for (let i = 0; i < PIECES.length; i++) {
      const pieces = [PIECES[i], PIECES[(i + 7) % PIECES.length], PIECES[(i + 3) % PIECES.length]];
      const body = concatBytes(pieces.filter((piece) => piece !== undefined));
      const expected = readAll(make, [body]);
      for (let at = 0; at <= body.length; at++) {
        const actual = readAll(make, [body.subarray(0, at), body.subarray(at)]);
        assert.deepEqual(actual, expected, `pieces from ${i}, split at ${at}`);
      }
    }
  });

  Deno.test(`${name} reads the same in random parts as whole`, async () => {
    await forSeeds(300, (random) => {
      const body = concatBytes(Array.from({ length: random.below(8) }, () => random.pick(PIECES)));
      const parts: Uint8Array[] = [];
      for (let at = 0; at < body.length;) {
        const end = at + random.int(1, random.chance(0.5) ? 4 : 200);
        parts.push(body.subarray(at, end));
        at = end;
      }
      assert.deepEqual(readAll(make, parts), readAll(make, [body]));
    });
  });
}

Deno.test("TextBodyReader completes events as the other doors do", () => {
  const [item] = readAll(READERS["TextBodyReader"]!, [encoder.encode("event: 5 0 5\nhello\n")]);
  assert.match(item ?? "", /^event: .*\nid:UUID\ntimestamp: 1234\.0000000\nhello\n$/);
});

Deno.test("TextBodyReader finds the events around what is none", () => {
  const body = concatBytes([
    frame({ id: "a" }),
    encoder.encode("junk event: 3 1 2 in a line\n"),
    frame({ id: "b" }),
  ]);
  const items = readAll(READERS["TextBodyReader"]!, [body]);
  assert.deepEqual(items.map((item) => item.slice(0, 8)), ["event: 5", "rejected", "event: 5"]);
});

Deno.test("JsonBodyReader holds no more of a line than it may have", () => {
  const reader = new JsonBodyReader({ maxEventBytes: 1000, now: () => 1 });
  const part = new Uint8Array(1 << 16).fill(0x20);
  for (let i = 0; i < 2000; i++) assert.equal(reader.push(part).length, 0);
  const [item] = reader.finish();
  assert.ok(item !== undefined && !(item instanceof RawEvent));
  assert.match(item.reason, /at most 6000 bytes: it has 131072000/);
});
