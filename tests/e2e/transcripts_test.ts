import assert from "node:assert/strict";
import { Collector } from "../../lib/server/collector.ts";
import { MemoryStore } from "../../lib/store/mod.ts";
import { HAS_SHARED, readVectors } from "../shared_data.ts";
import { idOf, RawClient, type RawMessage } from "./raw_client.ts";
import { type Deviation, DEVIATIONS } from "./transcript_deviations.ts";

interface Message {
  readonly kind: "text" | "binary";
  readonly data: string | null;
  readonly base64?: string;
}

interface Transcript {
  readonly name: string;
  readonly path: string;
  readonly setup: {
    readonly pushedBefore?: readonly Message[];
    readonly pushedDuring?: readonly Message[];
    readonly subscribers?: readonly string[];
  };
  readonly sent: readonly Message[];
  readonly received: readonly Message[] | null;
  readonly stored?: readonly Message[];
  readonly liveDelivered?: readonly Message[];
}

/** A few of the cases, for clones without the shared folder. */
const SAMPLE: readonly Transcript[] = [
  {
    name: "sample/find",
    path: "/find",
    setup: {
      pushedBefore: [
        text("event: 58 55 3\nid:dupid\ntimestamp: 1600033000.0000000\nsource:s\ntags:t\none\n"),
      ],
    },
    sent: [text('{"start": 1600000000}')],
    received: [
      text("ok"),
      text(
        "event: 58 55 3\nid:dupid\ntimestamp: 1600033000.0000000\nsource:s\ntags:t\none\n",
        "binary",
      ),
    ],
  },
  {
    name: "sample/live",
    path: "/live",
    setup: {
      pushedDuring: [
        text("event: 58 55 3\nid:dupid\ntimestamp: 1600033000.0000000\nsource:s\ntags:t\none\n"),
      ],
    },
    sent: [text('{"id": "d"}'), text('{"tags": ["u"]}')],
    received: [text("ok"), text("ok")],
  },
];

function text(data: string, kind: "text" | "binary" = "text"): Message {
  return { kind, data };
}

function bytesOf(message: Message): Uint8Array<ArrayBuffer> {
  if (message.base64 !== undefined) return Uint8Array.fromBase64(message.base64);
  return new TextEncoder().encode(message.data ?? "");
}

function send(client: RawClient, message: Message): void {
  client.send(message.kind === "text" ? message.data ?? "" : bytesOf(message));
}

/** Pushes with acknowledgement, so that what follows comes after the events. */
async function push(base: string, messages: readonly Message[]): Promise<void> {
  if (messages.length === 0) return;
  await using client = await RawClient.connect(`${base}/event`, ["theia.v1"]);
  for (const message of messages) client.send(bytesOf(message));
  assert.equal((await client.waitFor(messages.length)).length, messages.length);
}

/** What came, each event as its id. */
function outline(messages: readonly RawMessage[]): string[] {
  return messages.map((message) =>
    message.kind === "text" ? message.data : `event ${idOf(message)}`
  );
}

function expectedOutline(
  transcript: Transcript,
  deviation: Deviation | undefined,
): (string | RegExp)[] {
  const received = (transcript.received ?? []).map(({ kind, data, base64 }) => ({
    kind,
    data: data ?? atob(base64 ?? ""),
  }));
  const ids = deviation?.ids ?? received.filter(({ kind }) => kind === "binary").map(idOf);
  const events = ids.map((id) => `event ${id}`);
  const texts = received.filter(({ kind }) => kind === "text").map(({ data }) => data);
  if (deviation?.error !== undefined) {
    const rest = texts.filter((message) => message === "ok");
    if (deviation.ids === undefined) return [deviation.error];
    return transcript.name.includes("keeps-first")
      ? [...rest, deviation.error, ...events]
      : [deviation.error, ...rest, ...events];
  }
  if (deviation?.ids !== undefined) return ["ok", ...events];
  return outline(received as RawMessage[]);
}

function assertOutline(actual: readonly string[], expected: readonly (string | RegExp)[]): void {
  const shown = `received ${JSON.stringify(actual)}, expected ${expected.join(" | ")}`;
  assert.equal(actual.length, expected.length, shown);
  expected.forEach((item, i) => {
    const message = actual[i] ?? "";
    if (item instanceof RegExp) assert.match(JSON.parse(message).error, item, shown);
    else assert.equal(message, item, shown);
  });
}

async function replayRead(
  base: string,
  transcript: Transcript,
  deviation?: Deviation,
): Promise<void> {
  await push(base, transcript.setup.pushedBefore ?? []);
  const url = `${base}${transcript.path}`;
  if (deviation?.refused) {
    await assert.rejects(RawClient.connect(url), /404/);
    return;
  }
  const expected = expectedOutline(transcript, deviation);
  await using client = await RawClient.connect(url);
  for (const message of transcript.sent) send(client, message);
  const answers = expected.filter((item) => typeof item !== "string" || !item.startsWith("event "));
  await client.waitFor(Math.min(answers.length, expected.length));
  await push(base, transcript.setup.pushedDuring ?? []);
  await client.waitFor(expected.length);
  assertOutline(outline(await client.settle()), expected);
}

