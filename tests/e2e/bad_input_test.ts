import assert from "node:assert/strict";
import { CollectorProgram } from "./collector_program.ts";
import { runProgram, SOURCE } from "./program.ts";
import { frame, RawClient } from "./raw_client.ts";
import { countStored, find, joined, pushAll, untilStored, V1 } from "./raw_requests.ts";
import { TempDirectory } from "./temp_directory.ts";

const encoder = new TextEncoder();

function event(id: string, content = id): Uint8Array<ArrayBuffer> {
  return frame({ id, timestamp: 1_600_000_000, source: "s", tags: ["t"], content });
}

/** What no collector can read, and what it must say about it. */
const MALFORMED: readonly (readonly [name: string, message: Uint8Array<ArrayBuffer>, RegExp])[] = [
  ["sizes that are no numbers", encoder.encode("event: a b c\nid:x\n\nc\n"), /preamble is not/],
  ["sizes without end", encoder.encode("event: 1 2"), /./],
  ["more than follows", encoder.encode("event: 5000 40 4960\nid:x\n"), /bytes/],
  ["an oversize event", event("huge", "x".repeat(2 << 20)), /1048576|1 MiB/],
  ["an oversize claim", encoder.encode("event: 9999999999999 4 9999999999995\nid:x\n"), /./],
  ["an oversize header", headerOf(100_000), /65536|64 KiB/],
  ["invalid UTF-8 in the content", withByte(event("bad", "content"), 0xff), /UTF-8/],
  [
    "a timestamp that is none",
    encoder.encode("event: 21 20 1\nid:x\ntimestamp: soon\nc\n"),
    /timestamp/,
  ],
];

function headerOf(bytes: number): Uint8Array<ArrayBuffer> {
  const header = `id:long\nnote:${"n".repeat(bytes)}\n`;
  return encoder.encode(`event: ${header.length + 1} ${header.length} 1\n${header}c\n`);
}

/** The event with its last content byte replaced. */
function withByte(bytes: Uint8Array<ArrayBuffer>, byte: number): Uint8Array<ArrayBuffer> {
  bytes[bytes.length - 2] = byte;
  return bytes;
}

/** Criteria that are none, and what a collector must say about them. */
const WRONG_CRITERIA: readonly (readonly [string | Uint8Array<ArrayBuffer>, RegExp])[] = [
  ["", /not valid JSON/],
  ["source=/a", /not valid JSON/],
  ['{"content": "a"', /not valid JSON/],
  [new Uint8Array([0xff, 0xfe]), /not valid UTF-8/],
  ['"a"', /must be a JSON object/],
  ["[]", /must be a JSON object/],
  ['{"sources": "a"}', /unknown key 'sources', known are .*source/],
  ['{"__proto__": "a"}', /unknown key '__proto__'/],
  ['{"id": 1}', /'id' must be/],
  ['{"start": "yesterday"}', /'start' must be/],
  ['{"end": [1]}', /'end' must be/],
  ['{"tags": "a"}', /'tags' must be/],
  ['{"tags": [1]}', /'tags' must be/],
  ['{"limit": 1.5}', /'limit' must be/],
  ['{"order": "newest"}', /'order' must be .*asc.*desc/],
  ['{"content": "(a"}', /'content'.*position/],
  ['{"source": "a{2,1}"}', /'source'.*position/],
  ['{"content": "(?(1)a|b)"}', /'content'.*position/],
  [`{"content": "${"a".repeat(20_000)}"}`, /'content'.*16,?384/],
  [`{"content": "${"a".repeat(300_000)}"}`, /longer than \d+ bytes/],
];

async function withCollector(run: (collector: CollectorProgram) => Promise<void>): Promise<void> {
  await using directory = await TempDirectory.make();
  await using collector = await CollectorProgram.start([
    "-U",
    `sqlite:///${directory.file("data")}/events.db`,
  ]);
  await run(collector);
  assert.equal((await collector.stop()).code, 0);
}

/** The error in the message at this place, once it is there. */
async function errorAt(client: RawClient, index: number): Promise<string> {
  await client.waitFor(index + 1);
  const message = client.received[index];
  assert.equal(message?.kind, "text");
  return JSON.parse(message.data).error;
}

