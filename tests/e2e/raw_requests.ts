import assert from "node:assert/strict";
import { eventsIn, RawClient, type RawEventText, type RawMessage } from "./raw_client.ts";
import { until } from "./until.ts";

/** The subprotocol with acknowledgements. */
export const V1 = "theia.v1";

/** Events of a message when many are pushed. */
const EVENTS_PER_MESSAGE = 500;

/** Messages that may be unacknowledged. */
const WINDOW = 16;

/** Asks for stored events as Theia 0.9.2's clients do: one message for each. */
export async function find(url: string, criteria: object = {}): Promise<RawEventText[]> {
  await using client = await RawClient.connect(`${url}/find`);
  client.send(JSON.stringify(criteria));
  const code = await client.closeCode();
  assert.equal(code, 1000);
  const [first, ...rest] = client.received;
  assert.deepEqual(first, { kind: "text", data: "ok" });
  return rest.flatMap((message) => {
    assert.equal(message.kind, "binary");
    return eventsIn(message);
  });
}

/** What ends a find in `theia.v1`. */
export interface Done {
  readonly done: true;
  readonly matched: number;
  readonly scanned: number;
  readonly elapsed_ms: number;
  readonly cursor: number;
}

/** Asks for stored events in `theia.v1`. */
export async function findPacked(
  url: string,
  criteria: object = {},
): Promise<{ readonly messages: readonly RawMessage[]; readonly done: Done }> {
  await using client = await RawClient.connect(`${url}/find`, [V1]);
  client.send(JSON.stringify(criteria));
  const code = await client.closeCode();
  assert.equal(code, 1000);
  const messages = client.received.slice();
  assert.deepEqual(messages.shift(), { kind: "text", data: "ok" });
  const done = JSON.parse(messages.pop()?.data ?? "{}");
  assert.equal(done.done, true);
  assert.ok(messages.every(({ kind }) => kind === "binary"));
  return { messages, done };
}

/** How many stored events match. */
export async function countStored(url: string, criteria: object = {}): Promise<number> {
  return (await findPacked(url, criteria)).done.matched;
}

/** Waits until so many events are stored. */
export async function untilStored(url: string, count: number, criteria = {}): Promise<void> {
  let stored = -1;
  await until(`${count} stored events`, async () => {
    stored = await countStored(url, criteria);
    return stored >= count;
  });
  assert.equal(stored, count);
}

/** Pushes events with acknowledgement, many in a message; resolves when all are stored. */
export async function pushAll(url: string, frames: readonly Uint8Array[]): Promise<void> {
  await using client = await RawClient.connect(`${url}/event`, [V1]);
  let sent = 0;
  for (let at = 0; at < frames.length; at += EVENTS_PER_MESSAGE) {
    await client.waitFor(sent - WINDOW);
    client.send(joined(frames.slice(at, at + EVENTS_PER_MESSAGE)));
    sent++;
  }
  await client.waitFor(sent);
  const acks = client.received.map(({ data }) => JSON.parse(data));
  assert.deepEqual(acks.map(({ ack }) => ack), acks.map((_, i) => i + 1));
  assert.ok(acks.every(({ rejected }) => rejected === undefined));
  assert.equal(acks.reduce((sum, { events }) => sum + events, 0), frames.length);
}

/** Byte arrays, one after another. */
export function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
