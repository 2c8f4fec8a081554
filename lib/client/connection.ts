import { waitForDrain } from "../base/drain.ts";
import { CLOSE } from "../wire/dialect.ts";
import { type CollectorAddress, socketUrl } from "./address.ts";
import { ConnectError, explainFailure } from "./connect_error.ts";
import { Inbox } from "./inbox.ts";
import { SilenceWatch } from "./silence_watch.ts";
import { ClientSocket, type SocketEnd } from "./socket/client_socket.ts";
import { checkCaCerts } from "./trust.ts";

/** Options of {@linkcode connect}. */
export interface ConnectOptions extends CollectorAddress {
  /** One of the collector's WebSocket paths. */
  readonly path: string;
  /** The subprotocol, which the collector must choose. @default {none} */
  readonly protocol?: string | undefined;
  /** Ends the attempt, and later the connection. @default {no signal} */
  readonly signal?: AbortSignal | undefined;
  /** How long to wait for the connection. @default {10_000} */
  readonly connectTimeoutMs?: number | undefined;
}

/** How a connection ended. */
export interface CloseInfo {
  /** A WebSocket close code; 1006 when the connection broke. */
  readonly code: number;
  /** Words for people, never empty. */
  readonly reason: string;
}

/** A text message as string, a binary one as bytes. */
export type Message = string | Uint8Array<ArrayBuffer>;

/** Long enough for a slow link, short enough to tell somebody who waits. */
const CONNECT_TIMEOUT_MS = 10_000;

/** A peer that does not answer a close within that time is taken for gone. */
const CLOSE_TIMEOUT_MS = 2_000;

/** Said by RFC 6455 of a connection that broke without a close. */
const BROKEN = 1006;

/** Said by RFC 6455 of a close without a code. */
const NO_CODE = 1005;

/**
 * Connects to a collector.
 *
 * @throws {ConnectError} When that is not possible.
 * @throws {TypeError} When host or port cannot be part of an address, or `caCerts` are no certificates.
 * @throws The signal's reason when it aborts.
 */
export async function connect(options: ConnectOptions): Promise<Connection> {
  options.signal?.throwIfAborted();
  const url = socketUrl(options);
  const socket = await openSocket(url, options);
  const connection = new Connection(socket, url, options);
  if (options.protocol !== undefined && socket.protocol !== options.protocol) {
    await connection.close();
    const reason = `it does not speak '${options.protocol}'; ` +
      "it is an older collector or another kind of server";
    throw new ConnectError(url, "protocol", reason);
  }
  return connection;
}

async function openSocket(url: string, options: ConnectOptions): Promise<ClientSocket> {
  const { protocol, signal, caCerts = [], connectTimeoutMs = CONNECT_TIMEOUT_MS } = options;
  const { secure = false } = options;
  if (secure) checkCaCerts(caCerts);
  const parsed = new URL(url);
  const hostname = parsed.hostname.replace(/^\[|\]$/g, "");
  const port = Number(parsed.port || (secure ? 443 : 80));
  const givingUp = new AbortController();
  const timer = setTimeout(() => {
    givingUp.abort(new ConnectError(url, "timeout", `no answer within ${connectTimeoutMs} ms`));
  }, connectTimeoutMs);
  const abort = () => givingUp.abort(signal?.reason);
  signal?.addEventListener("abort", abort, { once: true });
  try {
    const target = { url: parsed, protocol, hostname, port, secure, caCerts };
    return await ClientSocket.open(target, givingUp.signal);
  } catch (error) {
    if (givingUp.signal.aborted) throw givingUp.signal.reason;
    throw explainFailure(url, error);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", abort);
  }
}

/**
 * An open connection: iterate it for the messages, once.
 *
 * It reads on however slowly messages are taken, so what was received and not taken waits here, as
 * bytes. Iteration ends when the connection ends, after all that was received before;
 * it rejects with the signal's reason when that aborts.
 */
