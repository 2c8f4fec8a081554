import assert from "node:assert/strict";
import { Client, createEvent } from "../../mod.ts";
import { forSeeds, type Random } from "../random.ts";
import { CollectorProgram } from "./collector_program.ts";
import { freePort } from "./free_port.ts";
import { eventsIn, frame, RawClient } from "./raw_client.ts";
import { findPacked, joined, V1 } from "./raw_requests.ts";
import { TempDirectory } from "./temp_directory.ts";
import { until, within } from "./until.ts";

const MESSAGES = 200;
const EVENTS_PER_MESSAGE = 500;
const EVENTS = MESSAGES * EVENTS_PER_MESSAGE;
const CONTENT_SIZE = 130;
const KILLS = 3;

/** Longest time between the moment a kill is due and the kill: that of some commits. */
const KILL_JITTER_MS = 8;

function contentOf(number: number, random: Random): string {
  return `event ${number} `.padEnd(CONTENT_SIZE, random.pick(["a", "e", "o"]));
}

function messages(random: Random): Uint8Array<ArrayBuffer>[] {
  return Array.from(
    { length: MESSAGES },
    (_, message) =>
      joined(Array.from({ length: EVENTS_PER_MESSAGE }, (_, i) => {
        const number = message * EVENTS_PER_MESSAGE + i;
        return frame({
          id: `kill-${number}`,
          timestamp: 1_700_000_000 + number / 100 + random.int(-50, 50),
          source: `/kill/${number % 7}`,
          tags: ["kill", `n${number % 3}`],
          content: contentOf(number, random),
        });
      })),
  );
}

/** At how many acknowledged messages the collector is killed. */
function killPoints(random: Random): number[] {
  const points = new Set<number>();
  while (points.size < KILLS) points.add(random.int(3, MESSAGES - 20));
  return [...points].sort((a, b) => a - b);
}

async function jitter(random: Random): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, random.next() * KILL_JITTER_MS));
}

/** What a connection brought to its end. */
interface Stretch {
  /** Messages acknowledged. */
  readonly acked: number;
  readonly stored: number;
  readonly duplicates: number;
}

/** Pushes until all is acknowledged or the connection is lost, keeping a window of messages full. */
async function pushStretch(
  url: string,
  rest: readonly Uint8Array<ArrayBuffer>[],
  window: number,
  onAck: (acked: number) => void,
): Promise<Stretch> {
  await using client = await RawClient.connect(`${url}/event`, [V1]);
  let isLost = false;
  void client.closed.then(() => isLost = true);
  let sent = 0;
  let seen = 0;
  while (client.received.length < rest.length && !isLost) {
    for (; sent < rest.length && sent - client.received.length < window; sent++) {
      client.send(rest[sent] ?? new Uint8Array(0));
    }
    await client.waitFor(seen + 1);
    if (client.received.length === seen && !isLost) await within("the loss", client.closed);
    seen = client.received.length;
    onAck(seen);
  }
  const acks = client.received.map(({ data }) => JSON.parse(data));
  acks.forEach((ack, i) => {
    assert.equal(ack.ack, i + 1);
    assert.equal(ack.rejected, undefined);
    assert.equal(ack.events + ack.duplicates, EVENTS_PER_MESSAGE);
  });
  const sum = (key: string) => acks.reduce((total, ack) => total + ack[key], 0);
  return { acked: acks.length, stored: sum("events"), duplicates: sum("duplicates") };
}

async function assertAllThereOnce(url: string, prefix: string): Promise<void> {
  const { messages, done } = await findPacked(url);
  const ids = messages.flatMap((message) => eventsIn(message).map(({ id }) => id));
  assert.equal(ids.length, EVENTS);
  assert.equal(done.matched, EVENTS);
  const different = new Set(ids);
  assert.equal(different.size, EVENTS);
  for (let number = 0; number < EVENTS; number++) assert.ok(different.has(`${prefix}-${number}`));
}

/** The stores that survive a kill, as the options that choose them in a directory. */
const STORES: Readonly<Record<string, (data: string) => readonly string[]>> = {
  "the default store": (data) => ["--store", `sqlite:///${data}/events.db`],
  "a directory as Theia 0.9.2's": (data) => ["-d", data],
};

async function killDuringPush(choose: (data: string) => readonly string[]): Promise<void> {
  await forSeeds(1, async (random) => {
    await using directory = await TempDirectory.make();
    const [port, store] = [freePort(), choose(directory.file("data"))];
    const all = messages(random);
    const points = killPoints(random);
    const window = random.int(2, 16);
    let acked = 0;
    let duplicates = 0;
    for (const point of [...points, Infinity]) {
      await using collector = await CollectorProgram.start(store, { port });
      let killing: Promise<void> | undefined;
      const stretch = await pushStretch(collector.url, all.slice(acked), window, (count) => {
        if (acked + count < point) return;
        killing ??= jitter(random).then(() => collector.running.kill());
      });
      await killing;
      acked += stretch.acked;
      duplicates += stretch.duplicates;
      if (point < Infinity) continue;
      assert.equal(acked, MESSAGES);
      await assertAllThereOnce(collector.url, "kill");
      assert.equal((await collector.stop()).code, 0);
    }
    // Messages that were stored and not acknowledged came again; no more than each window had.
    assert.ok(duplicates <= KILLS * window * EVENTS_PER_MESSAGE, `${duplicates} duplicates`);
  });
}

for (const [name, choose] of Object.entries(STORES)) {
  Deno.test(`A collector with ${name}, killed during a push, has every event once after it`, () => {
    return killDuringPush(choose);
  });
}

Deno.test("Client brings every event to a collector that is killed again and again, once", async () => {
  await forSeeds(1, async (random) => {
    await using directory = await TempDirectory.make();
    const port = freePort();
    const store = STORES["the default store"]?.(directory.file("data")) ?? [];
    let collector = await CollectorProgram.start(store, { port });
    try {
      await using client = await Client.connect({
        port,
        maxInFlightMessages: random.int(2, 8),
        maxMessageBytes: 150_000,
        backoff: { minDelayMs: 5, maxDelayMs: 100 },
      });
      let settled = 0;
      const results: Promise<unknown>[] = [];
      const pushing = (async () => {
        for (let at = 0; at < EVENTS; at += EVENTS_PER_MESSAGE) {
          await client.ready();
          results.push(
            client.send(clientEvents(at, random)).then((result) => {
              settled++;
              assert.equal(result.events + result.duplicates, EVENTS_PER_MESSAGE);
              assert.equal(result.rejected.length, 0);
            }),
          );
        }
      })();
      for (const point of killPoints(random)) {
        await until(`${point} acknowledged batches`, () => settled >= point);
        await jitter(random);
        await collector[Symbol.asyncDispose]();
        collector = await CollectorProgram.start(store, { port });
      }
      await within("the pushes", pushing);
      await within("the acknowledgements", Promise.all(results));
      await assertAllThereOnce(collector.url, "client");
    } finally {
      await collector[Symbol.asyncDispose]();
    }
  });
});

function clientEvents(first: number, random: Random) {
  return Array.from({ length: EVENTS_PER_MESSAGE }, (_, i) =>
    createEvent({
      id: `client-${first + i}`,
      source: `/client/${i % 7}`,
      tags: ["client"],
      content: contentOf(first + i, random),
    }));
}
