import assert from "node:assert/strict";
import {
  createEvent,
  type Event,
  EventFormatError,
  EventReader,
  formatTimestamp,
  RawEvent,
  serializeEvent,
} from "../../lib/event/mod.ts";
import { Random } from "../random.ts";
import { HAS_SHARED, readVectors } from "../shared_data.ts";
import { randomEvent } from "./sample_events.ts";

interface CodecVectors {
  readonly cases: readonly { readonly event: Event; readonly base64: string }[];
}

/** Written by Theia 0.9.2, as are those of the shared folder. */
const SAMPLE: CodecVectors = {
  cases: [{
    event: createEvent({
      id: "331c531d-6eb4-4fb5-84d3-ea6937b01fdd",
      timestamp: 1509989630.6749051,
      source: "/dev/sensors/door1-sensor",
      tags: ["sensors", "home", "doors", "door1"],
      content: "Door has been unlocked.",
    }),
    base64: btoa(
      "event: 156 133 23\nid:331c531d-6eb4-4fb5-84d3-ea6937b01fdd\n" +
        "timestamp: 1509989630.6749051\nsource:/dev/sensors/door1-sensor\n" +
        "tags:sensors,home,doors,door1\nDoor has been unlocked.\n",
    ),
  }],
};

function readOne(bytes: Uint8Array): RawEvent {
  const [event, ...rest] = new EventReader(bytes);
  assert.deepEqual(rest, []);
  assert.ok(event instanceof RawEvent, String(event));
  return event;
}

function members({ id, source, tags, content, headers }: Event): Omit<Event, "timestamp"> {
  return { id, source, tags: [...tags], content, headers: [...headers ?? []] };
}

function checkVectors({ cases }: CodecVectors): void {
  for (const { event, base64 } of cases) {
    const bytes = Uint8Array.fromBase64(base64);
    const made = createEvent({ ...event, timestamp: Number(event.timestamp) });
    assert.deepEqual(serializeEvent(made), bytes);
    const read = readOne(bytes);
    assert.deepEqual(members(read), members(made));
    assert.equal(formatTimestamp(read.timestamp), formatTimestamp(made.timestamp));
    assert.deepEqual(serializeEvent(read), bytes);
  }
}

Deno.test("serializeEvent and EventReader agree with Theia 0.9.2 on a sample", () => {
  checkVectors(SAMPLE);
});

Deno.test({
  name: "serializeEvent and EventReader agree with the reference data of Theia 0.9.2",
  ignore: !HAS_SHARED,
  fn: () => checkVectors(readVectors<CodecVectors>("theia-codec.json")),
});

Deno.test("EventReader reads what serializeEvent wrote, whatever the event", () => {
  const random = new Random(1);
  for (let i = 0; i < 2000; i++) {
    const event = randomEvent(random);
    const read = readOne(serializeEvent(event));
    assert.deepEqual(members(read), members(event));
    assert.equal(formatTimestamp(read.timestamp), formatTimestamp(event.timestamp));
  }
});

Deno.test("RawEvent keeps header and content bytes as they came", () => {
  const text = "TAGS: b , a\r\nid:  spaced id\r\ntimestamp:1600004000.123456789\nx-unknown: 1\n" +
    "a line without colon\nSource:/s";
  const header = new TextEncoder().encode(`${text}\n`);
  const bytes = new TextEncoder().encode(
    `event: ${header.length + 3} ${header.length} 3\n${text}\nabc\n`,
  );
  const event = readOne(bytes);
  assert.equal(event.id, "spaced id");
  assert.equal(event.timestamp, 1600004000.123456789);
  assert.equal(event.source, "/s");
  assert.deepEqual(event.tags, ["b ", " a"]);
  assert.deepEqual(event.headers, ["x-unknown: 1", "a line without colon"]);
  assert.equal(event.content, "abc");
  assert.deepEqual(event.frame(), bytes);
});

Deno.test("RawEvent.frame makes the preamble anew where the producer's was not canonical", () => {
  const parts = "id:a\ntimestamp: 1600000000\nhi";
  for (const preamble of ["event:31 29 2", "event: 99999 29 2", "event: 031 029 02"]) {
    const event = readOne(
      new TextEncoder().encode(`${preamble}\n${parts.slice(0, 27)}\n\n${parts.slice(-2)}`),
    );
    assert.equal(new TextDecoder().decode(event.frame()).split("\n")[0], "event: 31 29 2");
  }
});

