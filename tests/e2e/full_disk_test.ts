import assert from "node:assert/strict";
import { Client } from "../../lib/client/client.ts";
import type { PushResult } from "../../lib/client/push_result.ts";
import { concatBytes } from "../../lib/base/bytes.ts";
import { createEvent, type Event } from "../../lib/event/event.ts";
import { serializeEvent } from "../../lib/event/text_format.ts";
import { assertInTime, msOf, type Yardstick } from "../in_time.ts";
import { Random } from "../random.ts";
import { NO_SMALL_DISK, SMALL_DISK_NOTE, SmallDisk } from "../small_disk.ts";
import { CollectorProgram } from "./collector_program.ts";
import { eventsIn, frame, RawClient } from "./raw_client.ts";
import { countStored, find, untilStored } from "./raw_requests.ts";
import { until, within } from "./until.ts";

const DISK_BYTES = 48 << 20;

/** Within that time of space coming back events are stored. */
const RESUME_MS = 1000;

/** Seconds since 1970 of what `--retention 1d` drops. */
const LONG_AGO = 1_600_000_000;

const STORES: readonly (readonly [string, (disk: SmallDisk) => string[]])[] = [
  ["SQLite store", (disk) => ["-U", `sqlite:///${disk.file("events.db")}`]],
  ["files store", (disk) => ["-d", disk.file("data")]],
];

/** Events that hardly compress: about 2 MiB. */
function bulk(prefix: string, timestamp = Date.now() / 1000): Event[] {
  const random = new Random(prefix.length);
  return Array.from({ length: 1000 }, (_, i) =>
    createEvent({
      id: `${prefix}-${i}`,
      timestamp: timestamp + i / 1e4,
      source: "bulk",
      content: random.bytes(1500).toBase64(),
    }));
}

function plain(id: string): Uint8Array<ArrayBuffer> {
  return frame({ id, timestamp: 1_700_000_000, source: "plain", tags: [], content: id });
}

function testFullDisk(name: string, run: (disk: SmallDisk) => Promise<void>): void {
  Deno.test({
    name: `${name}${SMALL_DISK_NOTE}`,
    ignore: NO_SMALL_DISK !== undefined,
    async fn() {
      await using disk = await SmallDisk.mount(DISK_BYTES);
      await run(disk);
    },
  });
}

function connect({ port }: CollectorProgram): Promise<Client> {
  return Client.connect({ host: "localhost", port });
}

/** Pushes while there is room; gives what tells how long the same may take when room has come back. */
async function pushFirst(client: Client, prefix: string): Promise<Yardstick> {
  const push = async (name: string) => {
    assert.equal((await client.send(bulk(name))).events, 1000);
  };
  const earlierMs = await msOf(() => push(prefix));
  return { run: () => push(`${prefix}-again`), times: 15, earlierMs };
}

/** Gives how long acknowledgements took to come. */
async function msUntilAcked(waiting: Promise<PushResult>): Promise<number> {
  return await msOf(async () => {
    assert.equal((await within("the ack", waiting)).events, 1000);
  });
}

/** The lines of a collector about its disk. */
function diskLines({ running }: CollectorProgram): string[] {
  return running.stderr.lines.filter((line) => /disk|could not be stored/.test(line));
}

