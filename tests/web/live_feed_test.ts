import assert from "node:assert/strict";
import { concatBytes } from "../../lib/base/bytes.ts";
import { createEvent, serializeEvent } from "../../lib/event/mod.ts";
import { LiveFeed } from "../../lib/web/live_feed.js";
import { until } from "../e2e/until.ts";
import { forSeeds } from "../random.ts";

/** The collector's end of the page's WebSocket. */
class FakeSocket {
  static all: FakeSocket[] = [];
  readonly sent: Record<string, unknown>[] = [];
  isClosed = false;
  onopen: () => void = () => {};
  onmessage: (event: { data: unknown }) => void = () => {};
  onclose: (event: { code: number; reason: string }) => void = () => {};

  constructor(readonly url: URL, readonly protocol: string) {
    FakeSocket.all.push(this);
  }

  static get last(): FakeSocket {
    return FakeSocket.all.at(-1) ?? assert.fail("there is no connection");
  }

  send(text: string): void {
    this.sent.push(JSON.parse(text));
  }

  close(): void {
    this.isClosed = true;
  }

  /** What was asked for last. */
  get asked(): Record<string, unknown> {
    return this.sent.findLast((message) => !("window" in message) && !("taken" in message)) ?? {};
  }

  tell(message: unknown): void {
    this.onmessage({ data: message === "ok" ? "ok" : JSON.stringify(message) });
  }

  accept(): void {
    this.onopen();
    this.tell("ok");
  }

  bring(...ids: readonly string[]): void {
    const frames = ids.map((id) => serializeEvent(createEvent({ id, timestamp: 1, content: id })));
    this.onmessage({ data: concatBytes(frames).slice().buffer });
  }

  drop(code = 1006, reason = ""): void {
    this.onclose({ code, reason });
  }
}

interface Seen {
  readonly ids: string[];
  readonly states: string[];
  missed: number;
  stale: number;
}

/** Runs with a feed on fake sockets, from cursor 5 on. */
async function withFeed(run: (feed: LiveFeed, seen: Seen) => Promise<void> | void): Promise<void> {
  const before = ["WebSocket", "location"].map((name) =>
    [name, Object.getOwnPropertyDescriptor(globalThis, name)] as const
  );
  const location = { href: "http://localhost:7/#a", protocol: "http:" };
  Object.defineProperty(globalThis, "WebSocket", { value: FakeSocket, configurable: true });
  Object.defineProperty(globalThis, "location", { value: location, configurable: true });
  FakeSocket.all = [];
  const seen: Seen = { ids: [], states: [], missed: 0, stale: 0 };
  const feed = new LiveFeed({ content: "x" }, 5, {
    onRows: (rows) => seen.ids.push(...rows.map(({ id }) => id)),
    onState: ({ kind }) => seen.states.push(kind),
    onMissed: (count) => seen.missed += count,
    onStale: () => seen.stale++,
  });
  try {
    await run(feed, seen);
  } finally {
    feed.close();
    for (const [name, descriptor] of before) {
      if (descriptor !== undefined) Object.defineProperty(globalThis, name, descriptor);
      else Reflect.deleteProperty(globalThis, name);
    }
  }
}

/** Waits until the feed has connected so often. */
async function connections(count: number): Promise<FakeSocket> {
  await until("another connection", () => FakeSocket.all.length >= count);
  return FakeSocket.last;
}

Deno.test("LiveFeed asks for what arrived after its cursor, by a window", () =>
  withFeed((_, seen) => {
    const socket = FakeSocket.last;
    socket.accept();
    assert.equal(`${socket.url}`, "ws://localhost:7/live");
    assert.equal(socket.protocol, "theia.v1");
    assert.deepEqual(socket.asked, { content: "x", since: 5 });
    assert.ok(Number(socket.sent[0]?.["window"]) > 0);
    assert.deepEqual(seen.states, ["connecting", "following"]);
  }));

Deno.test("LiveFeed goes on at the last cursor, with each event once", () =>
  withFeed(async (feed, seen) => {
    FakeSocket.last.accept();
    FakeSocket.last.bring("a", "b");
    FakeSocket.last.tell({ cursor: 7 });
    FakeSocket.last.bring("c");
    FakeSocket.last.drop();
    assert.equal(feed.cursor, 7);
    const second = await connections(2);
    second.accept();
    assert.equal(second.asked["since"], 7);
    second.bring("c", "d");
    second.drop();
    const third = await connections(3);
    third.accept();
    third.bring("c");
    third.bring("d", "e");
    third.tell({ cursor: 10 });
    third.bring("f");
    assert.deepEqual(seen.ids, ["a", "b", "c", "d", "e", "f"]);
    assert.ok(seen.states.includes("waiting"));
  }));

