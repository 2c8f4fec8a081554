import assert from "node:assert/strict";
import { serializeEvent } from "../../../lib/event/text_format.ts";
import { EventDecoder } from "../../../lib/event/event_streams.ts";
import { createEvent } from "../../../lib/event/event.ts";
import { hatToTheia } from "../../../lib/hat/bridge/hat_to_theia.ts";
import { theiaToHat } from "../../../lib/hat/bridge/theia_to_hat.ts";
import type { HatEvent } from "../../../lib/hat/event.ts";
import { EventPayloadBinary, EventPayloadJson } from "../../../lib/hat/payload.ts";
import { Subscription } from "../../../lib/hat/subscription.ts";
import { Timestamp } from "../../../lib/hat/timestamp.ts";
import { forSeeds } from "../../random.ts";

const LOG_LINE = createEvent({
  id: "1f3a",
  timestamp: 1_700_000_000.25,
  source: "/var/log/nginx/access.log",
  tags: ["web", "prod"],
  content: "GET / 200\n",
  headers: ["offset: 4096"],
});

function hatEvent(init: Partial<HatEvent>): HatEvent {
  return {
    id: { server: 1, session: 7, instance: 2 },
    type: ["plant", "oven", "temperature"],
    timestamp: new Timestamp(1_700_000_000n, 500_000),
    sourceTimestamp: undefined,
    payload: undefined,
    ...init,
  };
}

Deno.test("theiaToHat gives types that subscriptions choose by source and by tags", () => {
  const { type } = theiaToHat(LOG_LINE, ["theia"]);
  const chosen = [
    ["theia", "*"],
    ["theia", "/var/log/nginx/access.log", "*"],
    ["theia", "?", "web", "*"],
    ["theia", "?", "?", "prod"],
  ];
  for (const queryType of chosen) assert(new Subscription([queryType]).matches(type));
  for (const queryType of [["theia"], ["theia", "?", "prod", "*"], ["theia", "/var/log/?", "*"]]) {
    assert(!new Subscription([queryType]).matches(type));
  }
  assert.deepEqual(theiaToHat(createEvent({ source: "" }), ["a", "b"]).type, ["a", "b", ""]);
});

Deno.test("theiaToHat carries the whole event", () => {
  const { payload, sourceTimestamp } = theiaToHat(LOG_LINE, ["theia"]);
  assert.deepEqual(sourceTimestamp, new Timestamp(1_700_000_000n, 250_000));
  assert(payload?.kind === "json");
  assert.deepEqual(payload.data, LOG_LINE);
});

Deno.test("hatToTheia gives the same event again and again, with all of the Hat event in it", () => {
  const sourceTimestamp = new Timestamp(1_600_000_000n, 1);
  const payload = EventPayloadJson.fromText('{"v":1.0}');
  const made = () =>
    hatToTheia(hatEvent({ payload, sourceTimestamp }), { prefix: ["plant"], tags: ["hat"] });
  assert.deepEqual(made(), made());
  assert.deepEqual(made(), {
    id: "hat:1:7:2",
    timestamp: 1_600_000_000.000001,
    source: "plant/oven/temperature",
    tags: ["oven", "temperature", "hat"],
    content: '{"v":1.0}',
    headers: [
      'hat: {"type":["plant","oven","temperature"],"timestamp":{"s":"1700000000","us":500000},' +
      '"sourceTimestamp":{"s":"1600000000","us":1},"payload":"json"}',
    ],
  });
});

Deno.test("hatToTheia writes bytes in base64, and nothing where there is no payload", () => {
  const binary = new EventPayloadBinary("raw", new Uint8Array([0, 255, 16]));
  assert.equal(hatToTheia(hatEvent({ payload: binary })).content, "AP8Q");
  assert.match(hatToTheia(hatEvent({ payload: binary })).headers[0] ?? "", /"payloadType":"raw"/);
  assert.equal(hatToTheia(hatEvent({})).content, "");
});

Deno.test("hatToTheia never gives the timestamp 0, which collectors replace", () => {
  const sourceTimestamp = new Timestamp(0n, 0);
  assert.equal(hatToTheia(hatEvent({ sourceTimestamp })).timestamp, 1_700_000_000.5);
});

Deno.test("hatToTheia gives events that the text format returns as they were, whatever the segments", async () => {
  await forSeeds(200, (random) => {
    const pieces = ["a", "?", "*", ",", " ", "\n", "\r", "é", "😀", ":", "/", '"', "\\"];
    const type = Array.from({ length: random.int(0, 4) }, () => random.text(pieces, 0, 3));
    const event = hatToTheia(hatEvent({ type }), { tags: ["x"] });
    const decoder = new EventDecoder();
    const [first] = [...decoder.push(serializeEvent(event)), ...decoder.finish()];
    assert(first !== undefined);
    const { id, timestamp, source, tags, content, headers } = first;
    assert.equal(source, event.source.trim());
    assert.deepEqual(
      { id, timestamp, tags, content, headers },
      {
        id: event.id,
        timestamp: event.timestamp,
        tags: event.tags,
        content: event.content,
        headers: event.headers,
      },
    );
  });
});
