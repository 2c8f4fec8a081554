import assert from "node:assert/strict";
import { concatBytes } from "../../lib/base/bytes.ts";
import {
  type Event,
  EventDecoder,
  EventDecoderStream,
  EventEncoderStream,
  type EventFormatError,
  type RawEvent,
  serializeEvent,
} from "../../lib/event/mod.ts";
import { cpuMs } from "../cpu_time.ts";
import { Random } from "../random.ts";
import { randomEvent } from "./sample_events.ts";

function sample(seed: number, count: number): { events: Event[]; bytes: Uint8Array } {
  const random = new Random(seed);
  const events = Array.from({ length: count }, () => randomEvent(random));
  const parts = events.flatMap((event) =>
    random.chance(0.3) ? [serializeEvent(event), new Uint8Array([0x0a])] : [serializeEvent(event)]
  );
  return { events, bytes: concatBytes(parts) };
}

function decode(chunks: Iterable<Uint8Array>): { events: RawEvent[]; skipped: EventFormatError[] } {
  const skipped: EventFormatError[] = [];
  const decoder = new EventDecoder({ onSkipped: (error) => skipped.push(error) });
  const events: RawEvent[] = [];
  for (const chunk of chunks) {
    // A reader may use its buffer again as soon as push returns.
    const reused = chunk.slice();
    const decoded = decoder.push(reused);
    events.push(...decoded.map((event) => rebuild(event)));
    reused.fill(0x78);
  }
  events.push(...decoder.finish());
  return { events, skipped };
}

function rebuild(event: RawEvent): RawEvent {
  void [event.id, event.content, event.source];
  return event;
}

function texts(events: readonly Event[]): string[] {
  return events.map((event) => `${event.id}|${event.source}|${event.content}`);
}

Deno.test("EventDecoder reads events byte by byte", () => {
  const { events, bytes } = sample(1, 30);
  const { events: read, skipped } = decode(Array.from(bytes, (byte) => new Uint8Array([byte])));
  assert.deepEqual(texts(read), texts(events));
  assert.deepEqual(skipped, []);
});

Deno.test("EventDecoder reads events split at every point", () => {
  const { events, bytes } = sample(2, 5);
  for (let at = 0; at <= bytes.length; at++) {
    const { events: read, skipped } = decode([bytes.subarray(0, at), bytes.subarray(at)]);
    assert.deepEqual(texts(read), texts(events), `split at ${at}`);
    assert.deepEqual(skipped, []);
  }
});

Deno.test("EventDecoder reports a truncated end with its offset", () => {
  const { events, bytes } = sample(3, 3);
  const last = serializeEvent(events[2] ?? randomEvent(new Random(1)));
  const { events: read, skipped } = decode([bytes.subarray(0, bytes.length - 5)]);
  assert.equal(read.length, 2);
  assert.equal(skipped.length, 1);
  assert.ok((skipped[0]?.offset ?? 0) >= bytes.length - last.length - 1);
});

Deno.test("EventDecoder finds the good events between random garbage", () => {
  const random = new Random(4);
  for (let round = 0; round < 200; round++) {
    const { events } = sample(100 + round, 4);
    const parts = events.flatMap((event) => [
      serializeEvent(event),
      new TextEncoder().encode(
        `${random.text([..."evnt: 0123456789\n"], 1, 30).replaceAll("event:", "")}\n`,
      ),
    ]);
    const bytes = concatBytes(parts);
    const chunks: Uint8Array[] = [];
    for (let at = 0; at < bytes.length;) {
      const size = random.int(1, 40);
      chunks.push(bytes.subarray(at, at + size));
      at += size;
    }
    assert.deepEqual(texts(decode(chunks).events), texts(events), `round ${round}`);
  }
});

Deno.test("EventDecoder survives arbitrary bytes", () => {
  const random = new Random(5);
  for (let round = 0; round < 500; round++) {
    const bytes = Uint8Array.from({ length: random.int(0, 200) }, () => random.int(0, 255));
    const prefix = new TextEncoder().encode(random.chance(0.5) ? "event: 30 20 10\n" : "");
    const { events, skipped } = decode([concatBytes([prefix, bytes])]);
    for (const event of events) void event.content;
    for (const error of skipped) assert.ok(error.offset >= 0 && error.skipped > 0);
  }
});

Deno.test("EventDecoder takes time in proportion to the bytes when chunks are tiny", () => {
  const content = new Uint8Array(1 << 20).fill(0x61);
  const header = new TextEncoder().encode("id:a\ntimestamp: 1\n");
  const head = new TextEncoder().encode(
    `event: ${header.length + content.length - 100} ${header.length} ${content.length - 100}\n`,
  );
  const bytes = concatBytes([head, header, content.subarray(100), new Uint8Array([0x0a])]);
  const decoder = new EventDecoder();
  const events: RawEvent[] = [];
  const started = cpuMs();
  for (let at = 0; at < bytes.length; at += 64) {
    events.push(...decoder.push(bytes.subarray(at, at + 64)));
  }
  assert.equal(events.length, 1);
  assert.ok(cpuMs() - started < 5000);
});

Deno.test("EventDecoderStream and EventEncoderStream are each other's inverse", async () => {
  const { events } = sample(6, 50);
  const read = await Array.fromAsync(
    ReadableStream.from(events)
      .pipeThrough(new EventEncoderStream())
      .pipeThrough(new EventDecoderStream()),
  );
  assert.deepEqual(texts(read), texts(events));
});