for (const [store, argsOn] of STORES) {
  testFullDisk(
    `A collector on a full disk (${store}) answers, and goes on when it has room`,
    async (disk) => {
      await using collector = await CollectorProgram.start(argsOn(disk));
      const { url, running } = collector;
      await using client = await connect(collector);
      const yardstick = await pushFirst(client, "first");
      disk.fill();

      // Our client and one of the default dialect push what cannot be stored now.
      const waiting = client.send(bulk("second"));
      await running.line("stderr", /The disk is full/);
      await using producer = await RawClient.connect(`${url}/event`);
      for (let i = 0; i < 10; i++) producer.send(plain(`plain-${i}`));

      assert.equal(await countStored(url, { source: "bulk" }), 1000);
      assert.equal((await find(url, { id: "first-7$" })).length, 1);
      const health = await fetch(`http://localhost:${collector.port}/healthz`);
      await health.body?.cancel();
      assert.equal(health.status, 200);
      await using follower = await RawClient.connect(`${url}/live`);
      follower.send(JSON.stringify({ source: "plain|bulk" }));
      await follower.waitFor(1);
      assert.equal(diskLines(collector).length, 1, diskLines(collector).join("\n"));

      disk.free();
      const ackedMs = await msUntilAcked(waiting);
      const othersMs = await msOf(() => untilStored(url, 10, { source: "plain" }));
      await running.line("stderr", /The disk has room again/);
      await until("live events", () =>
        new Set(
          follower.received.slice(1).flatMap(eventsIn).map(({ id }) => id),
        ).size === 1010);
      assert.equal(await countStored(url), 2010);
      assert.deepEqual(producer.received, []);
      assert.equal(diskLines(collector).length, 2, diskLines(collector).join("\n"));
      await assertInTime("the ack", ackedMs, RESUME_MS, yardstick);
      await assertInTime("the others", othersMs, RESUME_MS, yardstick);
    },
  );

  testFullDisk(`A collector starts on a full disk (${store}), also after a kill`, async (disk) => {
    for (const end of ["stop", "kill"]) {
      await using collector = await CollectorProgram.start(argsOn(disk));
      await using client = await connect(collector);
      const yardstick = await pushFirst(client, `before-${end}`);
      disk.fill();
      if (end === "kill") await collector.running.kill();
      else assert.equal((await collector.stop()).code, 0);
      disk.fill();
      await using again = await CollectorProgram.start(argsOn(disk));
      assert.equal(await countStored(again.url, { id: `before-${end}` }), 1000);
      await using resumed = await connect(again);
      const waiting = resumed.send(bulk(`after-${end}`));
      await again.running.line("stderr", /The disk is full/);
      disk.free();
      const ackedMs = await msUntilAcked(waiting);
      const run = () => resumed.send(bulk(`later-${end}`));
      await assertInTime("the ack", ackedMs, RESUME_MS, { ...yardstick, run });
    }
  });
}

testFullDisk("A collector on a full disk drops what is too old and goes on", async (disk) => {
  const args = ["-U", `sqlite:///${disk.file("events.db")}`];
  {
    await using collector = await CollectorProgram.start(args);
    await using client = await connect(collector);
    for (let i = 0; i < 8; i++) await client.send(bulk(`old-${i}`, LONG_AGO + i));
    await client.send(bulk("young"));
    disk.fill();
    assert.equal((await collector.stop()).code, 0);
  }
  disk.fill();
  await using collector = await CollectorProgram.start([...args, "--retention", "1d"]);
  await collector.running.line("stderr", /Retention dropped [78]000 events/);
  await using client = await connect(collector);
  const ackedMs = await msUntilAcked(client.send(bulk("new")));
  assert.ok(await countStored(collector.url) <= 3000);
  assert.equal(await countStored(collector.url, { id: "(young|new)" }), 2000);
  const run = () => client.send(bulk("newer"));
  await assertInTime("the ack", ackedMs, RESUME_MS, { run, times: 15 });
});

testFullDisk(
  "A full disk answers HTTP by 503, and a body that is sent again by 200",
  async (disk) => {
    await using collector = await CollectorProgram.start([
      "-U",
      `sqlite:///${disk.file("events.db")}`,
    ]);
    const url = `http://localhost:${collector.port}`;
    const body = concatBytes(bulk("http").map(serializeEvent));
    async function post(): Promise<{ status: number; stored: number; retryAfter: string | null }> {
      const response = await fetch(`${url}/events`, { method: "POST", body });
      const { events, duplicates } = await response.json();
      const retryAfter = response.headers.get("retry-after");
      return { status: response.status, stored: events + duplicates, retryAfter };
    }
    // A store that is busy for two seconds is not ready for that reason, too.
    async function untilReadiness(expected: unknown): Promise<void> {
      const wanted = JSON.stringify(expected);
      await until(wanted, async () => {
        return JSON.stringify(await (await fetch(`${url}/readyz`)).json()) === wanted;
      });
    }
    await untilReadiness({ ready: true, reasons: [] });
    disk.fill();
    const refused = await post();
    assert.equal(refused.status, 503);
    assert.equal(refused.retryAfter, "1");
    await untilReadiness({ ready: false, reasons: ["the disk is full"] });
    disk.free();
    await until("room", async () => (await post()).status === 200);
    await untilReadiness({ ready: true, reasons: [] });
    assert.equal((await post()).stored, 1000);
    assert.equal(await countStored(collector.url), 1000);
  },
);
