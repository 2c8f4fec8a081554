import { ChatterError } from "./chatter_error.ts";
import { FrameReader } from "./frame.ts";
import type { Inbox } from "./inbox.ts";
import { type ChatterMessage, decodeMessage, PING } from "./message.ts";

/** What a {@linkcode Receiver} needs. */
export interface ReceiverOptions {
  /** Reads at least a byte; null at the end. */
  readonly read: (buffer: Uint8Array) => Promise<number | null>;
  readonly maxMessageBytes: number;
  /** How long one may be up to the first that is no ping. */
  readonly maxFirstMessageBytes: number;
  /** How many bytes may wait in the inbox before reading stops. */
  readonly maxReceivedBytes: number;
  readonly inbox: Inbox;
  /** Whether an answer may be behind what nobody takes out of the inbox. */
  readonly isAnswerAwaited: () => boolean;
  /** Something came. */
  readonly onBytes: () => void;
  /** A message came. Throws when it must not be. */
  readonly onMessage: (message: ChatterMessage) => void;
}

/** While an answer is awaited, so many times more may have come than otherwise, and one message. */
const SLACK = 16;

/** For what comes when it is not looked at any more. */
const DISCARD_BYTES = 1 << 16;

/** Reads messages, no faster than they are handled. */
export class Receiver {
  readonly #options: ReceiverOptions;
  #isDeaf = false;
  #isStopped = false;

  constructor(options: ReceiverOptions) {
    this.#options = options;
  }

  /** Whether nothing is read, as enough waits to be handled. */
  get isDeaf(): boolean {
    return this.#isDeaf;
  }

  /** Looks at nothing that comes from now on. */
  stop(): void {
    this.#isStopped = true;
  }

  /**
   * Reads until the end, or until it is stopped.
   *
   * @throws When what comes breaks the rules, or the connection breaks.
   */
  async run(): Promise<void> {
    const { read, maxMessageBytes, maxFirstMessageBytes, onBytes, onMessage } = this.#options;
    const frames = new FrameReader(maxFirstMessageBytes);
    while (true) {
      await this.#waitUntilWanted();
      const count = await read(frames.room());
      if (this.#isStopped) return;
      if (count === null) {
        if (!frames.isTorn) return;
        throw new ChatterError("protocol", "Cannot read message as the connection ended within");
      }
      onBytes();
      frames.added(count);
      for (let bytes = frames.next(); bytes !== undefined; bytes = frames.next()) {
        const message = decodeMessage(bytes);
        onMessage(message);
        if (message.type !== PING) frames.maxBytes = maxMessageBytes;
      }
    }
  }

  /**
   * Reads on without looking, until the peer has closed: closing while bytes are not read would reset the
   * connection, and the peer would lose what was sent to it.
   */
  async discard(): Promise<void> {
    const buffer = new Uint8Array(DISCARD_BYTES);
    try {
      while (await this.#options.read(buffer) !== null);
    } catch {
      // It is closed, or broken: nothing comes any more.
    }
  }

  async #waitUntilWanted(): Promise<void> {
    const { inbox, maxReceivedBytes, maxMessageBytes, isAnswerAwaited } = this.#options;
    while (inbox.bytes > maxReceivedBytes && !isAnswerAwaited()) {
      this.#isDeaf = true;
      await inbox.changed();
    }
    this.#isDeaf = false;
    if (inbox.bytes > maxReceivedBytes * SLACK + maxMessageBytes) {
      const reason = `${inbox.bytes} bytes wait to be handled and the answer is not among them`;
      throw new ChatterError("overflow", `Cannot wait for an answer as ${reason}`);
    }
  }
}
