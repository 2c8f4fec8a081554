/** Recorded sessions of Hat's clients with Hat's server, played against the whole event server. */
import assert from "node:assert/strict";
import { MemoryBackend } from "../../../lib/hat/backends/memory_backend.ts";
import type { HatEvent } from "../../../lib/hat/event.ts";
import {
  EVENTS_NOTIFY,
  INIT_REQUEST,
  QUERY_RESPONSE,
  REGISTER_RESPONSE,
} from "../../../lib/hat/eventer/messages.ts";
import { decodeMessage } from "../../../lib/hat/chatter/message.ts";
import { EventServer } from "../../../lib/hat/server/event_server.ts";
import { Timestamp } from "../../../lib/hat/timestamp.ts";
import { describe } from "../engine/engine_fixture.ts";
import { Peer } from "../eventer/peer.ts";
import {
  messageOf,
  type MessageStep,
  type Scenario,
  testScenarios,
} from "../eventer/transcript.ts";

/** Those that were recorded with a whole server; the others with a part of it. */
const SCENARIOS: readonly string[] = [
  "full_session",
  "init_wrong_token",
  "init_no_token",
  "init_bad_subscription",
  "init_other_message",
  "persisted",
  "query_error_closes",
  "unsupported_message",
  "unknown_type",
  "server_sigterm",
];

/**
 * Answers that differ on purpose: Hat's LMDB backend neither orders nor finds by source timestamp what is
 * not flushed.
 */
const DEVIATIONS: ReadonlyMap<string, readonly string[]> = new Map([
  [
    // By source timestamp, ascending; that of a/2 is before 1970, those of a/n/… descend.
    "full_session 20",
    ["4.1 a/2", "3.1 a/1", "9.1 a/n/4", "8.1 a/n/3", "7.1 a/n/2", "6.1 a/n/1", "5.1 a/n/0"],
  ],
  // Found by source timestamp, descending.
  ["full_session 21", ["6.1 a/n/1", "7.1 a/n/2", "8.1 a/n/3"]],
]);

/** How the data of a query for the latest events begins: the first of three choices. */
const LATEST = 0x80;

/** The events that a message tells. */
function eventsIn({ type, data }: MessageStep): readonly HatEvent[] {
  if (type === "MsgEventsNotify") return EVENTS_NOTIFY.decode(data);
  if (type === "MsgRegisterRes") return REGISTER_RESPONSE.decode(data) ?? [];
  return type === "MsgQueryRes" ? QUERY_RESPONSE.decode(data).events : [];
}

/** Plays the clients. */
class Player implements AsyncDisposable {
  readonly #name: string;
  readonly #backend: MemoryBackend;
  readonly #server: EventServer;
  readonly #peers = new Map<number, Peer>();
  readonly #persisted = new Set<number>();
  readonly #latest = new Set<number>();
  #stopping: Promise<void> | undefined;

  private constructor(name: string, backend: MemoryBackend, server: EventServer) {
    this.#name = name;
    this.#backend = backend;
    this.#server = server;
  }

  /** A server that is at the same session, at the same time. */
  static async start({ name, timeline }: Scenario): Promise<Player> {
    const messages = timeline.flatMap((step) => messageOf(step) ?? []);
    const events = messages.flatMap(eventsIn);
    const times = new Map(events.map(({ id, timestamp }) => [id.session, timestamp]));
    const answer = messages.find(({ type }) => type === "MsgRegisterRes");
    const first = answer === undefined ? undefined : eventsIn(answer)[0]?.id.session;
    const clients = messages.filter(({ type }) => type === "MsgInitReq").length;
    let session = name === "full_session" || first === undefined ? 0 : first - clients - 2;
    // Nothing is flushed unless it was.
    const backend = new MemoryBackend({ flushPeriodMs: 2 ** 30 });
    const timestamp = new Timestamp(0n, 0);
    if (session > 0) {
      const id = { server: 1, session, instance: 1 };
      const old = { id, type: ["old"], timestamp, sourceTimestamp: undefined, payload: undefined };
      await backend.register([old]);
    }
    const now = () => times.get(++session) ?? timestamp;
    const server = await EventServer.start({ serverId: 1, backend, port: 0, token: "secret", now });
    await backend.flush();
    return new Player(name, backend, server);
  }

  async open(conn: number): Promise<void> {
    this.#peers.set(conn, await Peer.connect(this.#server.port));
  }

  peer(conn: number): Peer {
    return this.#peers.get(conn) ?? assert.fail(`connection ${conn}`);
  }

  async send({ conn, type, data, id, frame }: MessageStep): Promise<void> {
    if (type === "MsgInitReq" && INIT_REQUEST.decode(data).persisted) this.#persisted.add(conn);
    if (type === "MsgQueryReq" && data[0] === LATEST) this.#latest.add(id);
    await this.peer(conn).write(frame);
  }

  async expect({ conn, type, id, first, frame }: MessageStep): Promise<void> {
    const isFlushed = type === "MsgEventsNotify" && this.#persisted.has(conn);
    if (isFlushed && this.#stopping === undefined) await this.#backend.flush();
    const received = await this.peer(conn).receiveFrame() ?? assert.fail("the connection ended");
    const ours = DEVIATIONS.get(`${this.#name} ${id}`);
    if (ours !== undefined) return assert.deepEqual(eventsOfAnswer(received).map(describe), ours);
    if (type === "MsgQueryRes" && this.#latest.has(first)) {
      return assert.deepEqual(answerOf(received), answerOf(frame));
    }
    assert.equal(received.toHex(), frame.toHex(), type);
  }

  async flush(): Promise<void> {
    await this.#backend.flush();
  }

  stop(): void {
    this.#stopping = this.#server[Symbol.asyncDispose]();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const peer of this.#peers.values()) peer[Symbol.dispose]();
    await this.#server[Symbol.asyncDispose]();
    await this.#backend[Symbol.asyncDispose]();
  }
}

/** The latest events are in no order. */
function answerOf(frame: Uint8Array): readonly HatEvent[] {
  return eventsOfAnswer(frame).toSorted((a, b) =>
    a.id.session - b.id.session || a.id.instance - b.id.instance
  );
}

function eventsOfAnswer(frame: Uint8Array): readonly HatEvent[] {
  const length = 1 + (frame[0] ?? 0);
  const { events, moreFollows } = QUERY_RESPONSE.decode(decodeMessage(frame.slice(length)).data);
  assert(!moreFollows);
  return events;
}

async function play(scenario: Scenario): Promise<void> {
  await using player = await Player.start(scenario);
  for (const step of scenario.timeline) {
    const { conn = 0, tcp, mark = "" } = step;
    const message = messageOf(step);
    if (message?.dir === "c2s") await player.send(message);
    else if (message?.dir === "s2c") await player.expect(message);
    else if (tcp === "open") await player.open(conn);
    else if (tcp === "eof c2s") await player.peer(conn).closeWrite().catch(() => {});
    else if (tcp === "eof s2c") assert.equal(await player.peer(conn).receiveEnd(), 0);
    else if (mark.startsWith("wait ")) await player.flush();
    else if (mark === "SIGTERM") player.stop();
  }
}

testScenarios(
  "EventServer with its engine sends what Hat's server sends, byte for byte",
  ({ name }) => SCENARIOS.includes(name),
  play,
);
