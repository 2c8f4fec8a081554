import { waitForDrain } from "../base/drain.ts";
import { CLOSE } from "../wire/dialect.ts";
import { type CollectorAddress, socketUrl } from "./address.ts";
import { ConnectError, explainFailure } from "./connect_error.ts";
import { Inbox } from "./inbox.ts";
import { SilenceWatch } from "./silence_watch.ts";
import { makeTrust } from "./trust.ts";

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
 * Connects to a collector. Nowhere else in the library is a `WebSocket` made.
 *
 * @throws {ConnectError} When that is not possible.
 * @throws {TypeError} When host or port cannot be part of an address, or `caCerts` are no certificates.
 * @throws The signal's reason when it aborts.
 */
export async function connect(options: ConnectOptions): Promise<Connection> {
  options.signal?.throwIfAborted();
  const url = socketUrl(options);
  using trust = makeTrust(options.secure ? options.caCerts ?? [] : []);
  const socket = makeSocket(url, options.protocol, trust);
  await waitForOpen(socket, url, options);
  const connection = new Connection(socket, url, options);
  if (options.protocol !== undefined && socket.protocol !== options.protocol) {
    await connection.close();
    const reason = `it does not speak '${options.protocol}'; ` +
      "it is an older collector or another kind of server";
    throw new ConnectError(url, "protocol", reason);
  }
  return connection;
}

function makeSocket(
  url: string,
  protocol: string | undefined,
  client: Deno.HttpClient | undefined,
): WebSocket {
  const protocols = protocol === undefined ? [] : [protocol];
  try {
    const socket = new WebSocket(url, client === undefined ? protocols : { protocols, client });
    socket.binaryType = "arraybuffer";
    return socket;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ConnectError(url, "other", reason, { cause });
  }
}

/** Settles when the socket is open or, so that nothing is left behind, has ended. */
function waitForOpen(socket: WebSocket, url: string, options: ConnectOptions): Promise<void> {
  const { signal, connectTimeoutMs = CONNECT_TIMEOUT_MS } = options;
  return new Promise((resolve, reject) => {
    let failure: unknown;
    function giveUp(error: unknown): void {
      failure ??= error;
      socket.close();
    }
    function abort(): void {
      giveUp(signal?.reason);
    }
    function settle(): void {
      clearTimeout(timer);
      signal?.removeEventListener("abort", abort);
      socket.onopen = socket.onerror = socket.onclose = null;
    }
    const timer = setTimeout(() => {
      giveUp(new ConnectError(url, "timeout", `no answer within ${connectTimeoutMs} ms`));
    }, connectTimeoutMs);
    signal?.addEventListener("abort", abort, { once: true });
    socket.onerror = (event) => failure ??= explainFailure(url, messageOf(event));
    socket.onclose = () => {
      settle();
      reject(failure ?? new ConnectError(url, "other", "the connection was closed at once"));
    };
    socket.onopen = () => {
      settle();
      if (signal?.aborted) socket.close();
      resolve();
    };
  });
}

function messageOf(event: Event): string {
  return event instanceof ErrorEvent ? event.message : "unknown error";
}

/**
 * An open connection: iterate it for the messages, once.
 *
 * Deno's WebSocket reads on however slowly messages are taken, so what was received and not taken
 * waits here, as bytes. Iteration ends when the connection ends, after all that was received before;
 * it rejects with the signal's reason when that aborts.
 */
export class Connection implements AsyncIterable<Message>, AsyncDisposable {
  /** The address that was connected to. */
  readonly url: string;
  /** How the connection ended; never rejects. */
  readonly closed: Promise<CloseInfo>;
  readonly #socket: WebSocket;
  readonly #signal: AbortSignal | undefined;
  #maxBufferedBytes = Infinity;
  readonly #inbox = new Inbox<Message>();
  readonly #setClosed: (info: CloseInfo) => void;
  #bufferedBytes = 0;
  #silence: SilenceWatch | undefined;
  #error: string | undefined;
  #ownReason: string | undefined;
  #closeTimer: ReturnType<typeof setTimeout> | undefined;

  /** For {@linkcode connect}: the socket must be open. */
  constructor(socket: WebSocket, url: string, options: ConnectOptions) {
    const { promise, resolve } = Promise.withResolvers<CloseInfo>();
    this.closed = promise;
    this.#setClosed = resolve;
    this.url = url;
    this.#socket = socket;
    this.#signal = options.signal;
    socket.onmessage = (event) => this.#receive(event.data);
    socket.onerror = (event) => this.#error ??= messageOf(event);
    socket.onclose = (event) => this.#finish(event.code, event.reason);
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
      this.#closeTimer = setTimeout(() => this.#finish(BROKEN, ""), CLOSE_TIMEOUT_MS);
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

  #receive(data: string | ArrayBuffer): void {
    const message = typeof data === "string" ? data : new Uint8Array(data);
    const isFull = this.#bufferedBytes > this.#maxBufferedBytes;
    this.#silence?.heard();
    this.#bufferedBytes += message.length;
    this.#inbox.push(message);
    if (isFull) this.close(`more than ${this.#maxBufferedBytes} bytes wait to be taken`);
  }

  #finish(code: number, reason: string): void {
    clearTimeout(this.#closeTimer);
    this.#silence?.[Symbol.dispose]();
    this.#signal?.removeEventListener("abort", this.#abort);
    this.#inbox.end();
    if (this.#ownReason !== undefined) {
      this.#setClosed({ code: code || BROKEN, reason: this.#ownReason });
    } else if (code === 0) {
      this.#setClosed({ code: BROKEN, reason: `connection lost: ${this.#error ?? "no close"}` });
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