export class Connection implements AsyncIterable<Message>, AsyncDisposable {
  /** The address that was connected to. */
  readonly url: string;
  /** How the connection ended; never rejects. */
  readonly closed: Promise<CloseInfo>;
  readonly #socket: ClientSocket;
  readonly #signal: AbortSignal | undefined;
  #maxBufferedBytes = Infinity;
  readonly #inbox = new Inbox<Message>();
  readonly #setClosed: (info: CloseInfo) => void;
  #bufferedBytes = 0;
  #silence: SilenceWatch | undefined;
  #ownReason: string | undefined;
  #closeTimer: ReturnType<typeof setTimeout> | undefined;

  /** For {@linkcode connect}: the socket must be open. */
  constructor(socket: ClientSocket, url: string, options: ConnectOptions) {
    const { promise, resolve } = Promise.withResolvers<CloseInfo>();
    this.closed = promise;
    this.#setClosed = resolve;
    this.url = url;
    this.#socket = socket;
    this.#signal = options.signal;
    socket.onmessage = (message) => this.#receive(message);
    socket.onend = (end) => this.#finish(end);
    socket.start();
    this.#signal?.addEventListener("abort", this.#abort, { once: true });
    if (this.#signal?.aborted) this.#abort();
  }

  /** Bytes given to {@linkcode Connection.send} that were not sent yet. */
  get bufferedAmount(): number {
    return this.#socket.bufferedAmount;
  }

  /** From now on, the connection is given up when a message comes while more bytes wait to be taken. */
  limitBuffer(maxBufferedBytes: number): void {
    this.#maxBufferedBytes = maxBufferedBytes;
  }

  /** From now on, the connection is given up when nothing comes for that long. */
  limitSilence(ms: number): void {
    this.#silence?.[Symbol.dispose]();
    this.#silence = new SilenceWatch(ms, () => this.close(`nothing came for ${ms} ms`));
  }

  /** Sends a message; on a connection that has ended, nothing happens. */
  send(message: Message): void {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(message);
  }

  /**
   * Waits until at most so many bytes are buffered.
   *
   * @returns False when the connection has ended.
   * @throws The signal's reason when it aborts.
   */
  drained(maxBufferedBytes: number): Promise<boolean> {
    return waitForDrain(this.#socket, maxBufferedBytes, this.#signal);
  }

  /**
   * Ends the connection: what was sent before is still delivered, nothing more is received.
   *
   * @param reason Words for {@linkcode Connection.closed}, kept on this side.
   */
  async close(reason = "closed by this side"): Promise<void> {
    this.#inbox.end();
    this.#silence?.[Symbol.dispose]();
    if (this.#socket.readyState === WebSocket.OPEN) {
      this.#ownReason = reason;
      this.#socket.close(CLOSE.NORMAL);
      this.#closeTimer = setTimeout(() => this.#socket.terminate(), CLOSE_TIMEOUT_MS);
    }
    await this.closed;
  }

  /** The messages, in order, as they are received. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Message, void> {
    for await (const message of this.#inbox) {
      this.#bufferedBytes -= message.length;
      yield message;
    }
  }

  /** As {@linkcode Connection.close}. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  readonly #abort = (): void => {
    this.#inbox.fail(this.#signal?.reason);
    this.close("aborted");
  };

  #receive(message: Message): void {
    const isFull = this.#bufferedBytes > this.#maxBufferedBytes;
    this.#silence?.heard();
    this.#bufferedBytes += message.length;
    this.#inbox.push(message);
    if (isFull) this.close(`more than ${this.#maxBufferedBytes} bytes wait to be taken`);
  }

  #finish({ code, reason, error }: SocketEnd): void {
    clearTimeout(this.#closeTimer);
    this.#silence?.[Symbol.dispose]();
    this.#signal?.removeEventListener("abort", this.#abort);
    this.#inbox.end();
    if (this.#ownReason !== undefined) {
      this.#setClosed({ code: code || BROKEN, reason: this.#ownReason });
    } else if (error !== undefined) {
      this.#setClosed({ code: BROKEN, reason: `connection lost: ${error}` });
    } else {
      this.#setClosed({ code, reason: describeClose(code, reason) });
    }
  }
}

function describeClose(code: number, reason: string): string {
  const words = reason !== "" ? reason : code === CLOSE.GOING_AWAY ? "the collector stops" : "";
  if (code === NO_CODE) return "closed by the collector";
  return `closed by the collector with code ${code}${words && `: ${words}`}`;
}
