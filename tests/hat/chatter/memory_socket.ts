import type { ByteSocket } from "../../../lib/hat/chatter/connection.ts";

/** How a pair of sockets behaves. */
export interface MemorySocketOptions {
  /** How many bytes are on the way at most; with more, writing waits. @default {65_536} */
  readonly capacity?: number;
  /** How many bytes a read gives and a write takes at most, each time anew. @default {all} */
  readonly pieceSize?: () => number;
}

/** One direction: bytes on the way. */
class Pipe {
  readonly #capacity: number;
  #bytes: number[] = [];
  #isEnded = false;
  #isBroken = false;
  #waiting: (() => void)[] = [];

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  async write(bytes: Uint8Array): Promise<number> {
    while (this.#bytes.length >= this.#capacity && !this.#isBroken) await this.#change();
    if (this.#isBroken || this.#isEnded) throw new Deno.errors.BrokenPipe("The pipe is broken");
    const taken = bytes.subarray(0, this.#capacity - this.#bytes.length);
    this.#bytes.push(...taken);
    this.#wake();
    return taken.length;
  }

  async read(buffer: Uint8Array): Promise<number | null> {
    while (this.#bytes.length === 0 && !this.#isEnded && !this.#isBroken) await this.#change();
    if (this.#isBroken) throw new Deno.errors.Interrupted("The pipe is closed");
    const taken = this.#bytes.splice(0, buffer.length);
    buffer.set(taken);
    this.#wake();
    return taken.length === 0 ? null : taken.length;
  }

  end(): void {
    this.#isEnded = true;
    this.#wake();
  }

  break(): void {
    this.#isBroken = true;
    this.#wake();
  }

  #change(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #wake(): void {
    for (const wake of this.#waiting.splice(0)) wake();
  }
}

/** One end of a connection in memory. */
export class MemorySocket implements ByteSocket {
  readonly #incoming: Pipe;
  readonly #outgoing: Pipe;
  readonly #pieceSize: () => number;
  isClosed = false;

  private constructor(incoming: Pipe, outgoing: Pipe, pieceSize: () => number) {
    this.#incoming = incoming;
    this.#outgoing = outgoing;
    this.#pieceSize = pieceSize;
  }

  /** Both ends of a connection. */
  static pair(options: MemorySocketOptions = {}): readonly [MemorySocket, MemorySocket] {
    const { capacity = 1 << 16, pieceSize = () => Infinity } = options;
    const there = new Pipe(capacity);
    const back = new Pipe(capacity);
    return [new MemorySocket(back, there, pieceSize), new MemorySocket(there, back, pieceSize)];
  }

  read(buffer: Uint8Array): Promise<number | null> {
    return this.#incoming.read(buffer.subarray(0, this.#pieceSize()));
  }

  write(bytes: Uint8Array): Promise<number> {
    return this.#outgoing.write(bytes.subarray(0, this.#pieceSize()));
  }

  closeWrite(): Promise<void> {
    this.#outgoing.end();
    return Promise.resolve();
  }

  close(): void {
    if (this.isClosed) throw new Deno.errors.BadResource("It is closed");
    this.isClosed = true;
    this.#incoming.break();
    this.#outgoing.end();
  }
}
