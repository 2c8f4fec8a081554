import assert from "node:assert/strict";
import type { Event } from "../../lib/event/event.ts";
import { StreamSource, type StreamSourceOptions } from "../../lib/tail/stream_source.ts";
import type { TailNotice } from "../../lib/tail/tail_notice.ts";
import { TimeParser } from "../../lib/tail/time_parser.ts";
import type { WatchedBatch } from "../../lib/tail/watched_batch.ts";
import { forSeeds } from "../random.ts";
import { FakeScheduler } from "./fake_scheduler.ts";

/** A stream that is written by hand, read in fake time. */
class Piping implements AsyncDisposable {
  readonly scheduler = new FakeScheduler();
  readonly notices: TailNotice[] = [];
  readonly source: StreamSource;
  readonly iterator: AsyncIterator<WatchedBatch, void, undefined>;
  /** How often the stream was asked for a chunk. */
  pulls = 0;
  cancelled: unknown;
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined;

  constructor(options: StreamSourceOptions = {}) {
    const stream = new ReadableStream<Uint8Array>({
      start: (controller) => {
        this.#controller = controller;
      },
      pull: () => {
        this.pulls++;
      },
      cancel: (reason) => {
        this.cancelled = reason ?? "cancelled";
      },
    }, { highWaterMark: 0 });
    const observer = (notice: TailNotice) => void this.notices.push(notice);
    this.source = new StreamSource(stream, { scheduler: this.scheduler, observer, ...options });
    this.iterator = this.source[Symbol.asyncIterator]();
  }

  write(text: string | Uint8Array): void {
    this.#controller?.enqueue(typeof text === "string" ? new TextEncoder().encode(text) : text);
  }

  close(): void {
    this.#controller?.close();
  }

  fail(error: Error): void {
    this.#controller?.error(error);
  }

  /** The contents of the next batch; none at the end. */
  async next(): Promise<string[] | undefined> {
    const { value } = await this.iterator.next();
    return value?.events.map(({ content }) => content);
  }

  async rest(): Promise<Event[]> {
    const events: Event[] = [];
    for await (const batch of this.source) events.push(...batch.events);
    return events;
  }

  /** Lets everything that can go on without time go on. */
  async settle(): Promise<void> {
    for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.source[Symbol.asyncDispose]();
  }
}

Deno.test("StreamSource makes an event of each line, with an id of its own", async () => {
  await using piping = new Piping({ source: "stdin", tags: ["a", "b"] });
  piping.write("one\ntwo\r\nthr");
  piping.write("ee\nfour");
  piping.close();
  const events = await piping.rest();
  assert.deepEqual(events.map(({ content }) => content), ["one", "two", "three", "four"]);
  assert.deepEqual(events.map(({ headers }) => headers[0]), [
    "offset: 0",
    "offset: 4",
    "offset: 9",
    "offset: 15",
  ]);
  assert.equal(new Set(events.map(({ id }) => id)).size, 4);
  assert.match(events[1]?.id ?? "", /^[0-9a-f]{20}-.*\b4$/);
  for (const { source, tags, timestamp } of events) {
    assert.deepEqual([source, tags, timestamp], ["stdin", ["a", "b"], 1_700_000_000]);
  }
  await using other = new Piping();
  other.write("one\n");
  other.close();
  const [first] = await other.rest();
  assert.equal(first?.source, "-");
  assert.notEqual(first?.id, events[0]?.id);
});

Deno.test("StreamSource yields batches that belong to no bytes of a file", async () => {
  await using piping = new Piping();
  piping.write("one\ntwo\n");
  const { value } = await piping.iterator.next();
  assert.ok(value);
  assert.deepEqual(value.spans, []);
  assert.equal(value.path, "-");
  assert.equal(value.timestamp, value.events[0]?.timestamp);
});

Deno.test("StreamSource delivers an unfinished line after a while, and its rest as another", async () => {
  await using piping = new Piping({ limits: { idleLineMs: 1000, maxBatchBytes: 1 } });
  piping.write("one\ntw");
  assert.deepEqual(await piping.next(), ["one"]);
  const second = piping.next();
  await piping.settle();
  piping.scheduler.advance(999);
  await piping.settle();
  assert.equal(piping.scheduler.sleeping, 1);
  piping.scheduler.advance(1);
  assert.deepEqual(await second, ["tw"]);
  piping.write("o\n");
  assert.deepEqual(await piping.next(), ["o"]);
  piping.write("three");
  const third = piping.next();
  await piping.settle();
  piping.scheduler.advance(1000);
  assert.deepEqual(await third, ["three"]);
  piping.write("\nfour\n");
  assert.deepEqual(await piping.next(), ["four"], "the line end alone is no line");
  assert.equal(piping.scheduler.sleeping, 0);
});

