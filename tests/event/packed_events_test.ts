import assert from "node:assert/strict";
import { concatBytes } from "../../lib/base/bytes.ts";
import { EventReader, RawEvent, serializeEvent, toRawEvent } from "../../lib/event/mod.ts";
import { packEvents, unpackEvents } from "../../lib/event/packed_events.ts";
import { Random } from "../random.ts";
import { randomEvent } from "./sample_events.ts";

Deno.test("unpackEvents gives back what packEvents took", () => {
  const random = new Random(1);
  const made = Array.from({ length: 50 }, () => toRawEvent(randomEvent(random)));
  const loose = "event:24 22 2\nid:a\ntimestamp: 12345\nhi";
  const read = [...new EventReader(new TextEncoder().encode(loose))].filter((e) =>
    e instanceof RawEvent
  );
  const events = [...made, ...read];
  assert.equal(read.length, 1);
  const packed = packEvents(events);
  assert.deepEqual(new Uint8Array(packed.bytes), concatBytes(events.map(serializeEvent)));
  const unpacked = unpackEvents(packed);
  assert.deepEqual(
    unpacked.map((event) => event.toEvent()),
    events.map((event) => event.toEvent()),
  );
  for (const [i, event] of unpacked.entries()) {
    assert.deepEqual(event.frame(), events[i]?.frame());
    assert.equal(event.frameLength, event.frame().length);
  }
});
