import assert from "node:assert/strict";
import { SeenEvents } from "../../lib/client/seen_events.ts";
import { createEvent } from "../../lib/event/event.ts";
import type { RawEvent } from "../../lib/event/raw_event.ts";
import { toRawEvent } from "../../lib/event/text_format.ts";

function event(id: string, timestamp: number): RawEvent {
  return toRawEvent(createEvent({ id, timestamp }));
}

Deno.test("SeenEvents knows events by timestamp and id, however many there are", () => {
  const seen = new SeenEvents();
  const count = 200_000;
  for (let i = 0; i < count; i++) seen.add(event(`e${i >> 1}`, 1_700_000_000 + i % 2));
  assert.equal(seen.size, count);
  for (let i = 0; i < count; i++) {
    assert(seen.has(event(`e${i >> 1}`, 1_700_000_000 + i % 2)));
    assert(!seen.has(event(`e${i >> 1}`, 1_700_000_002)));
    assert(!seen.has(event(`f${i >> 1}`, 1_700_000_000 + i % 2)));
  }
});

Deno.test("SeenEvents takes an event once, and forgets all of them", () => {
  const seen = new SeenEvents();
  assert(!seen.has(event("a", 1)));
  seen.add(event("a", 1));
  seen.add(event("a", 1));
  assert.equal(seen.size, 1);
  seen.clear();
  assert.equal(seen.size, 0);
  assert(!seen.has(event("a", 1)));
});
