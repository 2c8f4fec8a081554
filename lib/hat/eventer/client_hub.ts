import { ChatterError } from "../chatter/chatter_error.ts";
import type { ChatterConnection } from "../chatter/connection.ts";
import { type Clock, SYSTEM_CLOCK } from "../clock.ts";
import type { HatEvent } from "../event.ts";
import type { Status } from "../query.ts";
import { assertTimerMs } from "../timer_ms.ts";
import { ClientSession } from "./client_session.ts";
import { noticesOf } from "./event_notice.ts";
import type { EventerObserver } from "./eventer_notice.ts";
import type { EventerClientInfo, EventerService } from "./eventer_service.ts";
import { answerGreeting, checkGreeting, type Greeting, receiveGreeting } from "./greeting.ts";

/** Which clients are accepted, and how long they may take. */
export interface ClientRules {
  /** What clients must say that say a token at all. @default {nothing: such clients are refused} */
  readonly token?: string | undefined;
  /** How long a connection may take to say who it is, in milliseconds. @default {10_000} */
  readonly initTimeoutMs?: number;
  /** How long a client may take to handle events that it must acknowledge, in milliseconds. @default {10_000} */
  readonly ackTimeoutMs?: number;
  /** Time, for tests. @default {SYSTEM_CLOCK} */
  readonly clock?: Clock;
}

/** The rules, and how long a message may be. */
export interface ClientHubOptions extends ClientRules {
  readonly maxMessageBytes: number;
}

/** A client sends its first message at once; this is a slow line. */
const DEFAULT_INIT_TIMEOUT_MS = 10_000;

/** Longer than handling a session takes, short enough that nobody waits for a client that hangs. */
const DEFAULT_ACK_TIMEOUT_MS = 10_000;

/** As in Hat: a client that is refused has so long to close. */
const REFUSED_CLOSE_MS = 500;

/** The clients of an event server: accepts them, serves them, and tells them what goes on. */
export class ClientHub {
  readonly #service: EventerService;
  readonly #observer: EventerObserver;
  readonly #rules: ClientHubOptions & Required<Pick<ClientRules, "initTimeoutMs" | "ackTimeoutMs">>;
  readonly #clock: Clock;
  readonly #sessions = new Set<ClientSession>();
  #count = 0;

  /** @throws {RangeError} When a time is out of range. */
  constructor(service: EventerService, observer: EventerObserver, rules: ClientHubOptions) {
    this.#service = service;
    this.#observer = observer;
    this.#rules = {
      ...rules,
      initTimeoutMs: rules.initTimeoutMs ?? DEFAULT_INIT_TIMEOUT_MS,
      ackTimeoutMs: rules.ackTimeoutMs ?? DEFAULT_ACK_TIMEOUT_MS,
    };
    const { initTimeoutMs, ackTimeoutMs } = this.#rules;
    assertTimerMs("start event server", "initTimeoutMs", initTimeoutMs);
    assertTimerMs("start event server", "ackTimeoutMs", ackTimeoutMs);
    this.#clock = rules.clock ?? SYSTEM_CLOCK;
  }

  /** The clients that are accepted now. */
  get clients(): readonly EventerClientInfo[] {
    return [...this.#sessions].map(({ info }) => info);
  }

  /** Tells every client a status. */
  notifyStatus(status: Status): void {
    for (const session of this.#sessions) session.notifyStatus(status);
  }

  /** Tells events to the clients that want them. */
  notifyEvents(events: readonly HatEvent[], persisted: boolean): void {
    const notices = noticesOf(events, this.#rules.maxMessageBytes);
    for (const session of this.#sessions) {
      if (session.persisted !== persisted) continue;
      for (const notice of notices) session.notifyEvents(notice);
    }
  }

  /** Tells events to the clients that want them, and waits until each has handled them, or is gone. */
  async notifyEventsWithAck(events: readonly HatEvent[], persisted: boolean): Promise<void> {
    const sessions = [...this.#sessions].filter((session) => session.persisted === persisted);
    await Promise.all(
      noticesOf(events, this.#rules.maxMessageBytes).flatMap((notice) =>
        sessions.map((session) => session.notifyEventsWithAck(notice))
      ),
    );
  }

  /** Accepts and serves a client until it has gone; never rejects. */
  async serve(connection: ChatterConnection): Promise<void> {
    const { remote } = connection;
    const { initTimeoutMs } = this.#rules;
    try {
      const greeting = await receiveGreeting(connection, this.#clock, initTimeoutMs);
      if (greeting !== undefined) await this.#welcome(connection, greeting);
    } catch (error) {
      this.#observer({ kind: "stranger-failed", remote, error });
    }
    await connection.close();
  }

  async #welcome(connection: ChatterConnection, greeting: Greeting): Promise<void> {
    const { remote } = connection;
    const { clientName: name } = greeting.request;
    const subscription = checkGreeting(greeting, this.#rules.token);
    if (typeof subscription === "string") {
      return await this.#refuse(connection, greeting, subscription);
    }
    const info = { id: ++this.#count, name, remote };
    try {
      await this.#service.clientConnected?.(info);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      return await this.#refuse(connection, greeting, reason);
    }
    const { ackTimeoutMs } = this.#rules;
    const { request } = greeting;
    await this.#hold(
      new ClientSession({
        ...{ connection, info, request, subscription, ackTimeoutMs },
        service: this.#service,
        clock: this.#clock,
      }),
      () => {
        const status = this.#service.status;
        answerGreeting(connection, greeting, { kind: "success", status });
      },
    );
    const closing = connection.close();
    try {
      await this.#service.clientDisconnected?.(info);
    } catch (error) {
      this.#observer({ kind: "client-failed", client: info, error });
    }
    await closing;
  }

  /** Has a client served until it leaves; its session is told nothing before it is answered. */
  async #hold(session: ClientSession, answer: () => void): Promise<void> {
    const client = session.info;
    try {
      answer();
      this.#sessions.add(session);
      this.#observer({ kind: "client-joined", client });
      await session.serve();
    } catch (error) {
      if (!isClosed(error)) this.#observer({ kind: "client-failed", client, error });
    }
    if (this.#sessions.delete(session)) this.#observer({ kind: "client-left", client });
  }

  async #refuse(connection: ChatterConnection, greeting: Greeting, reason: string): Promise<void> {
    const { clientName: name } = greeting.request;
    this.#observer({ kind: "client-refused", name, remote: connection.remote, reason });
    answerGreeting(connection, greeting, { kind: "error", message: reason });
    using _timer = this.#clock.after(REFUSED_CLOSE_MS, () => void connection.close());
    while (await connection.receive() !== undefined);
  }
}

/** Whether it says no more than that this side closed the connection. */
function isClosed(error: unknown): boolean {
  return error instanceof ChatterError && error.kind === "closed" && error.cause === undefined;
}
