import assert from "node:assert/strict";
import type { HatEvent } from "../../../lib/hat/event.ts";
import { EventerServer } from "../../../lib/hat/eventer/eventer_server.ts";
import {
  EVENTS_NOTIFY,
  INIT_REQUEST,
  INIT_RESPONSE,
  QUERY_RESPONSE,
  REGISTER_RESPONSE,
  STATUS_NOTIFY,
} from "../../../lib/hat/eventer/messages.ts";
import type { QueryResult, Status } from "../../../lib/hat/query.ts";
import { FakeClock } from "../fake_clock.ts";
import { FakeService } from "./fake_service.ts";
import { Peer } from "./peer.ts";
import { messageOf, type MessageStep, type Scenario, testScenarios } from "./transcript.ts";

/** What the recorded server was started with. */
const PING_MS = 300;

/** Registers and answers as the recorded server did. */
class RecordedService extends FakeService {
  readonly #registrations: (readonly HatEvent[] | undefined)[] = [];
  readonly #results: QueryResult[] = [];
  /** The events of each session, as far as clients were told. */
  readonly sessions = new Map<number, readonly HatEvent[]>();
  /** The sessions that clients asked for. */
  readonly requested = new Set<number>();

  constructor(messages: readonly MessageStep[]) {
    super();
    for (const [i, message] of messages.entries()) this.#record(message, messages.slice(i + 1));
  }

  #record(message: MessageStep, later: readonly MessageStep[]): void {
    const { type, data, conn, id, dir } = message;
    if (type === "MsgEventsNotify") this.#addEvents(EVENTS_NOTIFY.decode(data));
    if (dir === "s2c") return;
    const answer = later.find(({ dir, first, type, conn: other }) =>
      dir === "s2c" && other === conn && first === id && type.endsWith("Res")
    );
    if (type === "MsgQueryReq" && answer) this.#results.push(QUERY_RESPONSE.decode(answer.data));
    if (type !== "MsgRegisterReq") return;
    const notice = later.find(({ type }) => type === "MsgEventsNotify");
    const events = answer === undefined
      ? notice && EVENTS_NOTIFY.decode(notice.data)
      : REGISTER_RESPONSE.decode(answer.data);
    this.#addEvents(events ?? []);
    if (events?.[0] !== undefined) this.requested.add(events[0].id.session);
    this.#registrations.push(events);
  }

  #addEvents(events: readonly HatEvent[]): void {
    const session = events[0]?.id.session ?? 0;
    if (events.length > (this.sessions.get(session)?.length ?? 0)) {
      this.sessions.set(session, events);
    }
  }

  override register(): Promise<readonly HatEvent[] | undefined> {
    const events = this.#registrations.shift();
    if (events !== undefined && events.length > 0) this.emitRegistered(events);
    return Promise.resolve(events);
  }

  override query(): Promise<QueryResult> {
    const result = this.#results.shift();
    if (result === undefined) throw new RangeError("This query cannot be answered");
    return Promise.resolve(result);
  }
}

/** Plays the clients of a recorded session against a server. */
class Player implements AsyncDisposable {
  readonly #service: RecordedService;
  readonly #server: EventerServer;
  readonly #clock = new FakeClock();
  readonly #peers = new Map<number, Peer>();
  readonly #persisted = new Set<number>();
  readonly #told = new Set<string>();
  readonly #statuses = new Map<number, number>();
  #closing: Promise<void> | undefined;
  #acknowledged: Promise<void> | undefined;
  #statusCount = 0;

  constructor(messages: readonly MessageStep[]) {
    this.#service = new RecordedService(messages);
    const init = messages.find(({ type }) => type === "MsgInitRes");
    const response = init && INIT_RESPONSE.decode(init.data);
    if (response?.kind === "success") this.#service.setStatus(response.status);
    this.#server = EventerServer.listen(this.#service, {
      ...{ port: 0, token: "secret", clock: this.#clock },
      ...{ pingDelayMs: PING_MS, pingTimeoutMs: PING_MS },
    });
  }

  async open(conn: number): Promise<void> {
    this.#peers.set(conn, await Peer.connect(this.#server.port));
  }

  peer(conn: number): Peer {
    const peer = this.#peers.get(conn);
    assert(peer !== undefined);
    return peer;
  }

  async send({ conn, type, data, frame }: MessageStep): Promise<void> {
    if (type === "MsgInitReq" && INIT_REQUEST.decode(data).persisted) this.#persisted.add(conn);
    await this.peer(conn).write(frame);
  }

  async expect(message: MessageStep): Promise<void> {
    this.#cause(message);
    const frame = await this.peer(message.conn).receiveFrame();
    assert.equal(frame?.toHex(), message.frame.toHex(), message.type);
    if (message.type === "MsgEventsAck") await this.#acknowledged;
  }

  /** Has happen in the service what made the recorded server send a message. */
  #cause({ conn, type, data, last }: MessageStep): void {
    if (type === "Ping") this.#clock.advance(PING_MS);
    if (type === "MsgStatusNotify") this.#causeStatus(conn, STATUS_NOTIFY.decode(data));
    if (type !== "MsgEventsNotify") return;
    const session = EVENTS_NOTIFY.decode(data)[0]?.id.session ?? 0;
    const events = this.#service.sessions.get(session) ?? [];
    const persisted = this.#persisted.has(conn);
    const key = `${session} ${persisted} ${last}`;
    if (this.#told.has(key)) return;
    this.#told.add(key);
    if (!last) this.#acknowledged = this.#server.notifyEvents(events);
    else if (persisted) this.#service.emitFlushed(events);
    else if (!this.#service.requested.has(session)) this.#service.emitRegistered(events);
  }

  #causeStatus(conn: number, status: Status): void {
    const count = (this.#statuses.get(conn) ?? 0) + 1;
    this.#statuses.set(conn, count);
    if (count <= this.#statusCount) return;
    this.#statusCount = count;
    this.#service.setStatus(status);
  }

  closeServer(): void {
    this.#closing = this.#server.close();
  }

  async expectEnd(conn: number, name: string): Promise<void> {
    if (name === "server_sigterm") this.closeServer();
    if (name === "ping_timeout") this.#clock.advance(PING_MS);
    assert.equal(await this.peer(conn).receiveEnd(), 0);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const peer of this.#peers.values()) peer[Symbol.dispose]();
    await this.#acknowledged;
    await this.#closing;
    await this.#server.close();
  }
}

async function play({ name, timeline }: Scenario): Promise<void> {
  const messages = timeline.flatMap((step) => messageOf(step) ?? []);
  await using player = new Player(messages);
  for (const step of timeline) {
    const { conn = 0, tcp, mark } = step;
    const message = messageOf(step);
    if (message?.dir === "c2s") await player.send(message);
    else if (message?.dir === "s2c") await player.expect(message);
    else if (tcp === "open") await player.open(conn);
    else if (tcp === "eof c2s") await player.peer(conn).closeWrite().catch(() => {});
    else if (tcp === "eof s2c") await player.expectEnd(conn, name);
    else if (mark === "server.async_close()") player.closeServer();
  }
}

testScenarios("EventerServer sends what Hat's sends, byte for byte", () => true, play);
