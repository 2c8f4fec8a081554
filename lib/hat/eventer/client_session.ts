import { ChatterError } from "../chatter/chatter_error.ts";
import type { ChatterConnection } from "../chatter/connection.ts";
import type { ChatterMessage } from "../chatter/message.ts";
import type { Clock } from "../clock.ts";
import type { HatEvent } from "../event.ts";
import type { Status } from "../query.ts";
import type { Subscription } from "../subscription.ts";
import type { EventNotice } from "./event_notice.ts";
import type { EventerClientInfo, EventerService } from "./eventer_service.ts";
import { fitAnswer } from "./fit_answer.ts";
import {
  EVENTS_ACK,
  EVENTS_NOTIFY,
  type InitRequest,
  QUERY_REQUEST,
  QUERY_RESPONSE,
  REGISTER_REQUEST,
  REGISTER_RESPONSE,
  STATUS_NOTIFY,
} from "./messages.ts";

/** What the session of a client needs. */
export interface ClientSessionOptions {
  readonly connection: ChatterConnection;
  readonly service: EventerService;
  readonly info: EventerClientInfo;
  readonly request: InitRequest;
  readonly subscription: Subscription;
  readonly clock: Clock;
  /** How long a client may take to handle events before the connection ends. */
  readonly ackTimeoutMs: number;
}

/** A client that was accepted: tells it what goes on, and handles its requests one after another. */
export class ClientSession {
  readonly info: EventerClientInfo;
  /** Whether it is told events when they are durable. */
  readonly persisted: boolean;
  readonly #options: ClientSessionOptions;
  readonly #connection: ChatterConnection;
  readonly #wants: (event: HatEvent) => boolean;

  constructor(options: ClientSessionOptions) {
    const { info, connection, request, subscription } = options;
    this.info = info;
    this.persisted = request.persisted;
    this.#options = options;
    this.#connection = connection;
    const { serverId } = request;
    this.#wants = serverId === undefined
      ? (event) => subscription.matches(event.type)
      : (event) => event.id.server === serverId && subscription.matches(event.type);
  }

  /** Tells the client a status. */
  notifyStatus(status: Status): void {
    this.#send(() => this.#connection.send(STATUS_NOTIFY.type, STATUS_NOTIFY.encode(status)));
  }

  /** Tells the client the events that it wants. */
  notifyEvents(notice: EventNotice): void {
    this.#send(() => {
      for (const data of notice.encode(this.#wants)) {
        this.#connection.send(EVENTS_NOTIFY.type, data);
      }
    });
  }

  /** Tells the client the events that it wants; resolves when it has handled them, or is gone. */
  async notifyEventsWithAck(notice: EventNotice): Promise<void> {
    await Promise.all(notice.encode(this.#wants).map((data) => this.#sendWithAck(data)));
  }

  #sendWithAck(data: Uint8Array): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const { clock, ackTimeoutMs } = this.#options;
    const timer = clock.after(ackTimeoutMs, () => {
      const reason = `The client did not acknowledge events within ${ackTimeoutMs} ms`;
      this.#connection.abort(new ChatterError("timeout", reason));
    });
    const onAnswer = (message: ChatterMessage) => {
      if (message.type !== EVENTS_ACK.type || !message.last) throw unexpected(message);
      EVENTS_ACK.decode(message.data);
      resolve();
    };
    const handler = { onAnswer, onEnd: () => resolve() };
    this.#send(
      () => this.#connection.send(EVENTS_NOTIFY.type, data, { last: false, handler }),
      resolve,
    );
    return promise.finally(() => timer[Symbol.dispose]());
  }

  /**
   * Handles requests until the client leaves.
   *
   * @throws When it does what it must not, or cannot be answered.
   */
  async serve(): Promise<void> {
    const connection = this.#connection;
    for (
      let next = await connection.receive();
      next !== undefined;
      next = await connection.receive()
    ) {
      await this.#handle(next);
    }
    if (connection.failure !== undefined) throw connection.failure;
  }

  async #handle(message: ChatterMessage): Promise<void> {
    if (message.id !== message.first) throw unexpected(message);
    if (message.type === REGISTER_REQUEST.type) {
      const events = await this.#register(message);
      if (!message.last) {
        await this.#answer(message, REGISTER_RESPONSE.type, REGISTER_RESPONSE.encode(events));
      }
    } else if (message.type === QUERY_REQUEST.type && !message.last) {
      await this.#answer(message, QUERY_RESPONSE.type, await this.#query(message));
    } else {
      throw unexpected(message);
    }
  }

  async #register(message: ChatterMessage): Promise<readonly HatEvent[] | undefined> {
    const events = REGISTER_REQUEST.decode(message.data);
    const { service } = this.#options;
    if (service.status !== "operational") return undefined;
    return await service.register(this.info, events);
  }

  async #query(message: ChatterMessage): Promise<Uint8Array> {
    const params = QUERY_REQUEST.decode(message.data);
    const result = await this.#options.service.query(params);
    return QUERY_RESPONSE.encode(fitAnswer(params, result, this.#connection.maxMessageBytes));
  }

  #answer({ first }: ChatterMessage, type: string, data: Uint8Array): Promise<void> {
    return this.#connection.sendWhenRoom(type, data, { conversation: { isOwn: false, first } });
  }

  /** A client that has just gone is told nothing, and nobody else notices. */
  #send(send: () => void, onGone = () => {}): void {
    try {
      send();
    } catch (error) {
      onGone();
      if (error instanceof ChatterError) return;
      const reason = error instanceof Error ? error.message : String(error);
      this.#connection.abort(new ChatterError("protocol", reason, { cause: error }));
    }
  }
}

/** The error of a message that nothing can be done about. */
export function unexpected({ id, first, last, type }: ChatterMessage): ChatterError {
  const position = id === first ? "begins a conversation" : `follows in conversation ${first}`;
  const end = last ? "and ends it" : "and waits for an answer";
  return new ChatterError(
    "protocol",
    `Cannot handle message ${id} as no '${type}' is expected that ${position} ${end}`,
  );
}
