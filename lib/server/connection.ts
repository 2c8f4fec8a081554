import { sleep } from "../base/backoff.ts";
import { CLOSE } from "../wire/dialect.ts";
import { EVENT_PATH } from "../wire/paths.ts";
import type { ServerMessage } from "../wire/messages.ts";
import type { ClientInfo } from "./collector_notice.ts";
import { settledWithin } from "./settled_within.ts";

/**
 * How long a producer must have sent nothing before its connection is closed. The runtime breaks a
 * connection, without the close frame, when a message arrives after `close()` was called.
 */
const QUIET_MS = 50;

/** Longest wait for a producer to be quiet. */
const MAX_QUIET_WAIT_MS = 700;

/** Longest reason that a close frame carries (RFC 6455, section 5.5). */
const MAX_REASON_BYTES = 123;

/** What a message brought: text, or bytes that nobody else holds. */
export type Message = string | Uint8Array<ArrayBuffer>;

/** The collector's end of a WebSocket. */
export class Connection {
  readonly info: ClientInfo;
  readonly #socket: WebSocket;
  readonly #gone = new AbortController();
  #receive: ((message: Message) => void) | undefined;
  #messages = 0;
  #sentBytes = 0;
  #lastSend = performance.now();

  /**
   * @param socket An open socket whose `binaryType` is `arraybuffer`.
   * @param onFailure Takes what was thrown at a message; the connection is closed then.
   */
  constructor(socket: WebSocket, info: ClientInfo, onFailure: (error: unknown) => void) {
    this.#socket = socket;
    this.info = info;
    socket.onmessage = (event: MessageEvent<string | ArrayBuffer>) => {
      const { data } = event;
      this.#messages++;
      try {
        this.#receive?.(typeof data === "string" ? data : new Uint8Array(data));
      } catch (error) {
        onFailure(error);
        void this.refuse(CLOSE.INTERNAL, "The collector failed at this message");
      }
    };
  }

  /** Aborts when the connection is no more. */
  get gone(): AbortSignal {
    return this.#gone.signal;
  }

  get isOpen(): boolean {
    return this.#socket.readyState === WebSocket.OPEN;
  }

  /** Bytes that were sent and have not left yet. */
  get bufferedBytes(): number {
    return this.isOpen ? this.#socket.bufferedAmount : 0;
  }

  /** Bytes of all binary messages that were sent. */
  get sentBytes(): number {
    return this.#sentBytes;
  }

  /** When something was sent last, or else the connection was opened, by `performance.now()`. */
  get lastSend(): number {
    return this.#lastSend;
  }

  /** Hands every message from now on to `receive`. */
  onMessage(receive: (message: Message) => void): void {
    this.#receive = receive;
  }

  /** For the owner of the socket: it is closed. */
  markGone(): void {
    this.#receive = undefined;
    this.#gone.abort(new DOMException("The client left", "AbortError"));
  }

  /** Sends text or bytes as they are; nothing when the connection is closing. */
  send(message: string | Uint8Array): void {
    if (!this.isOpen) return;
    this.#socket.send(message as string | Uint8Array<ArrayBuffer>);
    this.#lastSend = performance.now();
    if (typeof message !== "string") this.#sentBytes += message.length;
  }

  /** Sends one of the messages of the wire as JSON. */
  sendMessage(message: ServerMessage): void {
    this.send(JSON.stringify(message));
  }

  /** Closes at once; messages that arrive from now on are not taken. */
  close(code: number, reason: string): void {
    this.#receive = undefined;
    if (this.isOpen) this.#socket.close(code, cut(reason));
  }

  /**
   * Closes a connection whose client may be sending: tells it why, takes nothing more, and closes as
   * soon as it is quiet.
   */
  async refuse(code: number, reason: string): Promise<void> {
    this.#receive = undefined;
    if (code !== CLOSE.GOING_AWAY) this.sendMessage({ error: reason });
    const maySend = this.info.path === EVENT_PATH || code !== CLOSE.GOING_AWAY;
    if (maySend) await this.#untilQuiet();
    this.close(code, reason);
  }

  async #untilQuiet(): Promise<void> {
    for (let waited = 0; waited < MAX_QUIET_WAIT_MS && this.isOpen; waited += QUIET_MS) {
      const before = this.#messages;
      await sleep(QUIET_MS);
      if (this.#messages === before) return;
    }
  }

  /** Waits until the connection is no more. @returns Whether that happened in time. */
  goneWithin(ms: number): Promise<boolean> {
    if (this.gone.aborted) return Promise.resolve(true);
    const { promise, resolve } = Promise.withResolvers<void>();
    this.gone.addEventListener("abort", () => resolve(), { once: true });
    return settledWithin(ms, promise);
  }
}

/** At most as many bytes as a close frame carries, without cutting a character. */
function cut(reason: string): string {
  const bytes = new Uint8Array(MAX_REASON_BYTES);
  const { read } = new TextEncoder().encodeInto(reason, bytes);
  return reason.slice(0, read);
}
