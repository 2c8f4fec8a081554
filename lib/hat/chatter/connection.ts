import { SbsError } from "../sbs/sbs_error.ts";
import { MAX_TIMER_MS } from "../../base/max_timer.ts";
import { ChatterError } from "./chatter_error.ts";
import { completeOptions, type ConnectionOptions } from "./connection_options.ts";
import { type AnswerHandler, Conversations } from "./conversations.ts";
import { Inbox } from "./inbox.ts";
import { type ChatterMessage, PING, PONG } from "./message.ts";
import type { Conversation, OutgoingMessage } from "./outbox.ts";
import { PingWatch } from "./ping_watch.ts";
import { Receiver } from "./receiver.ts";
import { Sender } from "./sender.ts";

/** What a connection needs of a socket; a `Deno.Conn` has it. */
export interface ByteSocket {
  /** Reads at least a byte; null at the end. */
  read(buffer: Uint8Array): Promise<number | null>;
  /** Writes at least a byte, and says how many. */
  write(bytes: Uint8Array): Promise<number>;
  /** Tells the peer that nothing comes any more. */
  closeWrite(): Promise<void>;
  /** Ends both directions; what is under way rejects. */
  close(): void;
}

/** How a message is sent. */
export interface SendOptions {
  /** What it belongs to. @default {a conversation that it begins} */
  readonly conversation?: Conversation;
  /** Whether it ends the conversation. @default {true} */
  readonly last?: boolean;
  /** Waits for the answers, of a conversation that it begins and does not end. */
  readonly handler?: AnswerHandler;
}

const NO_DATA = new Uint8Array();

/**
 * A connection over which messages go both ways, and belong to conversations.
 *
 * Answers in conversations of this side go to who began them; everything else waits to be received. Pings
 * are sent and answered here. A peer that breaks the rules ends what is received: what came before can
 * still be received, and {@linkcode ChatterConnection.failure} says what was wrong.
 */
export class ChatterConnection implements AsyncDisposable {
  /** Address and port of the peer. */
  readonly remote: string;
  readonly #socket: ByteSocket;
  readonly #options: Required<ConnectionOptions>;
  readonly #inbox = new Inbox();
  readonly #conversations = new Conversations();
  readonly #sender: Sender;
  readonly #pings: PingWatch;
  readonly #receiver: Receiver;
  readonly #reading: Promise<void>;
  #closing: Promise<void> | undefined;
  #failure: ChatterError | undefined;
  #isClosing = false;
  #isOver = false;

