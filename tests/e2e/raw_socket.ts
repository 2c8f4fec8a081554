import { WAIT_MS, within } from "./until.ts";

/** Kinds of WebSocket frames (RFC 6455, section 5.2). */
export const OPCODE = {
  CONTINUATION: 0x0,
  TEXT: 0x1,
  BINARY: 0x2,
  CLOSE: 0x8,
  PING: 0x9,
  PONG: 0xa,
} as const;

/** A WebSocket frame as it came. */
export interface Frame {
  readonly isFinal: boolean;
  readonly opcode: number;
  readonly payload: Uint8Array;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** What is sent when nothing else is said; any other would do. */
const MASK = [0x37, 0xfa, 0x21, 0x3d] as const;

/** A WebSocket by hand, on a TCP connection: every byte is the test's. */
export class RawSocket implements Disposable {
  readonly #connection: Deno.TcpConn;
  #buffer = new Uint8Array(0);

  private constructor(connection: Deno.TcpConn) {
    this.#connection = connection;
  }

  /** Connects and upgrades; fails when the answer is not 101. */
  static async connect(port: number, path: string, protocol?: string): Promise<RawSocket> {
    const socket = await RawSocket.open(port);
    const extra = protocol === undefined ? "" : `Sec-WebSocket-Protocol: ${protocol}\r\n`;
    const head = await socket.request(path, `${UPGRADE_HEADERS}${extra}`);
    if (!head.startsWith("HTTP/1.1 101 ")) {
      socket[Symbol.dispose]();
      throw new Error(`No upgrade: ${head}`);
    }
    return socket;
  }

  /** Connects, and says nothing yet. */
  static async open(port: number): Promise<RawSocket> {
    return new RawSocket(await Deno.connect({ hostname: "127.0.0.1", port }));
  }

  /** Sends an HTTP request and gives the head of the answer. */
  async request(path: string, headers: string): Promise<string> {
    await this.sendBytes(
      encoder.encode(`GET ${path} HTTP/1.1\r\nHost: localhost\r\n${headers}\r\n`),
    );
    for (;;) {
      const text = decoder.decode(this.#buffer);
      const end = text.indexOf("\r\n\r\n");
      if (end >= 0) {
        this.#buffer = this.#buffer.slice(end + 4);
        return text.slice(0, end);
      }
      if (!await this.#readMore()) throw new Error(`The answer ended early: ${text}`);
    }
  }

  /** Sends bytes as they are. */
  async sendBytes(bytes: Uint8Array): Promise<void> {
    for (let rest = bytes; rest.length > 0;) {
      rest = rest.subarray(await this.#connection.write(rest));
    }
  }

  /** Sends a masked frame. */
  async send(opcode: number, payload: string | Uint8Array, isFinal = true): Promise<void> {
    await this.sendBytes(clientFrame(opcode, payload, isFinal));
  }

  /** The next frame; undefined when the connection has ended. */
  async receive(): Promise<Frame | undefined> {
    for (;;) {
      const frame = this.#takeFrame();
      if (frame !== undefined) return frame;
      if (!await this.#readMore()) return undefined;
    }
  }

  [Symbol.dispose](): void {
    this.#connection.close();
  }

  #takeFrame(): Frame | undefined {
    const bytes = this.#buffer;
    if (bytes.length < 2) return undefined;
    const view = new DataView(bytes.buffer, bytes.byteOffset);
    const [first, second] = [view.getUint8(0), view.getUint8(1)];
    if (second & 0x80) throw new Error("A server must not mask");
    let at = 2;
    let length = second;
    if (second === 126) {
      if (bytes.length < 4) return undefined;
      length = view.getUint16(2);
      at = 4;
    } else if (second === 127) {
      if (bytes.length < 10) return undefined;
      length = Number(view.getBigUint64(2));
      at = 10;
    }
    if (bytes.length < at + length) return undefined;
    this.#buffer = bytes.slice(at + length);
    const payload = bytes.slice(at, at + length);
    return { isFinal: (first & 0x80) !== 0, opcode: first & 0x0f, payload };
  }

  async #readMore(): Promise<boolean> {
    const chunk = new Uint8Array(1 << 16);
    const count = await within("bytes of the server", this.#connection.read(chunk), WAIT_MS);
    if (count === null) return false;
    const buffer = new Uint8Array(this.#buffer.length + count);
    buffer.set(this.#buffer);
    buffer.set(chunk.subarray(0, count), this.#buffer.length);
    this.#buffer = buffer;
    return true;
  }
}

/** What a request asks for a WebSocket with. */
export const UPGRADE_HEADERS = "Upgrade: websocket\r\nConnection: Upgrade\r\n" +
  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n";

/** A frame as clients send them, masked. */
export function clientFrame(
  opcode: number,
  payload: string | Uint8Array,
  isFinal = true,
): Uint8Array<ArrayBuffer> {
  const bytes = typeof payload === "string" ? encoder.encode(payload) : payload;
  const head = [(isFinal ? 0x80 : 0) | opcode];
  if (bytes.length < 126) head.push(0x80 | bytes.length);
  else if (bytes.length < 1 << 16) head.push(0x80 | 126, bytes.length >> 8, bytes.length & 0xff);
  else {
    head.push(0x80 | 127, 0, 0, 0, 0);
    for (const shift of [24, 16, 8, 0]) head.push((bytes.length >>> shift) & 0xff);
  }
  const masked = bytes.map((byte, i) => byte ^ (MASK[i % 4] ?? 0));
  return new Uint8Array([...head, ...MASK, ...masked]);
}

/** The code of a close frame. */
export function closeCode({ payload }: Frame): number {
  return new DataView(payload.buffer, payload.byteOffset).getUint16(0);
}
