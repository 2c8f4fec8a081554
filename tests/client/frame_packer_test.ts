import assert from "node:assert/strict";
import { FramePacker } from "../../lib/client/frame_packer.ts";
import { createEvent, RawEvent, serializeEvent } from "../../lib/event/mod.ts";
import { concatBytes } from "../../lib/base/bytes.ts";
import { randomEvent } from "../event/sample_events.ts";
import { forSeeds } from "../random.ts";
import { readEvents } from "./fake_collector.ts";

const encoder = new TextEncoder();

Deno.test("FramePacker writes what serializeEvent writes, in messages of bounded size", async () => {
  await forSeeds(200, (random) => {
    const maxBytes = random.int(1, 600);
    const packer = new FramePacker(maxBytes);
    const events = Array.from({ length: random.int(0, 30) }, () => randomEvent(random));
    const messages: Uint8Array[] = [];
    for (const event of events) {
      if (packer.add(event)) continue;
      messages.push(packer.take());
      assert(packer.add(event));
    }
    messages.push(packer.take());
    assert.deepEqual(concatBytes(messages), concatBytes(events.map(serializeEvent)));
    for (const message of messages) {
      assert(message.length <= maxBytes || readEvents(message).length === 1);
    }
  });
});

Deno.test("FramePacker passes the bytes of a RawEvent on", () => {
  const bytes = encoder.encode("event: 40 38 2\ntimestamp:1.123456789\nsource:a\nid: b \nhi\n");
  const [event] = readEvents(bytes);
  assert(event);
  const packer = new FramePacker(1000);
  assert(packer.add(event));
  assert.deepEqual(packer.take(), bytes);
});

Deno.test("FramePacker fills in a missing timestamp and id, once for all times of sending", () => {
  const packer = new FramePacker(1000);
  packer.add(RawEvent.fromParts(encoder.encode("tags:a\nx: y\n"), encoder.encode("hi")));
  packer.add(createEvent({ id: "kept", timestamp: 0 }));
  const [first, second] = readEvents(packer.take());
  assert(first && second);
  assert.match(first.id, /^[0-9a-f-]{36}$/);
  assert(Math.abs(first.timestamp - Date.now() / 1000) < 60);
  assert.deepEqual([first.tags, first.headers, first.content], [["a"], ["x: y"], "hi"]);
  assert.equal(second.id, "kept");
  assert(second.timestamp > 0);
});

Deno.test("FramePacker refuses what the format cannot carry and what no message can hold", () => {
  const packer = new FramePacker(100);
  assert.throws(() => packer.add({ ...createEvent(), id: "" }), /'id' must not be empty/);
  const huge = createEvent({ content: "x".repeat(8 << 20) });
  assert.throws(() => packer.add(huge), /a message holds at most 8388608/);
  assert.equal(packer.take().length, 0);
});