  /** @throws {RangeError} When an option is out of range. */
  constructor(socket: ByteSocket, remote: string, options: ConnectionOptions = {}) {
    this.#options = completeOptions(options);
    this.#socket = socket;
    this.remote = remote;
    const { clock, maxQueuedBytes, pingDelayMs, pingTimeoutMs } = this.#options;
    this.#sender = new Sender({
      write: (bytes) => socket.write(bytes),
      clock,
      maxQueuedBytes,
      stallMs: Math.min(pingDelayMs + pingTimeoutMs, MAX_TIMER_MS),
      onFailure: (error) => this.abort(error),
    });
    this.#pings = new PingWatch(clock, this.#options, {
      ping: () => this.#ping(),
      giveUp: () => this.abort(new ChatterError("timeout", "The peer does not answer")),
      isDeaf: () => this.#receiver.isDeaf,
    });
    this.#receiver = new Receiver({
      ...this.#options,
      read: (buffer) => socket.read(buffer),
      inbox: this.#inbox,
      isAnswerAwaited: () => this.#conversations.isAnswerAwaited,
      onBytes: () => this.#pings.heard(),
      onMessage: (message) => this.#take(message),
    });
    this.#reading = this.#read();
  }

  /** Why the connection came to its end before its time, if it did. */
  get failure(): ChatterError | undefined {
    return this.#failure;
  }

  /** How long a message may be, in bytes. */
  get maxMessageBytes(): number {
    return this.#options.maxMessageBytes;
  }

  /**
   * Queues a message. When more waits than may, the connection ends.
   *
   * @returns What it belongs to.
   * @throws {ChatterError} When the connection is closed.
   * @throws {RangeError} When the message is too long.
   */
  send(type: string, data: Uint8Array, options: SendOptions = {}): Conversation {
    const message = this.#prepare(type, data, options);
    this.#sender.push(message);
    return message.conversation;
  }

  /**
   * Queues a message as soon as there is room: at once, when there is and nobody else waits for it.
   *
   * @throws {ChatterError} When the connection is closed.
   * @throws {RangeError} When the message is too long.
   */
  async sendWhenRoom(type: string, data: Uint8Array, options: SendOptions = {}): Promise<void> {
    await this.#sender.pushWhenRoom(this.#prepare(type, data, options));
  }

  /**
   * Sends a message as soon as there is room, and waits for its answer, the only one.
   *
   * @throws {ChatterError} When the connection ends before.
   * @throws {RangeError} When the message is too long.
   */
  request(type: string, data: Uint8Array): Promise<ChatterMessage> {
    return new Promise((resolve, reject) => {
      const handler = {
        onAnswer: (message: ChatterMessage) => {
          if (message.last) return resolve(message);
          const reason = `the answer '${message.type}' to '${type}' must be the last message`;
          throw new ChatterError("protocol", `Cannot take message as ${reason}`);
        },
        onEnd: reject,
      };
      this.sendWhenRoom(type, data, { last: false, handler }).catch(reject);
    });
  }

  /** The next message that is no answer; undefined when there is none any more. */
  receive(): Promise<ChatterMessage | undefined> {
    return this.#inbox.receive();
  }

  /**
   * Sends what is queued, then closes, and waits until the peer has closed too. It takes as long as
   * `closeTimeoutMs` says at most.
   */
  close(): Promise<void> {
    return this.#closing ??= this.#close();
  }

  /** Ends the connection at once; what is queued is lost. */
  abort(error: ChatterError): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#failure ??= error;
    this.#pings[Symbol.dispose]();
    this.#sender.stop();
    this.#inbox.end();
    this.#socket.close();
    this.#conversations.end(this.#closedError());
  }

  /** As {@linkcode close}. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #prepare(type: string, data: Uint8Array, options: SendOptions): OutgoingMessage {
    const { last = true, handler } = options;
    if (this.#isClosing || this.#isOver) throw this.#closedError();
    const { maxMessageBytes } = this.#options;
    if (data.length > maxMessageBytes) {
      const rule = `'data' must have at most ${maxMessageBytes} bytes`;
      throw new RangeError(`Cannot send '${type}' as ${rule}: current value is ${data.length}`);
    }
    const conversation = options.conversation ?? { isOwn: true, first: 0 };
    if (last) this.#conversations.close(conversation);
    if (handler === undefined) return { type, data, last, conversation };
    this.#conversations.expect(handler);
    // An answer may lie behind what is not read.
    this.#inbox.wake();
    const onStart = () => this.#conversations.begin(conversation.first, handler);
    return { type, data, last, conversation, onStart };
  }

  async #read(): Promise<void> {
    try {
      await this.#receiver.run();
    } catch (error) {
      if (!this.#isOver) this.#failure ??= asChatterError(error);
    }
    this.#inbox.end();
    this.#pings[Symbol.dispose]();
    this.#conversations.end(this.#closedError());
    await this.#receiver.discard();
  }

  #take(message: ChatterMessage): void {
    if (this.#conversations.take(message)) return;
    if (message.type !== PING) return this.#inbox.push(message);
    if (message.last) return;
    const conversation = { isOwn: false, first: message.first };
    this.#conversations.close(conversation);
    if (this.#isClosing) return;
    this.#sender.push({ type: PONG, data: NO_DATA, last: true, conversation }, true);
  }

  #ping(): void {
    if (this.#isClosing || this.#isOver) return;
    const handler = { onAnswer: takePong, onEnd: () => {} };
    this.#sender.push(this.#prepare(PING, NO_DATA, { last: false, handler }), true);
  }

  async #close(): Promise<void> {
    this.#isClosing = true;
    this.#receiver.stop();
    this.#inbox.end();
    this.#inbox.clear();
    const { clock, closeTimeoutMs } = this.#options;
    using _timer = clock.after(closeTimeoutMs, () => {
      this.abort(new ChatterError("timeout", `The peer did not close within ${closeTimeoutMs} ms`));
    });
    await this.#sender.flushed();
    if (!this.#isOver) await this.#socket.closeWrite().catch(() => {});
    await this.#reading;
    if (!this.#isOver) {
      this.#isOver = true;
      this.#socket.close();
    }
  }

  #closedError(): ChatterError {
    const reason = this.#failure?.message ?? "it is closed";
    const options = this.#failure === undefined ? {} : { cause: this.#failure };
    return new ChatterError(
      "closed",
      `Cannot use connection to ${this.remote}: ${reason}`,
      options,
    );
  }
}

function takePong(message: ChatterMessage): void {
  if (message.type === PONG && message.last) return;
  throw new ChatterError("protocol", `Cannot take message as '${message.type}' answers a ping`);
}

function asChatterError(cause: unknown): ChatterError {
  if (cause instanceof ChatterError) return cause;
  const reason = cause instanceof Error ? cause.message : String(cause);
  const kind = cause instanceof SbsError ? "protocol" : "network";
  return new ChatterError(kind, reason, { cause });
}
