import assert from "node:assert/strict";
import { concatBytes } from "../../../lib/base/bytes.ts";
import { frameHeader, FrameReader } from "../../../lib/hat/chatter/frame.ts";
import { type ChatterMessage, decodeMessage } from "../../../lib/hat/chatter/message.ts";
import { encodeMessage } from "../chatter/encode_message.ts";
import type { SbsValue } from "../../../lib/hat/sbs/value.ts";
import { HAT_SCHEMA } from "../../../lib/hat/schema/hat_schema.ts";

/** Long enough for any machine: what is waited for comes, or the test fails. */
const DEADLINE_MS = 180_000;

/** The other end of a connection, which sends what it likes, byte for byte. */
export class Peer implements Disposable {
  readonly #socket: Deno.Conn;
  readonly #frames = new FrameReader(1 << 27);
  #lastId = 0;

  constructor(socket: Deno.Conn) {
    this.#socket = socket;
  }

  /** Connects to a server of this machine. */
  static async connect(port: number): Promise<Peer> {
    return new Peer(await Deno.connect({ hostname: "127.0.0.1", port }));
  }

  /** Connects, and is accepted as an event client. */
  static async init(port: number, request: Partial<Record<string, SbsValue>> = {}): Promise<Peer> {
    const peer = await Peer.connect(port);
    await peer.greet(request);
    return peer;
  }

  /** Says who it is, and is accepted. */
  async greet(request: Partial<Record<string, SbsValue>> = {}): Promise<void> {
    await this.sendValue("MsgInitReq", {
      clientName: "peer",
      clientToken: { name: "none", value: null },
      subscriptions: [],
      serverId: { name: "none", value: null },
      persisted: false,
      ...request,
    }, { last: false });
    const answer = await this.receive();
    assert.equal(answer?.type, "HatEventer.MsgInitRes");
    assert.equal(answer.data[0], 0x80);
  }

  async write(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length;) at += await this.#socket.write(bytes.subarray(at));
  }

  /** Sends a message, by default one that begins and ends a conversation; gives its id. */
  async send(message: Partial<ChatterMessage> & { readonly type: string }): Promise<number> {
    const id = message.id ?? ++this.#lastId;
    const bytes = encodeMessage({
      ...{ id, first: id, owner: true, token: true, last: true, data: new Uint8Array() },
      ...message,
    });
    await this.write(concatBytes([frameHeader(bytes.length), bytes]));
    return id;
  }

  /** Sends a value of a type of `HatEventer`. */
  sendValue(name: string, value: SbsValue, message: Partial<ChatterMessage> = {}): Promise<number> {
    const type = `HatEventer.${name}`;
    return this.send({ type, data: HAT_SCHEMA.encode(type, value), ...message });
  }

  /** The next message; undefined at the end. */
  async receive(): Promise<ChatterMessage | undefined> {
    while (true) {
      const bytes = this.#frames.next();
      if (bytes !== undefined) return decodeMessage(bytes);
      const count = await within(this.#socket.read(this.#frames.room()), "a message");
      if (count === null) return undefined;
      this.#frames.added(count);
    }
  }

  /** The next message, in a frame as it came. */
  async receiveFrame(): Promise<Uint8Array | undefined> {
    const message = await this.receive();
    if (message === undefined) return undefined;
    const bytes = encodeMessage(message);
    return concatBytes([frameHeader(bytes.length), bytes]);
  }

  /** Reads until the end; how many messages came on the way. */
  async receiveEnd(): Promise<number> {
    let count = 0;
    try {
      while (await this.receive() !== undefined) count++;
    } catch (error) {
      if (!(error instanceof Deno.errors.ConnectionReset)) throw error;
    }
    return count;
  }

  closeWrite(): Promise<void> {
    return this.#socket.closeWrite();
  }

  [Symbol.dispose](): void {
    try {
      this.#socket.close();
    } catch {
      // It is closed.
    }
  }
}

/** Fails when something does not come at all. */
export async function within<T>(promise: Promise<T>, what: string): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`${what} did not come`)), DEADLINE_MS);
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Waits until a condition holds. */
export async function until(condition: () => boolean, what: string): Promise<void> {
  const end = performance.now() + DEADLINE_MS;
  while (!condition()) {
    if (performance.now() > end) throw new Error(`${what} did not happen`);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}
