import assert from "node:assert/strict";
import { readMessage } from "../../lib/event/intake.ts";
import type { RawEvent } from "../../lib/event/mod.ts";

const NOW = 1700000000.25;

function read(text: string) {
  return readMessage(new TextEncoder().encode(text), { now: () => NOW });
}

function readOne(text: string): RawEvent {
  const { events, rejected } = read(text);
  assert.deepEqual(rejected, []);
  assert.equal(events.length, 1);
  return events[0] as RawEvent;
}

function framed(header: string, content: string): string {
  const [h, c] = [header, content].map((part) => new TextEncoder().encode(part).length);
  return `event: ${(h ?? 0) + (c ?? 0)} ${h} ${c}\n${header}${content}\n`;
}

Deno.test("readMessage leaves complete events as they came", () => {
  const text = framed("id:a\ntimestamp: 1.123456789\nsource:s\ntags:t\n", "x");
  assert.equal(new TextDecoder().decode(readOne(text).frame()), text);
});

Deno.test("readMessage puts the clock where the timestamp is missing or zero", () => {
  const missing = readOne(framed("id:a\nsource:s\nx-custom: 1\n", "x"));
  assert.equal(missing.timestamp, NOW);
  assert.deepEqual([missing.id, missing.source, missing.headers], ["a", "s", ["x-custom: 1"]]);
  for (const zero of ["0", "0.000", "-0"]) {
    const event = readOne(framed(`id:a\ntimestamp: ${zero}\nsource:s\n`, "x"));
    assert.equal(event.timestamp, NOW);
    assert.equal(new TextDecoder().decode(event.headerBytes()).match(/timestamp/g)?.length, 1);
  }
});

Deno.test("readMessage gives an event without id a new one", () => {
  const first = readOne(framed("timestamp: 5\nsource:s\n", "x"));
  const second = readOne(framed("id:  \ntimestamp: 5\nsource:s\n", "x"));
  assert.match(first.id, /^[0-9a-f-]{36}$/);
  assert.match(second.id, /^[0-9a-f-]{36}$/);
  assert.notEqual(first.id, second.id);
  const bare = readOne("event: 1 0 1\nc\n");
  assert.deepEqual([bare.timestamp, bare.content, bare.source, bare.tags.length], [
    NOW,
    "c",
    "",
    0,
  ]);
});

Deno.test("readMessage takes one event without preamble", () => {
  const event = readOne("id:x\ntimestamp: 1\nsource:s\ntags:t,u\nno preamble\nsecond: line\n");
  assert.deepEqual(
    [event.id, event.timestamp, event.source, event.tags, event.content],
    ["x", 1, "s", ["t", "u"], "no preamble\nsecond: line"],
  );
  assert.equal(readOne("source:s\nhello").timestamp, NOW);
  assert.equal(read("id:x\ntimestamp: soon\nhello\n").events.length, 0);
});

Deno.test("readMessage counts events and malformed pieces together", () => {
  const good = framed("id:a\ntimestamp: 5\n", "x");
  const { events, rejected } = read(`${good}junk\n${good}event: 9 9\n`);
  assert.equal(events.length, 2);
  assert.deepEqual(rejected.map(({ index }) => index), [1, 3]);
  assert.deepEqual(read("").rejected, []);
  assert.deepEqual(read("\n\n").rejected, []);
});

Deno.test("readMessage keeps the limit that it is given", () => {
  const message = new TextEncoder().encode(framed("id:a\ntimestamp: 5\n", "x".repeat(100)));
  assert.equal(readMessage(message, { maxEventBytes: 119 }).events.length, 1);
  assert.match(
    readMessage(message, { maxEventBytes: 100 }).rejected[0]?.error.reason ?? "",
    /exceeds the limit of 100/,
  );
});
