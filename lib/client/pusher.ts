import type { Backoff } from "../base/backoff.ts";
import type { Event } from "../event/event.ts";
import { CLOSE } from "../wire/dialect.ts";
import type { ClientSettings } from "./client_options.ts";
import type { CloseInfo, Connection, Message } from "./connection.ts";
import type { Failover } from "./failover.ts";
import { Outbox } from "./outbox.ts";
import { ProtocolError, type PushResult } from "./push_result.ts";
import { reconnect } from "./reconnect.ts";

/** A collector that sent an error closes within that time, or the connection is given up. */
const REFUSAL_TIMEOUT_MS = 2_000;

/** What {@linkcode Pusher} works with. */
export interface PusherParts {
  readonly settings: ClientSettings;
  /** Where to connect again. */
  readonly failover: Failover;
  /** Ends the pusher. */
  readonly signal: AbortSignal;
  /** How long to wait before connecting again. */
  readonly backoff: Backoff;
  /** How long to wait before sending again what the collector could not take. */
  readonly retryBackoff: Backoff;
}

/** Gets what is in its outbox through one connection after another. */
export class Pusher {
  readonly #parts: PusherParts;
  readonly #outbox: Outbox;
  #connection: Connection | undefined;
  #silenceTimer: ReturnType<typeof setTimeout> | undefined;
  #isPaused = false;
  /** Whether anything was acknowledged on this connection. */
  #isServed = false;
  /** After a pause one message shows whether the collector can take more. */
  #isTrying = false;
  #waitingForRoom: PromiseWithResolvers<void>[] = [];

  constructor(parts: PusherParts) {
    this.#parts = parts;
    this.#outbox = new Outbox(parts.settings);
  }

  /** How many calls of {@linkcode Pusher.send} have not settled. */
  get unfinished(): number {
    return this.#outbox.unfinished;
  }

  /** Sends events behind all others; settles when the fate of each is known. */
  send(events: readonly Event[]): Promise<PushResult> {
    const result = this.#outbox.add(events);
    this.#pump();
    return result;
  }

  /** Resolves when everything sent before is acknowledged. */
  settled(): Promise<void> {
    return this.#outbox.settled();
  }

  /** Resolves when another message can be sent at once. */
  room(): Promise<void> {
    if (this.#hasRoom()) return Promise.resolve();
    const waiting = Promise.withResolvers<void>();
    this.#waitingForRoom.push(waiting);
    return waiting.promise;
  }

  /** Everything that has not settled rejects. */
  fail(error: unknown): void {
    this.#outbox.fail(error);
    for (const { reject } of this.#waitingForRoom) reject(error);
    this.#waitingForRoom = [];
  }

  /**
   * Keeps a connection and its traffic going; never resolves.
   *
   * @throws {ProtocolError} When the server answers what a collector must not, or refuses messages for good.
   * @throws {ConnectError} When no server speaks the protocol any more.
   * @throws The signal's reason when it aborts.
   */
  async run(first: Connection): Promise<never> {
    const { failover, signal, backoff, settings: { onNotice } } = this.#parts;
    const attempt = () => failover.connect();
    let connection = first;
    try {
      for (;;) {
        const { url } = connection;
        const { code, reason } = await this.#serve(connection);
        signal.throwIfAborted();
        if (code === CLOSE.POLICY || code === CLOSE.TOO_BIG) throw new ProtocolError(url, reason);
        onNotice({ kind: "disconnected", url, reason });
        failover.lost(this.#isServed || !this.#outbox.isAwaitingAck);
        connection = await reconnect({ attempt, backoff, onNotice, signal });
      }
    } finally {
      await connection.close();
    }
  }

  async #serve(connection: Connection): Promise<CloseInfo> {
    this.#connection = connection;
    this.#isServed = false;
    this.#outbox.restart();
    try {
      this.#pump();
      for await (const message of connection) this.#take(connection, message);
    } finally {
      this.#connection = undefined;
      clearTimeout(this.#silenceTimer);
    }
    return await connection.closed;
  }

  #take(connection: Connection, answer: Message): void {
    const taken = this.#outbox.take(answer, connection.url);
    if ("error" in taken) return this.#stopSending(connection, taken.error);
    const { rejections } = taken;
    this.#isServed = true;
    this.#parts.backoff.reset();
    if (rejections.length > 0) this.#parts.settings.onNotice({ kind: "rejected", rejections });
    if (rejections.some(({ retryable }) => retryable)) {
      this.#pause();
    } else {
      this.#isTrying = false;
      this.#parts.retryBackoff.reset();
    }
    if (this.#connection !== undefined) this.#awaitAck(connection);
    this.#pump();
  }

  /** After an error the collector takes no more, and closes as soon as it hears no more. */
  #stopSending(connection: Connection, error: string): void {
    this.#connection = undefined;
    this.#closeAfter(connection, REFUSAL_TIMEOUT_MS, error);
  }

  /** Sends as much as the window takes. */
  #pump(): void {
    const connection = this.#connection;
    if (connection === undefined || this.#isPaused) return;
    const wasAwaitingAck = this.#outbox.isAwaitingAck;
    while (!this.#waitsForTry()) {
      const message = this.#outbox.takeMessage();
      if (message === undefined) break;
      connection.send(message);
    }
    if (!wasAwaitingAck) this.#awaitAck(connection);
    if (!this.#hasRoom()) return;
    for (const { resolve } of this.#waitingForRoom.splice(0)) resolve();
  }

  #hasRoom(): boolean {
    if (this.#connection === undefined || this.#isPaused) return false;
    return !this.#waitsForTry() && this.#outbox.hasRoom;
  }

  #waitsForTry(): boolean {
    return this.#isTrying && this.#outbox.isAwaitingAck;
  }

  /** Sends nothing for a while: the collector cannot take it. */
  #pause(): void {
    if (this.#isPaused) return;
    this.#isPaused = true;
    const { retryBackoff, settings, signal } = this.#parts;
    const delayMs = retryBackoff.next();
    settings.onNotice({ kind: "retrying", delayMs });
    retryBackoff.sleep(delayMs, signal).then(() => {
      this.#isPaused = false;
      this.#isTrying = true;
      this.#pump();
    }, () => {});
  }

  #awaitAck(connection: Connection): void {
    clearTimeout(this.#silenceTimer);
    if (!this.#outbox.isAwaitingAck) return;
    const { ackTimeoutMs } = this.#parts.settings;
    const reason = `nothing was acknowledged within ${ackTimeoutMs} ms`;
    this.#closeAfter(connection, ackTimeoutMs, reason);
  }

  #closeAfter(connection: Connection, ms: number, reason: string): void {
    clearTimeout(this.#silenceTimer);
    this.#silenceTimer = setTimeout(() => connection.close(reason), ms);
  }
}
