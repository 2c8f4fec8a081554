import { Fifo } from "../../base/fifo.ts";
import type { ChatterMessage } from "./message.ts";

/** What a message takes besides its data, about. */
const MESSAGE_BYTES = 64;

/** Messages that came and wait to be handled, one at a time. */
export class Inbox {
  readonly #messages = new Fifo<ChatterMessage>();
  #bytes = 0;
  #isEnded = false;
  #wakeReceiver: (() => void) | undefined;
  #wakeReader: (() => void) | undefined;

  /** About how many bytes wait. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Adds a message that came. */
  push(message: ChatterMessage): void {
    this.#messages.push(message);
    this.#bytes += sizeOf(message);
    this.#wakeReceiver?.();
  }

  /** Nothing comes any more. */
  end(): void {
    this.#isEnded = true;
    this.#wakeReceiver?.();
    this.wake();
  }

  /** Drops what waits. */
  clear(): void {
    this.#messages.clear();
    this.#bytes = 0;
    this.wake();
  }

  /** The next message; undefined when all are taken and nothing comes any more. */
  async receive(): Promise<ChatterMessage | undefined> {
    while (this.#messages.length === 0 && !this.#isEnded) {
      await new Promise<void>((resolve) => this.#wakeReceiver = resolve);
      this.#wakeReceiver = undefined;
    }
    const message = this.#messages.shift();
    if (message !== undefined) this.#bytes -= sizeOf(message);
    this.wake();
    return message;
  }

  /** Resolves when a message was taken, or somebody wants the reader to look again. */
  changed(): Promise<void> {
    return new Promise((resolve) => this.#wakeReader = resolve);
  }

  /** Has the reader look again whether it should go on. */
  wake(): void {
    this.#wakeReader?.();
    this.#wakeReader = undefined;
  }
}

function sizeOf(message: ChatterMessage): number {
  return message.data.length + MESSAGE_BYTES;
}