Deno.test("formatTimestamp rounds exact ties to even, as Python does", () => {
  assert.equal(formatTimestamp(0.00390625), "0.0039062");
  assert.equal(formatTimestamp(0.01171875), "0.0117188");
  assert.equal(formatTimestamp(-0.00390625), "-0.0039062");
  assert.equal(formatTimestamp(1700000000.00390625), "1700000000.0039062");
  assert.equal(formatTimestamp(1e22), "10000000000000000000000.0000000");
});

Deno.test("EventReader reads timestamps as Number does", () => {
  const random = new Random(2);
  for (let i = 0; i < 20000; i++) {
    const seconds = random.chance(0.9) ? random.int(2 ** 30, 9999999999) : random.int(0, 2 ** 30);
    const decimals = random.int(0, 12);
    const fraction = random.text([..."0123456789"], decimals, decimals);
    const text = decimals === 0 ? `${seconds}` : `${seconds}.${fraction}`;
    const header = new TextEncoder().encode(`id:a\ntimestamp: ${text}\n`);
    assert.equal(RawEvent.fromParts(header, new Uint8Array()).timestamp, Number(text), text);
  }
});

Deno.test("createEvent names the member that breaks a rule", () => {
  assert.throws(() => createEvent({ id: "" }), /'id' must not be empty/);
  assert.throws(() => createEvent({ id: "a\nb" }), /'id' must be a single line/);
  assert.throws(() => createEvent({ timestamp: NaN }), /'timestamp' must be a finite number/);
  assert.throws(() => createEvent({ source: "a\n" }), /'source' must be a single line/);
  assert.throws(() => createEvent({ tags: ["a,b"] }), /'tags' must not contain commas.*"a,b"/);
  assert.throws(
    () => createEvent({ headers: ["Source: x"] }),
    /'headers' must not repeat a member/,
  );
});

Deno.test("EventReader reports malformed bytes with offset and reason and goes on", () => {
  const good = "event: 24 22 2\nid:a\ntimestamp: 12345\nhi\n";
  const cases: readonly [string, RegExp][] = [
    ["garbage\n", /no 'event:' where one must start/],
    ["event: x\n", /preamble is not/],
    ["event:  29 27 2\n", /preamble is not/],
    ["event: 52 53 -1\n", /preamble is not/],
    ["event: 1 2\n", /preamble is not/],
    ["event: 2000000 5 1999995\nid:a\n", /event of 2000000 bytes exceeds the limit of 1048576/],
    ["event: 70000 70000 0\nid:a\n", /header of 70000 bytes exceeds the limit of 65536/],
    ["event: 20 19 1\nid:a\ntimestamp: abc\nx\n", /timestamp is not a number/],
    ["event: 20 19 1\nid:a\ntimestamp: nan\nx\n", /timestamp is not a number/],
  ];
  for (const [bad, reason] of cases) {
    const bytes = new TextEncoder().encode(good + bad + good);
    const items = [...new EventReader(bytes)];
    const errors = items.filter((item) => item instanceof EventFormatError);
    assert.equal(items.filter((item) => item instanceof RawEvent).length, 2, bad);
    assert.equal(errors.length, 1, bad);
    assert.match(errors[0]?.message ?? "", reason);
    assert.equal(errors[0]?.offset, good.length);
    assert.equal(errors[0]?.skipped, bad.length);
  }
});

Deno.test("EventReader refuses invalid UTF-8 and sizes that cut a character", () => {
  const encoder = new TextEncoder();
  const invalid = encoder.encode("event: 24 22 2\nid:a\ntimestamp: 12345\n\xff\xfe\n")
    .filter((byte) => byte !== 0xc3);
  invalid.set([0xff, 0xfe], invalid.length - 3);
  const cut = encoder.encode("event: 25 22 3\nid:a\ntimestamp: 12345\nčšž\n");
  for (const bytes of [invalid, cut]) {
    const [item] = new EventReader(bytes);
    assert.ok(item instanceof EventFormatError);
    assert.match(item.reason, /not valid UTF-8|cuts a character/);
  }
});