Deno.test("LiveFeed brings each event once, wherever it is cut off", () =>
  forSeeds(30, (random) =>
    withFeed(async (feed, seen) => {
      let cut = 0;
      let at = 5;
      while (at < 40) {
        const socket = await connections(cut + 1);
        socket.accept();
        at = Number(socket.asked["since"]);
        for (let sent = at; sent < 40 && !random.chance(0.1);) {
          const end = Math.min(40, sent + random.int(1, 5));
          socket.bring(...Array.from({ length: end - sent }, (_, index) => `${sent + index}`));
          sent = end;
          if (random.chance(0.5)) {
            socket.tell({ cursor: sent });
            at = sent;
          }
        }
        if (at < 40) {
          socket.drop();
          feed.hurry();
        }
        cut++;
      }
      assert.deepEqual(seen.ids, Array.from({ length: 35 }, (_, index) => `${index + 5}`));
    })));

Deno.test("LiveFeed has what was dropped sent again", () =>
  withFeed((_, seen) => {
    const socket = FakeSocket.last;
    socket.accept();
    socket.bring("a");
    socket.tell({ cursor: 6 });
    socket.tell({ gap: { dropped: 3, since: 6 } });
    assert.equal(socket.asked["since"], 6);
    socket.bring("late message of before");
    socket.tell("ok");
    socket.bring("b", "c", "d");
    assert.equal(seen.missed, 0);
  }));

Deno.test("LiveFeed tells what a collector that keeps nothing cannot bring", () =>
  withFeed((_, seen) => {
    FakeSocket.last.accept();
    FakeSocket.last.tell({ gap: { dropped: 3, since: 9 } });
    assert.equal(seen.missed, 3);
    assert.equal(FakeSocket.last.asked["since"], 5);
  }));

Deno.test("LiveFeed notices that the collector has another store", () =>
  withFeed((_, seen) => {
    FakeSocket.last.accept();
    FakeSocket.last.tell({ cursor: 2 });
    assert.equal(seen.stale, 1);
    assert.ok(FakeSocket.last.isClosed);
  }));

Deno.test("LiveFeed does not ask again for what was refused", () =>
  withFeed((_, seen) => {
    FakeSocket.last.onopen();
    FakeSocket.last.tell({ error: "no such pattern" });
    assert.deepEqual(seen.states, ["connecting", "failed"]);
    assert.ok(FakeSocket.last.isClosed);
  }));

Deno.test("LiveFeed tells the collector how far it is", () =>
  withFeed(() => {
    const socket = FakeSocket.last;
    socket.accept();
    const frame = serializeEvent(
      createEvent({ id: "big", timestamp: 1, content: "x".repeat(900_000) }),
    );
    for (let i = 0; i < 3; i++) socket.onmessage({ data: frame.slice().buffer });
    assert.deepEqual(socket.sent.at(-1), { taken: 2 * frame.length });
  }));

Deno.test("LiveFeed asks for nothing twice when a replay has more events than it can tell apart", () =>
  withFeed(async (_, seen) => {
    const bring = (socket: FakeSocket, count: number) => {
      for (let first = 0; first < count; first += 50_000) {
        const frames = Array.from({ length: Math.min(50_000, count - first) }, (_, at) => {
          return `event: 22 22 0\nid:${`${first + at}`.padStart(6, "0")}\ntimestamp:1\n\n`;
        });
        socket.onmessage({ data: new TextEncoder().encode(frames.join("")).buffer });
      }
    };
    FakeSocket.last.accept();
    FakeSocket.last.tell({ cursor: 5 });
    bring(FakeSocket.last, 200_000);
    assert.equal(seen.ids.length, 200_000);
    FakeSocket.last.drop();
    const second = await connections(2);
    second.accept();
    bring(second, 200_001);
    assert.equal(seen.ids.length, 200_000);
    assert.equal(seen.stale, 1);
    assert.ok(second.isClosed);
  }));
