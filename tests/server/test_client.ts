import { concatBytes } from "../../lib/base/bytes.ts";
import { EventReader } from "../../lib/event/event_reader.ts";
import { RawEvent } from "../../lib/event/raw_event.ts";
import type { Criteria } from "../../lib/event/criteria.ts";

/** Longest wait for anything in these tests: far above what a busy machine needs. */
export const WAIT_MS = 180_000;

export type Received = string | Uint8Array;

/** A plain WebSocket client that keeps what it gets until it is asked for. */
export class TestClient implements AsyncDisposable {
  readonly #socket: WebSocket;
  readonly #received: Received[] = [];
  readonly #waiting: ((message: Received | undefined) => void)[] = [];
  readonly closed: Promise<{ code: number; reason: string }>;
  #unread: Promise<Received | undefined> | undefined;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.binaryType = "arraybuffer";
    socket.onmessage = ({ data }) =>
      this.#take(typeof data === "string" ? data : new Uint8Array(data));
    const { promise, resolve } = Promise.withResolvers<{ code: number; reason: string }>();
    this.closed = promise;
    socket.onerror = (event) => event.preventDefault();
    socket.onclose = ({ code, reason }) => {
      for (const waiter of this.#waiting.splice(0)) waiter(undefined);
      resolve({ code, reason });
    };
  }

  static async connect(url: string, protocols: string[] = []): Promise<TestClient> {
    const socket = new WebSocket(url, protocols);
    const client = new TestClient(socket);
    await new Promise<void>((resolve, reject) => {
      socket.onopen = () => resolve();
      void client.closed.then(() => reject(new Error(`Cannot connect to ${url}`)));
    });
    return client;
  }

  get protocol(): string {
    return this.#socket.protocol;
  }

  send(message: string | Uint8Array | Criteria): void {
    if (typeof message === "string") this.#socket.send(message);
    else if (message instanceof Uint8Array) this.#socket.send(message.slice());
    else this.#socket.send(JSON.stringify(message));
  }

  /** The next message, undefined when the connection was closed. */
  next(): Promise<Received | undefined> {
    const unread = this.#unread;
    this.#unread = undefined;
    if (unread !== undefined) return unread;
    const message = this.#received.shift();
    if (message !== undefined) return Promise.resolve(message);
    if (this.#socket.readyState === WebSocket.CLOSED) return Promise.resolve(undefined);
    return new Promise((resolve, reject) => {
      const error = new Error(`Waited ${WAIT_MS} ms in vain for a message`);
      const timer = setTimeout(() => reject(error), WAIT_MS);
      this.#waiting.push((message) => {
        clearTimeout(timer);
        resolve(message);
      });
    });
  }

  /** Puts back what was asked for and is not wanted yet; nothing else may be asked for meanwhile. */
  unread(next: Promise<Received | undefined>): void {
    this.#unread = next;
  }

  async nextText(): Promise<string> {
    const message = await this.next();
    if (typeof message !== "string") throw new Error(`Not a text message: ${message?.length}`);
    return message;
  }

  // deno-lint-ignore no-explicit-any -- tests look into answers of all kinds
  async nextJson(): Promise<any> {
    return JSON.parse(await this.nextText());
  }

  /** Events of the next messages until there are so many; text in between is passed over. */
  async nextEvents(count: number): Promise<RawEvent[]> {
    const events: RawEvent[] = [];
    while (events.length < count) {
      const message = await this.next();
      if (message === undefined) throw new Error(`Closed after ${events.length} events`);
      if (typeof message !== "string") events.push(...readEvents(message));
    }
    return events;
  }

  /** Everything up to the close. */
  async rest(): Promise<{ texts: string[]; binaries: Uint8Array[]; events: RawEvent[] }> {
    const texts: string[] = [];
    const binaries: Uint8Array[] = [];
    for (let next = await this.next(); next !== undefined; next = await this.next()) {
      if (typeof next === "string") texts.push(next);
      else binaries.push(next);
    }
    return { texts, binaries, events: binaries.flatMap(readEvents) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.close();
    await this.closed;
  }

  #take(message: Received): void {
    const waiter = this.#waiting.shift();
    if (waiter === undefined) this.#received.push(message);
    else waiter(message);
  }
}

export function readEvents(bytes: Uint8Array): RawEvent[] {
  const events: RawEvent[] = [];
  for (const item of new EventReader(bytes)) {
    if (!(item instanceof RawEvent)) throw item;
    events.push(item);
  }
  return events;
}

/** A client on bare TCP that reads nothing but the handshake, and never answers a close. */
export class StalledClient implements Disposable {
  readonly #connection: Deno.TcpConn;

  private constructor(connection: Deno.TcpConn) {
    this.#connection = connection;
  }

  static async connect(port: number, path: string, protocol?: string): Promise<StalledClient> {
    const connection = await Deno.connect({ hostname: "127.0.0.1", port });
    const lines = [
      `GET ${path} HTTP/1.1`,
      `Host: localhost:${port}`,
      "Upgrade: websocket",
      "Connection: Upgrade",
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
      "Sec-WebSocket-Version: 13",
    ];
    if (protocol !== undefined) lines.push(`Sec-WebSocket-Protocol: ${protocol}`);
    await connection.write(new TextEncoder().encode(`${lines.join("\r\n")}\r\n\r\n`));
    const byte = new Uint8Array(1);
    for (let end = ""; !end.endsWith("\r\n\r\n");) {
      if (await connection.read(byte) === null) throw new Error("The handshake was refused");
      end += String.fromCharCode(byte[0] ?? 0);
    }
    return new StalledClient(connection);
  }

  /** Sends a text message of up to 125 bytes. */
  async send(text: string): Promise<void> {
    const payload = new TextEncoder().encode(text);
    await this.#connection.write(
      concatBytes([new Uint8Array([0x81, 0x80 | payload.length, 0, 0, 0, 0]), payload]),
    );
  }

  [Symbol.dispose](): void {
    this.#connection.close();
  }
}