Deno.test("StreamSource counts the idle time from the last bytes on", async () => {
  await using piping = new Piping({ limits: { idleLineMs: 1000 } });
  const first = piping.next();
  for (const text of ["a", "b", "c"]) {
    piping.write(text);
    await piping.settle();
    assert.equal(piping.scheduler.sleeping, 1);
    piping.scheduler.advance(900);
    await piping.settle();
  }
  piping.scheduler.advance(100);
  assert.deepEqual(await first, ["abc"]);
  piping.write("\nd\ne");
  assert.deepEqual(await piping.next(), ["d"]);
  piping.scheduler.advance(600);
  const late = piping.next();
  await piping.settle();
  piping.scheduler.advance(400);
  assert.deepEqual(await late, ["e"], "the time before the iteration went on counts");
});

Deno.test("StreamSource ends batches at the limits of lines and bytes", async () => {
  await using piping = new Piping({ limits: { maxBatchLines: 3, maxBatchBytes: 12 } });
  piping.write("a\nb\nc\nd\neeeeeeeee\nffffffffffffffffff\ng\n");
  assert.deepEqual(await piping.next(), ["a", "b", "c"]);
  assert.deepEqual(await piping.next(), ["d", "eeeeeeeee"]);
  assert.deepEqual(await piping.next(), ["f".repeat(18)]);
  assert.deepEqual(await piping.next(), ["g"]);
});

Deno.test("StreamSource cuts lines over the limit, marks them and tells of them", async () => {
  await using piping = new Piping({ limits: { maxLineBytes: 4 } });
  piping.write("1234567\n");
  const { value } = await piping.iterator.next();
  assert.ok(value);
  assert.equal(value.events[0]?.content, "1234");
  assert.deepEqual(value.events[0]?.headers, ["offset: 0", "cut: 8"]);
  assert.deepEqual(piping.notices, [
    { kind: "line-cut", path: "-", offset: 0, lineBytes: 8, keptBytes: 4 },
  ]);
});

Deno.test("StreamSource joins lines that belong together, until the next begins or time is over", async () => {
  const limits = { idleLineMs: 500, multilineTimeoutMs: 1000 };
  await using piping = new Piping({ multiline: { kind: "indent" }, limits });
  piping.write("one\n  more\ntwo\n  al");
  assert.deepEqual(await piping.next(), ["one\n  more"]);
  const second = piping.next();
  await piping.settle();
  piping.scheduler.advance(500);
  await piping.settle();
  piping.scheduler.advance(499);
  await piping.settle();
  assert.equal(piping.scheduler.sleeping, 1);
  piping.scheduler.advance(1);
  assert.deepEqual(await second, ["two\n  al"]);
  piping.write("three\n  end");
  piping.close();
  assert.deepEqual(await piping.next(), ["three\n  end"]);
  assert.equal(await piping.next(), undefined);
});

Deno.test("StreamSource finds the time in a line", async () => {
  await using piping = new Piping({ times: TimeParser.create("iso8601") });
  piping.write("2024-05-01T12:00:00Z one\nnone\n");
  const { value } = await piping.iterator.next();
  assert.ok(value);
  assert.deepEqual(value.events.map(({ timestamp }) => timestamp), [1_714_564_800, 1_700_000_000]);
});

Deno.test("StreamSource knows the encoding by a byte order mark, in however many chunks", async () => {
  const bytes = new Uint8Array([0xff, 0xfe, 0x61, 0, 0x0a, 0, 0x62, 0]);
  for (const size of [1, 2, 8]) {
    await using piping = new Piping();
    for (let at = 0; at < bytes.length; at += size) piping.write(bytes.slice(at, at + size));
    piping.close();
    assert.deepEqual((await piping.rest()).map(({ content }) => content), ["a", "b"]);
  }
  await using short = new Piping();
  short.write("\nx");
  short.close();
  assert.deepEqual((await short.rest()).map(({ content }) => content), ["", "x"]);
});

