import { concatBytes } from "../../../lib/base/bytes.ts";
import type { ChatterError } from "../../../lib/hat/chatter/chatter_error.ts";
import { ChatterConnection } from "../../../lib/hat/chatter/connection.ts";
import type { ConnectionOptions } from "../../../lib/hat/chatter/connection_options.ts";
import { frameHeader, FrameReader } from "../../../lib/hat/chatter/frame.ts";
import { type ChatterMessage, decodeMessage } from "../../../lib/hat/chatter/message.ts";
import { until, within } from "../eventer/peer.ts";
import { FakeClock } from "../fake_clock.ts";
import { encodeMessage } from "./encode_message.ts";
import { MemorySocket, type MemorySocketOptions } from "./memory_socket.ts";

/** No data. */
export const NOTHING = new Uint8Array();

/** Two connections that are joined. */
export interface Pair extends AsyncDisposable {
  readonly left: ChatterConnection;
  readonly right: ChatterConnection;
  readonly clock: FakeClock;
}

/** Joins two connections. */
export function pair(options: ConnectionOptions = {}, sockets: MemorySocketOptions = {}): Pair {
  const [a, b] = MemorySocket.pair(sockets);
  const clock = new FakeClock();
  const stack = new AsyncDisposableStack();
  const left = new ChatterConnection(a, "left", { clock, ...options });
  const right = new ChatterConnection(b, "right", { clock, ...options });
  // Each waits for the other to close.
  stack.defer(async () => void await Promise.all([left.close(), right.close()]));
  return { left, right, clock, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

/** A connection, and what is at its other end byte for byte. */
export class Wire implements AsyncDisposable {
  readonly clock = new FakeClock();
  readonly socket: MemorySocket;
  readonly connection: ChatterConnection;
  readonly #frames = new FrameReader(1 << 24);

  constructor(options: ConnectionOptions = {}, sockets: MemorySocketOptions = {}) {
    const [near, far] = MemorySocket.pair(sockets);
    this.socket = far;
    this.connection = new ChatterConnection(near, "far", { clock: this.clock, ...options });
  }

  async write(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length;) at += await this.socket.write(bytes.subarray(at));
  }

  send(message: Partial<ChatterMessage>): Promise<void> {
    const id = message.id ?? 1;
    const bytes = encodeMessage({
      ...{ id, first: id, owner: true, token: true, last: true, type: "A", data: NOTHING },
      ...message,
    });
    return this.write(concatBytes([frameHeader(bytes.length), bytes]));
  }

  async receive(): Promise<ChatterMessage | undefined> {
    while (true) {
      const bytes = this.#frames.next();
      if (bytes !== undefined) return decodeMessage(bytes);
      const count = await within(this.socket.read(this.#frames.room()), "a message");
      if (count === null) return undefined;
      this.#frames.added(count);
    }
  }

  async failure(): Promise<ChatterError | undefined> {
    await until(() => this.connection.failure !== undefined, "the failure");
    return this.connection.failure;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.socket.isClosed) this.socket.close();
    await this.connection.close();
  }
}

/** How a connection ended before its time, if it did. */
export function kindOf({ connection }: Wire): string | undefined {
  return connection.failure?.kind;
}

/** Bytes, so many. */
export function payload(length: number): Uint8Array {
  return new Uint8Array(length).fill(length & 0xff);
}
