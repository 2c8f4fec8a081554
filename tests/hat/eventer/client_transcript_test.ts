import assert from "node:assert/strict";
import type { HatEvent } from "../../../lib/hat/event.ts";
import { EventerClient, EventerInitError } from "../../../lib/hat/eventer/eventer_client.ts";
import {
  EVENTS_NOTIFY,
  INIT_REQUEST,
  INIT_RESPONSE,
  QUERY_REQUEST,
  QUERY_RESPONSE,
  REGISTER_REQUEST,
  REGISTER_RESPONSE,
  STATUS_NOTIFY,
} from "../../../lib/hat/eventer/messages.ts";
import type { Status } from "../../../lib/hat/query.ts";
import { FakeClock } from "../fake_clock.ts";
import { Peer, until } from "./peer.ts";
import { messageOf, type MessageStep, type Scenario, testScenarios } from "./transcript.ts";

/** What the recorded client was started with. */
const PING_MS = 300;

/** Recorded with a program that sends what our client does not. */
const RAW = [
  ...["init_other_message", "unsupported_message", "unknown_type"],
  ...["ping_timeout", "query_error_closes"],
];

/** One connection of a recorded session: our client, and the recorded server at the other end. */
class Line implements Disposable {
  readonly #conn: number;
  readonly #messages: readonly MessageStep[];
  readonly #clock = new FakeClock();
  readonly #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  readonly #answers: Promise<void>[] = [];
  readonly #statuses: Status[] = [];
  readonly #sessions: (readonly HatEvent[])[] = [];
  #told = 0;
  #connecting: Promise<EventerClient | Error> | undefined;
  #client: EventerClient | undefined;
  #peer: Peer | undefined;

  constructor(conn: number, messages: readonly MessageStep[]) {
    this.#conn = conn;
    this.#messages = messages.filter((message) => message.conn === conn);
  }

  /** The client has to send a message; it is compared. */
  async expect(message: MessageStep): Promise<void> {
    const { type, data, last } = message;
    if (type === "MsgInitReq") {
      this.#connecting = this.#connect(data);
      this.#peer = new Peer(await this.#listener.accept());
    } else if (type === "MsgRegisterReq") {
      this.#register(message);
    } else if (type === "MsgQueryReq") {
      const result = this.#client?.query(QUERY_REQUEST.decode(data));
      this.#compare(result, message, (value) => value && QUERY_RESPONSE.encode(value));
    } else if (type === "Ping") {
      this.#clock.advance(PING_MS);
    } else {
      assert(type === "MsgEventsAck" && last);
    }
    const frame = await this.#peer?.receiveFrame();
    assert.equal(frame?.toHex(), message.frame.toHex(), type);
  }

  #connect(data: Uint8Array): Promise<EventerClient | Error> {
    return EventerClient.connect({
      ...INIT_REQUEST.decode(data),
      ...{ port: this.#listener.addr.port, clock: this.#clock },
      ...{ pingDelayMs: PING_MS, pingTimeoutMs: PING_MS },
      onStatus: (status) => void this.#statuses.push(status),
      onEvents: (events) => void this.#sessions.push(events),
    }).catch((error) => error);
  }

  #register(message: MessageStep): void {
    const events = REGISTER_REQUEST.decode(message.data);
    if (message.last) {
      return void this.#answers.push(this.#client?.registerUnanswered(events) ?? fail());
    }
    this.#compare(
      this.#client?.register(events),
      message,
      (value) => REGISTER_RESPONSE.encode(value),
    );
  }

  /** An answer gives what the recorded one holds; without one the connection ends. */
  #compare<T>(
    answer: Promise<T> | undefined,
    { id }: MessageStep,
    encode: (value: T) => Uint8Array | undefined,
  ): void {
    const expected = this.#messages.find(({ dir, first, type }) =>
      dir === "s2c" && first === id && type.endsWith("Res")
    );
    assert(answer !== undefined);
    this.#answers.push(
      expected === undefined
        ? assert.rejects(answer, { name: "ChatterError", kind: "closed" })
        : answer.then((value) => assert.equal(encode(value)?.toHex(), expected.data.toHex())),
    );
  }

  /** The server sends a message; the client says what it says. */
  async send({ type, data, frame }: MessageStep): Promise<void> {
    await this.#peer?.write(frame);
    if (type === "MsgInitRes") await this.#finishInit(data);
    if (type === "MsgRegisterRes" || type === "MsgQueryRes") await Promise.all(this.#answers);
    // What follows a pong tells that the client has seen it.
    if (type === "Pong") {
      await this.#peer?.sendValue("MsgStatusNotify", { name: "operational", value: null });
    }
    if (["MsgStatusNotify", "MsgEventsNotify", "Pong"].includes(type)) {
      const expected = ++this.#told;
      await until(
        () => this.#statuses.length + this.#sessions.length === expected,
        "a notification",
      );
    }
    if (type === "MsgStatusNotify") assert.equal(this.#client?.status, STATUS_NOTIFY.decode(data));
    if (type === "MsgEventsNotify") {
      assert.deepEqual(this.#sessions.at(-1), EVENTS_NOTIFY.decode(data));
    }
  }

  async #finishInit(data: Uint8Array): Promise<void> {
    const expected = INIT_RESPONSE.decode(data);
    // A client that is refused closes, and waits for the server to do so too.
    if (expected.kind === "error") return;
    const client = await this.#connecting;
    assert(client instanceof EventerClient);
    assert.equal(client.status, expected.status);
    this.#client = client;
  }

  /** The client closes. */
  async close(): Promise<void> {
    const closing = this.#client?.close();
    assert.equal(await this.#peer?.receive(), undefined);
    this.#peer?.[Symbol.dispose]();
    await closing;
    await Promise.all(this.#answers);
    if (this.#client !== undefined) return;
    const error = await this.#connecting;
    assert(error instanceof EventerInitError);
    const answer = this.#messages.find(({ type }) => type === "MsgInitRes");
    assert.deepEqual(INIT_RESPONSE.decode(answer?.data ?? new Uint8Array()), {
      kind: "error",
      message: error.message,
    });
  }

  /** The server closes. */
  async closeServer(): Promise<void> {
    await this.#peer?.closeWrite();
    await this.close();
    assert.equal(await this.#client?.ended, undefined, `connection ${this.#conn}`);
  }

  [Symbol.dispose](): void {
    this.#listener.close();
    this.#peer?.[Symbol.dispose]();
  }
}

function fail(): never {
  throw new Error("There is no client");
}

async function play({ timeline }: Scenario): Promise<void> {
  const messages = timeline.flatMap((step) => messageOf(step) ?? []);
  const lines = new Map<number, Line>();
  const closed = new Set<number>();
  try {
    for (const step of timeline) {
      const { conn = 0, tcp } = step;
      const message = messageOf(step);
      if (tcp === "open") lines.set(conn, new Line(conn, messages));
      if (message?.dir === "c2s") await lines.get(conn)?.expect(message);
      if (message?.dir === "s2c") await lines.get(conn)?.send(message);
      if (tcp?.startsWith("eof") && !closed.has(conn)) {
        closed.add(conn);
        await (tcp === "eof c2s" ? lines.get(conn)?.close() : lines.get(conn)?.closeServer());
      }
    }
  } finally {
    for (const line of lines.values()) line[Symbol.dispose]();
  }
}

testScenarios(
  "EventerClient sends what Hat's sends, byte for byte",
  ({ name }) => !RAW.includes(name),
  play,
);
