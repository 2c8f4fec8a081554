import assert from "node:assert/strict";
import { createEvent, type EventInit } from "../../lib/event/event.ts";
import { toRawEvent } from "../../lib/event/text_format.ts";
import { CollectorCounts } from "../../lib/server/collector_counts.ts";
import type { CollectorNotice } from "../../lib/server/collector_notice.ts";
import { Connection } from "../../lib/server/connection.ts";
import { DEFAULT_LIMITS } from "../../lib/server/limits.ts";
import { LiveOutbox } from "../../lib/server/live_outbox.ts";
import type { EventBatch } from "../../lib/store/store.ts";
import type { Dialect } from "../../lib/wire/dialect.ts";
import { numbered, until } from "./fixtures.ts";
import { readEvents } from "./test_client.ts";

/** Stands in for a socket whose client reads when the test says so. */
class FakeSocket {
  readyState: number = WebSocket.OPEN;
  bufferedAmount = 0;
  closeCode: number | undefined;
  readonly sent: (string | Uint8Array)[] = [];

  send(message: string | Uint8Array): void {
    this.sent.push(message);
    this.bufferedAmount += message.length;
  }

  close(code: number): void {
    this.closeCode = code;
    this.readyState = WebSocket.CLOSING;
  }
}

function setUp(dialect: Dialect, limits: Partial<typeof DEFAULT_LIMITS> = {}) {
  const socket = new FakeSocket();
  const notices: CollectorNotice[] = [];
  const info = { id: 1, path: "/live", dialect, remote: "test" };
  const connection = new Connection(socket as unknown as WebSocket, info, () => {});
  const outbox = new LiveOutbox(connection, {
    counts: new CollectorCounts(),
    limits: { ...DEFAULT_LIMITS, maxSendBufferBytes: 1000, maxLiveQueueBytes: 10_000, ...limits },
    observer: (notice) => notices.push(notice),
  });
  return { socket, notices, connection, outbox };
}

function batch(inits: readonly EventInit[], first: number): EventBatch {
  const events = inits.map((init) => toRawEvent(createEvent(init)));
  return { events, arrivals: events.map((_, i) => first + i) };
}

function describe(message: string | Uint8Array): unknown {
  return typeof message === "string"
    ? JSON.parse(message)
    : readEvents(message).map(({ id }) => id);
}

const ALL = [0, 1, 2];

Deno.test("LiveOutbox drops what has no room, tells of the gap once there is room, and goes on", async () => {
  const { socket, notices, outbox } = setUp("theia.v1");
  outbox.offer(batch(numbered("a", 3, "x".repeat(1000)), 1), ALL);
  outbox.offer(batch(numbered("b", 3, "x".repeat(1000)), 4), ALL);
  outbox.offer(batch(numbered("c", 3, "x".repeat(2000)), 7), ALL);
  outbox.offer(batch(numbered("d", 3), 10), ALL);
  assert.deepEqual(notices, [{
    kind: "slow-subscriber",
    client: { id: 1, path: "/live", dialect: "theia.v1", remote: "test" },
    dropped: 3,
    closed: false,
  }]);
  socket.bufferedAmount = 0;
  await until(() => (socket.bufferedAmount = 0, socket.sent.length === 5));
  outbox.offer(batch(numbered("e", 3), 13), ALL);
  await outbox.flush();
  assert.deepEqual(socket.sent.map(describe), [
    ["a1", "a2", "a3"],
    { cursor: 3 },
    ["b1", "b2", "b3"],
    { cursor: 6 },
    { gap: { dropped: 6, since: 6 } },
    ["e1", "e2", "e3"],
    { cursor: 15 },
  ]);
  outbox[Symbol.dispose]();
});

Deno.test("LiveOutbox notes what was dropped elsewhere in its place", async () => {
  const { socket, outbox } = setUp("theia.v1");
  outbox.offer(batch(numbered("a", 3), 1), [0]);
  outbox.gap(7);
  await outbox.flush();
  outbox.offer(batch(numbered("b", 3), 11), [2]);
  await outbox.flush();
  assert.deepEqual(socket.sent.map(describe), [
    ["a1"],
    { cursor: 3 },
    { gap: { dropped: 7, since: 3 } },
    ["b3"],
    { cursor: 13 },
  ]);
  outbox[Symbol.dispose]();
});

Deno.test("LiveOutbox closes a client that knows no gaps with 1013", () => {
  const { socket, notices, outbox } = setUp("theia.v0");
  outbox.offer(batch(numbered("a", 3, "x".repeat(3000)), 1), ALL);
  outbox.offer(batch(numbered("b", 3, "x".repeat(3000)), 4), ALL);
  assert.equal(socket.closeCode, 1013);
  assert.equal(notices.length, 1);
  outbox[Symbol.dispose]();
});

Deno.test("LiveOutbox sends a frame as it is to a client that reads, and a copy when it must wait", async () => {
  const { socket, outbox } = setUp("theia.v0");
  const events = batch(numbered("a", 3, "x".repeat(40_000)), 1);
  const quick = setUp("theia.v0", { maxSendBufferBytes: 1 << 20, maxLiveQueueBytes: 1 << 24 });
  quick.outbox.offer(events, ALL);
  assert.equal((quick.socket.sent[0] as Uint8Array).buffer, events.events[0]?.buffer.buffer);
  outbox.offer(events, ALL);
  await until(() => (socket.bufferedAmount = 0, socket.sent.length === 3));
  assert.notEqual((socket.sent[2] as Uint8Array).buffer, events.events[2]?.buffer.buffer);
  assert.deepEqual(socket.sent.map(describe), [["a1"], ["a2"], ["a3"]]);
  outbox[Symbol.dispose]();
  quick.outbox[Symbol.dispose]();
});
