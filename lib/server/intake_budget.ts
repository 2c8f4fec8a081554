/** A connection that hands in events. */
export interface Producer {
  /** Bytes taken from it and not saved yet; only its {@linkcode IntakeBudget} changes it. */
  pendingBytes: number;
  /** Its events could not be stored. */
  fail(reason: string): void;
  /** It must go, as more is waiting than may; what was taken from it is kept. */
  overload(reason: string): void;
}

/**
 * Bounds what is taken from producers and not saved yet. A WebSocket cannot be told to wait, so when
 * there is too much the producer that sent most of it is closed.
 */
export class IntakeBudget {
  readonly #maxBytes: number;
  readonly #producers = new Set<Producer>();
  readonly #shed = new Set<Producer>();
  #held = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Bytes that were taken and are not saved yet. */
  get held(): number {
    return this.#held;
  }

  /** @returns False when the producer was closed instead: its bytes are not taken. */
  take(producer: Producer, bytes: number): boolean {
    if (this.#held + bytes > this.#maxBytes && this.#closeGreatest(producer, bytes) === producer) {
      return false;
    }
    this.#producers.add(producer);
    producer.pendingBytes += bytes;
    this.#held += bytes;
    return true;
  }

  /** The bytes were saved, or refused. */
  release(producer: Producer, bytes: number): void {
    producer.pendingBytes -= bytes;
    this.#held -= bytes;
    if (producer.pendingBytes > 0) return;
    this.#producers.delete(producer);
    this.#shed.delete(producer);
  }

  #closeGreatest(sender: Producer, bytes: number): Producer {
    let greatest = sender;
    let greatestBytes = sender.pendingBytes + bytes;
    for (const producer of this.#producers) {
      if (this.#shed.has(producer) || producer.pendingBytes <= greatestBytes) continue;
      greatest = producer;
      greatestBytes = producer.pendingBytes;
    }
    if (greatest.pendingBytes > 0) this.#shed.add(greatest);
    greatest.overload(
      `Cannot take events: ${this.#held} bytes wait to be stored, the limit is ${this.#maxBytes}; ` +
        "send again later",
    );
    return greatest;
  }
}