Deno.test("Each malformed event gets one error, and those around it are stored", async (t) => {
  await withCollector(async (c) => {
    await using client = await RawClient.connect(`${c.url}/event`);
    for (const [i, [name, message, reason]] of MALFORMED.entries()) {
      await t.step(name, async () => {
        client.send(message);
        client.send(
          joined([event(`first-${i}`), message, encoder.encode("\n"), event(`then-${i}`)]),
        );
        assert.match(await errorAt(client, 2 * i), reason);
        assert.match(await errorAt(client, 2 * i + 1), reason);
        await untilStored(c.url, 2 * (i + 1));
        assert.equal(client.received.length, 2 * (i + 1));
      });
    }
    await c.running.line("stderr", /^warning: Malformed event of client \d+ /);
  });
});

Deno.test("Each malformed event is rejected in the ack of its message in theia.v1", async (t) => {
  await withCollector(async (c) => {
    await using client = await RawClient.connect(`${c.url}/event`, [V1]);
    for (const [i, [name, message, reason]] of MALFORMED.entries()) {
      await t.step(name, async () => {
        client.send(
          joined([event(`first-${i}`), message, encoder.encode("\n"), event(`then-${i}`)]),
        );
        await client.waitFor(i + 1);
        const { ack, events, rejected } = JSON.parse(client.received[i]?.data ?? "");
        assert.deepEqual({ ack, events }, { ack: i + 1, events: 2 });
        assert.equal(rejected.length, 1);
        assert.equal(rejected[0].index, 1);
        assert.match(rejected[0].reason, reason);
        assert.notEqual(rejected[0].retryable, true);
      });
    }
  });
});

Deno.test("A message over 8 MiB ends only the connection of its producer", async () => {
  await withCollector(async (c) => {
    await using good = await RawClient.connect(`${c.url}/event`, [V1]);
    good.send(event("before"));
    await good.waitFor(1);
    await using client = await RawClient.connect(`${c.url}/event`, [V1]);
    client.send(event("accepted"));
    client.send(new Uint8Array(9 << 20).fill(0x20));
    assert.equal(await client.closeCode(), 1009);
    assert.match(client.received.at(-1)?.data ?? "", /"error":"Cannot take message of \d+ bytes/);
    good.send(event("after"));
    assert.equal((await good.waitFor(2)).length, 2);
    assert.equal(await countStored(c.url), 3);
  });
});

Deno.test("Wrong criteria get one error each, which says what is wrong, on find and on live", async () => {
  await withCollector(async (c) => {
    await pushAll(c.url, [event("a")]);
    for (const path of ["/find", "/live"]) {
      await using client = await RawClient.connect(`${c.url}${path}`);
      for (const [i, [criteria, reason]] of WRONG_CRITERIA.entries()) {
        client.send(criteria);
        const shown = `${path} ${criteria.slice(0, 60)}`;
        const error = await errorAt(client, i);
        assert.match(error, reason, shown);
        assert.ok(error.length < 500, shown);
      }
      client.send("{}");
      await client.waitFor(WRONG_CRITERIA.length + 1);
      assert.deepEqual(client.received[WRONG_CRITERIA.length], { kind: "text", data: "ok" });
    }
  });
});

Deno.test("Too many criteria at once end only the connection that sent them", async () => {
  await withCollector(async (c) => {
    await pushAll(c.url, Array.from({ length: 2000 }, (_, i) => event(`e${i}`)));
    await using client = await RawClient.connect(`${c.url}/find`);
    for (let i = 0; i < 500; i++) client.send("{}");
    assert.equal(await client.closeCode(), 1008);
    assert.match(client.received.at(-1)?.data ?? "", /"error":"Cannot take criteria: 64 wait/);
    assert.equal((await find(c.url, { id: "e1" })).length, 1111);
  });
});

Deno.test("theia query says what is wrong in a line or two and exits with 2", async () => {
  const cases: readonly (readonly [readonly string[], RegExp])[] = [
    [["-c", "("], /^error: Cannot use option '-c\/--content': .*position 0\n/],
    [["-c", "(?P<n>a)(?(n)b)"], /^error: Cannot use option '-c\/--content': .*\(n\).*alternatives/],
    [["-t", "ok", "[a"], /^error: Cannot use option '-t\/--tags': .*position/],
    [["--limit", "0"], /^error: Cannot use option '--limit' .*at least 1.*'0'/],
  ];
  for (const [args, message] of cases) {
    const { code, stdout, stderr } = await runProgram(SOURCE, ["query", ...args]);
    assert.deepEqual([code, stdout], [2, ""], stderr);
    assert.match(stderr, message);
    assert.match(stderr, /\nTry 'theia query --help'\.\n$/);
    assert.equal(stderr.split("\n").length, 3, stderr);
  }
});