/** The members of an event as Theia 0.9.2 would write them. */
function normal(data: string): string {
  const [head = "", ...lines] = data.split("\n");
  const headerSize = Number(head.replace(/^event: ?/, "").split(" ")[1]);
  const body = lines.join("\n");
  const header = body.slice(0, headerSize);
  const value = (name: string) =>
    new RegExp(`^${name}:(.*)$`, "mi").exec(header)?.[1]?.trim() ?? "";
  const seconds = Number(value("timestamp")).toFixed(6);
  const isClock = Math.abs(Number(seconds) - Date.now() / 1000) < 3e7;
  const content = body.slice(headerSize);
  return JSON.stringify([
    value("id"),
    isClock ? "clock" : seconds,
    value("source"),
    value("tags"),
    content,
  ]);
}

async function replayEvent(
  base: string,
  store: MemoryStore,
  transcript: Transcript,
  deviation?: Deviation,
): Promise<void> {
  await using live = await RawClient.connect(`${base}/live`);
  live.send("{}");
  await live.waitFor(1);
  await using client = await RawClient.connect(`${base}/event`);
  for (const message of transcript.sent) send(client, message);
  client.send("event: 40 39 1\nid:last\ntimestamp: 9000000000\nsource:s\nc\n");
  while (!live.received.some((message) => idOf(message) === "last")) {
    await live.waitFor(live.received.length + 1);
  }
  const stored: string[] = [];
  for await (const { events } of store.search({})) {
    for (const event of events) {
      if (event.id !== "last") stored.push(String.fromCharCode(...event.frame()));
    }
  }
  const delivered = live.received.slice(1).filter((message) => idOf(message) !== "last");
  if (deviation?.ids !== undefined) {
    assert.deepEqual(stored.map((data) => idOf({ kind: "binary", data })), deviation.ids);
  } else if (deviation === undefined) {
    assert.deepEqual(stored.map(normal), latin1(transcript.stored).map(normal));
    assert.deepEqual(delivered.map(({ data }) => normal(data)).sort(), stored.map(normal).sort());
    assertByteExact(stored, transcript);
  } else {
    assert.equal(stored.length, transcript.stored?.length);
  }
}

/** What the producer sent after the preamble is stored as it was, but for a clock that was put in. */
function assertByteExact(stored: readonly string[], transcript: Transcript): void {
  const sent = latin1(transcript.sent).map((data) => data.slice(data.indexOf("\n") + 1)).join("");
  for (const data of stored) {
    const rest = data.slice(data.indexOf("\n") + 1, -1);
    assert.ok(sent.includes(rest) || normal(data).includes('"clock"'), `changed: ${data}`);
  }
}

function latin1(messages: readonly Message[] = []): string[] {
  return messages.map((message) => String.fromCharCode(...bytesOf(message)));
}

async function replay(transcript: Transcript): Promise<void> {
  await using store = new MemoryStore();
  await using collector = await Collector.listen({ store, port: 0 });
  const base = `ws://localhost:${collector.port}`;
  const deviation = DEVIATIONS[transcript.name];
  if (transcript.path === "/event") await replayEvent(base, store, transcript, deviation);
  else if (transcript.name === "naive/shutdown/live") await replayShutdown(base, collector);
  else if (transcript.setup.subscribers !== undefined) await replaySubscribers(base, transcript);
  else await replayRead(base, transcript, deviation);
}

async function replayShutdown(base: string, collector: Collector): Promise<void> {
  await using client = await RawClient.connect(`${base}/live`);
  await collector[Symbol.asyncDispose]();
  assert.equal((await client.closed).code, 1001);
}

async function replaySubscribers(base: string, transcript: Transcript): Promise<void> {
  await using first = await RawClient.connect(`${base}/live`);
  await using second = await RawClient.connect(`${base}/live`);
  await using third = await RawClient.connect(`${base}/live`);
  first.send("{}");
  second.send('{"content":"("}');
  third.send("{}");
  for (const client of [first, second, third]) await client.waitFor(1);
  await push(base, transcript.setup.pushedDuring ?? []);
  assertOutline(outline(await second.settle()), [/'content'/]);
  for (const client of [first, third]) {
    assertOutline(outline(await client.waitFor(2)), ["ok", "event f-1"]);
  }
}

for (const transcript of SAMPLE) {
  Deno.test(`Collector answers as Theia 0.9.2 did: ${transcript.name}`, () => replay(transcript));
}

Deno.test({
  name: "Collector answers as the transcripts of Theia 0.9.2 show",
  ignore: !HAS_SHARED,
  async fn(t) {
    const { cases } = readVectors<{ cases: readonly Transcript[] }>("theia-transcripts.json");
    const names = new Set(cases.map(({ name }) => name));
    for (const name of Object.keys(DEVIATIONS)) {
      assert.ok(names.has(name), `no case is named ${name}`);
    }
    for (const transcript of cases) {
      const deviation = DEVIATIONS[transcript.name];
      const suffix = deviation === undefined ? "" : ` (not as there: ${deviation.reason})`;
      await t.step(`${transcript.name}${suffix}`, () => replay(transcript));
    }
  },
});