Deno.test("StreamSource does not read on until it is asked for more", async () => {
  await using piping = new Piping({ limits: { maxBatchLines: 1 } });
  const first = piping.next();
  await piping.settle();
  assert.equal(piping.pulls, 1);
  piping.write("a\nb\nc\n");
  assert.deepEqual(await first, ["a"]);
  assert.deepEqual(await piping.next(), ["b"]);
  assert.deepEqual(await piping.next(), ["c"]);
  await piping.settle();
  assert.equal(piping.pulls, 1);
  const next = piping.next();
  await piping.settle();
  assert.equal(piping.pulls, 2);
  piping.close();
  assert.equal(await next, undefined);
});

Deno.test("StreamSource loses nothing when an iteration is left and taken up again", async () => {
  await using piping = new Piping({ limits: { maxBatchLines: 1 } });
  piping.write("a\nb\nc\nd");
  piping.close();
  const contents: string[] = [];
  for (let count = 0; count < 10; count++) {
    for await (const { events } of piping.source) {
      contents.push(...events.map(({ content }) => content));
      break;
    }
  }
  assert.deepEqual(contents, ["a", "b", "c", "d"]);
});

Deno.test("StreamSource.stop delivers what was read, and reads no further", async () => {
  await using piping = new Piping({ limits: { maxBatchLines: 1 } });
  piping.write("a\nb\nunfinished");
  assert.deepEqual(await piping.next(), ["a"]);
  piping.source.stop();
  piping.write("more\n");
  assert.deepEqual(await piping.next(), ["b"]);
  assert.deepEqual(await piping.next(), ["unfinished"]);
  assert.equal(await piping.next(), undefined);
  await using waiting = new Piping();
  const next = waiting.next();
  await waiting.settle();
  waiting.source.stop();
  assert.equal(await next, undefined);
});

Deno.test("StreamSource cancels the stream when it is disposed, while it waits as well", async () => {
  const piping = new Piping({ limits: { idleLineMs: 1000 } });
  piping.write("unfinished");
  const next = piping.next();
  await piping.settle();
  await piping.source[Symbol.asyncDispose]();
  assert.equal(await next, undefined);
  assert.equal(piping.cancelled, "cancelled");
  assert.equal(piping.scheduler.sleeping, 0);
  await piping.source[Symbol.asyncDispose]();
});

Deno.test("StreamSource delivers what it has before it throws what the stream threw", async () => {
  await using piping = new Piping();
  piping.write("one\nunfin");
  assert.deepEqual(await piping.next(), ["one"]);
  const second = piping.next();
  await piping.settle();
  piping.fail(new Error("broken pipe"));
  assert.deepEqual(await second, ["unfin"]);
  await assert.rejects(piping.next(), /broken pipe/);
});

Deno.test("StreamSource checks its options", () => {
  const make = (options: StreamSourceOptions) => () =>
    new StreamSource(new Blob([]).stream(), options);
  assert.throws(make({ source: "a\nb" }), TypeError);
  assert.throws(make({ tags: ["a,b"] }), TypeError);
  assert.throws(make({ encoding: "no such" }), RangeError);
  assert.throws(make({ limits: { maxLineBytes: 0 } }), RangeError);
});

Deno.test("StreamSource gives the same lines however the bytes come", async () => {
  await forSeeds(100, async (random) => {
    const lines = Array.from(
      { length: random.int(1, 40) },
      () => random.text(["a", "ü", "😀", "\0", "\r", " "], 0, 12).replace(/\r+$/, ""),
    );
    const encoding = random.pick(["utf-8", "utf-16le"]);
    const text = lines.join(random.pick(["\n", "\r\n"])) + "\n";
    const bytes = encoding === "utf-8" ? new TextEncoder().encode(text) : encodeUtf16(text);
    const limits = { maxBatchLines: random.int(1, 5), maxBatchBytes: random.int(1, 50) };
    await using piping = new Piping({ encoding, limits });
    for (let at = 0; at < bytes.length;) {
      const next = at + random.int(1, 9);
      piping.write(bytes.slice(at, next));
      at = next;
    }
    piping.close();
    const events = await piping.rest();
    assert.deepEqual(events.map(({ content }) => content), lines);
  });
});

function encodeUtf16(text: string): Uint8Array {
  const bytes = new Uint8Array(2 * text.length);
  const view = new DataView(bytes.buffer);
  for (let index = 0; index < text.length; index++) {
    view.setUint16(2 * index, text.charCodeAt(index), true);
  }
  return bytes;
}
