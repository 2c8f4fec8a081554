import assert from "node:assert/strict";
import { Client, createEvent, type Event, serializeEvent } from "../../mod.ts";
import { ClickHouseServer, IS_MISSING, PASSWORD } from "../store/clickhouse_server.ts";
import { CollectorProgram } from "./collector_program.ts";
import { runProgram, SOURCE } from "./program.ts";
import { countStored, findPacked, untilStored } from "./raw_requests.ts";
import { eventsIn, RawClient } from "./raw_client.ts";
import { TempDirectory } from "./temp_directory.ts";

const MESSAGES = 60;
const EVENTS = 50;

function message(number: number): ReturnType<typeof createEvent>[] {
  return Array.from({ length: EVENTS }, (_, i) =>
    createEvent({
      id: `${number}-${i}`,
      timestamp: 1_700_000_000 + number + i / 100,
      source: "s",
      tags: ["web"],
      content: `content ${number} ${i}`,
    }));
}

async function startServer(database: string): Promise<ClickHouseServer> {
  const [server] = await ClickHouseServer.start(1);
  assert.ok(server !== undefined);
  await server.query(`CREATE DATABASE ${database}`);
  return server;
}

Deno.test({
  name: "A collector loses and doubles nothing while its ClickHouse is away",
  ignore: IS_MISSING,
  async fn() {
    await using server = await startServer("away");
    await using collector = await CollectorProgram.start(["--store", server.url("away")]);
    {
      await using client = await Client.connect({ host: "localhost", port: collector.port });
      const sends: Promise<unknown>[] = [];
      for (let i = 0; i < MESSAGES; i++) {
        sends.push(client.send(message(i)));
        if (i === 20) {
          await sends[10];
          await server.kill();
        }
        if (i === 40) await server.run();
      }
      await Promise.all(sends);
    }
    const { messages, done } = await findPacked(collector.url);
    const ids = messages.flatMap((packed) => eventsIn(packed)).length;
    assert.equal(done.matched, MESSAGES * EVENTS, "each is there once");
    assert.equal(ids, MESSAGES * EVENTS);
    await collector.stop();
    const stdout = collector.running.stdout.lines.join("\n");
    const stderr = collector.running.stderr.lines.join("\n");
    assert.match(stderr, /events could not be stored: Cannot write store 'clickhouse:/);
    assert.ok(!`${stdout}${stderr}`.includes(PASSWORD), stderr);
    assert.ok(!`${stdout}${stderr}`.includes(encodeURIComponent(PASSWORD)), stderr);
    assert.match(stdout, /store clickhouse:\/\/\*\*\*@127\.0\.0\.1/);
  },
});

Deno.test({
  name:
    "A collector keeps what producers without acknowledgements send while its ClickHouse is away",
  ignore: IS_MISSING,
  async fn() {
    await using server = await startServer("kept");
    await using collector = await CollectorProgram.start(["--store", server.url("kept")]);
    await using producer = await RawClient.connect(`${collector.url}/event`);
    const send = (item: Event) => producer.send(new Uint8Array(serializeEvent(item)));
    send(createEvent({ id: "before", content: "x" }));
    await untilStored(collector.url, 1);
    await server.kill();
    for (const item of message(1)) send(item);
    await collector.running.line(
      "stderr",
      /could not be stored, trying again: .*cannot be reached/,
    );
    await server.run();
    await untilStored(collector.url, 1 + EVENTS);
  },
});

Deno.test({
  name:
    "theia store stats, export, copy and import work on ClickHouse, beside a collector where they read",
  ignore: IS_MISSING,
  async fn() {
    await using server = await startServer("upkeep");
    await using directory = await TempDirectory.make();
    const url = server.url("upkeep");
    const file = `sqlite:///${directory.file("events.db")}`;
    const store = async (...args: readonly string[]) => {
      const { code, stdout, stderr } = await runProgram(SOURCE, ["store", ...args]);
      assert.equal(code, 0, stderr);
      assert.ok(!`${stdout}${stderr}`.includes(PASSWORD));
      return stdout;
    };
    await using collector = await CollectorProgram.start(["--store", url, "--retention", "36500d"]);
    {
      await using client = await Client.connect({ host: "localhost", port: collector.port });
      for (let i = 0; i < 20; i++) await client.send(message(i));
    }
    assert.match(await store("stats", "--store", url), /^events +1,000\n/);
    const exported = await store("export", "--store", url, "-c", "content 7");
    assert.equal(exported.match(/^content 7 \d+$/gm)?.length, EVENTS);
    assert.match(await store("copy", url, file), /^1,000 events copied, 0 were there already/);
    assert.equal(await countStored(collector.url), 1000, "the collector goes on");
    await collector.stop();
    assert.match(await store("copy", file, url), /^0 events copied, 1,000 were there already/);
    await Deno.writeTextFile(directory.file("more.theia"), exported.replaceAll("id:7-", "id:x-"));
    const imported = await store("import", directory.file("more.theia"), "--store", url);
    assert.match(imported, /^50 events imported, 0 were there already, 0 damaged pieces/);
  },
});

Deno.test({
  name: "theia collect says why a ClickHouse store cannot be opened, without the password",
  ignore: IS_MISSING,
  async fn() {
    await using server = await startServer("refused");
    const cases: readonly (readonly [readonly string[], RegExp])[] = [
      [["--store", server.url("missing")], /\/missing': .*CREATE DATABASE missing/],
      [
        ["--store", server.url("refused"), "--max-bytes", "1GB"],
        /'--max-bytes' as the events must/,
      ],
      [["--store", `${server.url("refused")}?tls=1`], /'cluster' is the only parameter/],
    ];
    for (const [args, message] of cases) {
      const { code, stderr } = await runProgram(SOURCE, ["collect", "-P", "0", ...args]);
      assert.notEqual(code, 0);
      assert.match(stderr, message);
      for (const secret of [PASSWORD, encodeURIComponent(PASSWORD)]) {
        assert.ok(!stderr.includes(secret), stderr);
      }
    }
  },
});
