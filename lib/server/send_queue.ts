/** Taken slots at the front before they are given back, so that taking one costs no move of the rest. */
const COMPACT_SLOTS = 1024;

/** Messages that wait for one client, first in, first out. */
export class SendQueue {
  #messages: (string | Uint8Array | undefined)[] = [];
  #first = 0;
  #bytes = 0;

  /** Bytes of the messages; text counts by its characters. */
  get bytes(): number {
    return this.#bytes;
  }

  /** How many wait. */
  get size(): number {
    return this.#messages.length - this.#first;
  }

  /** Adds a message at the end. */
  push(message: string | Uint8Array): void {
    this.#messages.push(message);
    this.#bytes += message.length;
  }

  /** Takes out the first message. */
  shift(): string | Uint8Array | undefined {
    const message = this.#messages[this.#first];
    if (message === undefined) return undefined;
    this.#messages[this.#first++] = undefined;
    this.#bytes -= message.length;
    if (this.#first >= COMPACT_SLOTS && this.#first * 2 >= this.#messages.length) {
      this.#messages = this.#messages.slice(this.#first);
      this.#first = 0;
    }
    return message;
  }

  /** Forgets all of them. */
  clear(): void {
    this.#messages = [];
    this.#first = 0;
    this.#bytes = 0;
  }
}
