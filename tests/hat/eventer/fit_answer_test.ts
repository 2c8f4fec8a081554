import assert from "node:assert/strict";
import type { HatEvent } from "../../../lib/hat/event.ts";
import { fitAnswer } from "../../../lib/hat/eventer/fit_answer.ts";
import { QUERY_RESPONSE } from "../../../lib/hat/eventer/messages.ts";
import { EventPayloadJson } from "../../../lib/hat/payload.ts";
import { Timestamp } from "../../../lib/hat/timestamp.ts";

const SERVER = { kind: "server", serverId: 1 } as const;
const LATEST = { kind: "latest" } as const;

function event(characters: number, type: readonly string[] = ["a"]): HatEvent {
  return {
    id: { server: 1, session: 1, instance: 1 },
    type,
    timestamp: new Timestamp(1n, 0),
    sourceTimestamp: undefined,
    payload: EventPayloadJson.of("x".repeat(characters)),
  };
}

Deno.test("fitAnswer cuts pages so that they fit into a message, never the first event", () => {
  const events = [event(500), event(500), event(500)];
  const result = { events, moreFollows: false };
  assert.equal(fitAnswer(SERVER, result, 8_000), result);
  for (const [maxMessageBytes, count] of [[6_000, 2], [40, 1]] as const) {
    const page = fitAnswer(SERVER, result, maxMessageBytes);
    assert.deepEqual(page, { events: events.slice(0, count), moreFollows: true });
  }
  assert.deepEqual(fitAnswer(SERVER, { events: [], moreFollows: true }, 10).events, []);
});

Deno.test("fitAnswer cuts pages of which each character takes three bytes", () => {
  const text = EventPayloadJson.fromText(`"${"\u20ac".repeat(1000)}"`);
  const events = Array.from({ length: 50 }, () => ({ ...event(0), payload: text }));
  const page = fitAnswer(SERVER, { events, moreFollows: false }, 20_000);
  assert(page.events.length > 3 && page.moreFollows, `${page.events.length} events`);
  assert(QUERY_RESPONSE.encode(page).length < 20_000);
});

Deno.test("fitAnswer cuts pages so that their segments can be read", () => {
  const wide = event(0, Array.from({ length: 2_200 }, () => ""));
  const events = Array.from({ length: 1_000 }, () => wide);
  const page = fitAnswer(SERVER, { events, moreFollows: false }, 64 << 20);
  assert(page.events.length > 900 && page.moreFollows, `${page.events.length} events`);
  const read = QUERY_RESPONSE.decode(QUERY_RESPONSE.encode(page));
  assert.equal(read.events.length, page.events.length);
});

Deno.test("fitAnswer leaves the latest events alone, and throws when they do not fit", () => {
  const result = { events: [event(500), event(500)], moreFollows: false };
  assert.equal(fitAnswer(LATEST, result, 1_500), result);
  assert.throws(() => fitAnswer(LATEST, result, 1_000), {
    name: "RangeError",
    message: "Cannot answer query as the latest events must have payloads of at most 1000 bytes: " +
      "current value is 1004. Ask for fewer types at once.",
  });
  const wide = event(0, Array.from({ length: 2_200 }, () => ""));
  const many = { events: Array.from({ length: 1_000 }, () => wide), moreFollows: false };
  assert.throws(() => fitAnswer(LATEST, many, 64 << 20), /at most 2097152 segments/);
});
