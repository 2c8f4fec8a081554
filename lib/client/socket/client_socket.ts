import { concatBytes } from "../../base/bytes.ts";
import { ByteSource } from "./byte_source.ts";
import { dial, type DialOptions } from "./dial.ts";
import { clientFrame, FrameError, headBytes, OPCODE, readHead } from "./frame.ts";
import { UpgradeRequest } from "./upgrade.ts";

/** Largest message taken: as the runtime's own WebSocket. */
const MAX_MESSAGE_BYTES = 64 << 20;

/** Small frames that wait are written together, up to about so much. */
const WRITE_BYTES = 64 << 10;

/** A close of a server without a code (RFC 6455, section 7.4.1). */
const NO_CODE = 1005;

const encoder = new TextEncoder();

/** How a socket ended: `error` when not by a close. */
export interface SocketEnd {
  /** 0 when the connection broke. */
  readonly code: number;
  readonly reason: string;
  readonly error: string | undefined;
}

/** What a socket is opened with. */
export interface ClientSocketOptions extends DialOptions {
  readonly url: URL;
  readonly protocol: string | undefined;
}

/**
 * The client's end of a WebSocket (RFC 6455), over a connection that sends at once; see
 * {@linkcode dial}. No extensions are asked for.
 */
export class ClientSocket {
  /** The subprotocol that the server chose, empty for none. */
  readonly protocol: string;
  onmessage: (message: string | Uint8Array<ArrayBuffer>) => void = () => {};
  onend: (end: SocketEnd) => void = () => {};
  readonly #conn: Deno.Conn;
  readonly #source: ByteSource;
  #state: number = WebSocket.OPEN;
  #queue: Uint8Array[] = [];
  #bufferedAmount = 0;
  #writing: Promise<void> | undefined;

  private constructor(conn: Deno.Conn, source: ByteSource, protocol: string) {
    this.#conn = conn;
    this.#source = source;
    this.protocol = protocol;
  }

  /**
   * Connects and asks for a WebSocket; {@linkcode ClientSocket.start} then reads.
   *
   * @param signal Ends the attempt, with whatever error that leads to.
   * @throws {UpgradeError} When the server takes no WebSocket.
   * @throws What the runtime rejects with when there is no connection.
   */
  static async open(options: ClientSocketOptions, signal: AbortSignal): Promise<ClientSocket> {
    const conn = await dial(options, signal);
    const abort = () => close(conn);
    signal.addEventListener("abort", abort, { once: true });
    try {
      if (signal.aborted) abort();
      const request = new UpgradeRequest(options.url, options.protocol);
      await writeAll(conn, request.bytes);
      const source = new ByteSource(conn);
      return new ClientSocket(conn, source, await request.readAnswer(source));
    } catch (error) {
      close(conn);
      throw error;
    } finally {
      signal.removeEventListener("abort", abort);
    }
  }

  /** As of a `WebSocket`. */
  get readyState(): number {
    return this.#state;
  }

  /** Bytes that the operating system has not taken yet. */
  get bufferedAmount(): number {
    return this.#bufferedAmount;
  }

  /** Hands on what comes, from now on. */
  start(): void {
    void this.#read();
  }

  /** Sends a message; nothing once it is closing. */
  send(message: string | Uint8Array): void {
    if (this.#state !== WebSocket.OPEN) return;
    if (typeof message === "string") this.#push(OPCODE.TEXT, encoder.encode(message));
    else this.#push(OPCODE.BINARY, message);
  }

  /** Sends a close after all that was sent; the end comes with the server's answer. */
  close(code: number): void {
    if (this.#state !== WebSocket.OPEN) return;
    this.#state = WebSocket.CLOSING;
    this.#push(OPCODE.CLOSE, Uint8Array.of(code >> 8, code & 0xff));
  }

  /** Ends the connection without waiting for anybody. */
  terminate(): void {
    close(this.#conn);
  }

  #push(opcode: number, payload: Uint8Array): void {
    const frame = clientFrame(opcode, payload);
    this.#queue.push(frame);
    this.#bufferedAmount += frame.length;
    this.#writing ??= this.#write();
  }

  async #write(): Promise<void> {
    // What is sent in the same turn is written together.
    await Promise.resolve();
    try {
      while (this.#queue.length > 0) {
        const bytes = concatBytes(this.#takeFrames());
        await writeAll(this.#conn, bytes);
        this.#bufferedAmount -= bytes.length;
      }
    } catch {
      // Reading says how the connection ended.
      this.#queue = [];
      this.terminate();
    }
    this.#writing = undefined;
  }

  #takeFrames(): Uint8Array[] {
    let count = 0;
    for (let bytes = 0; count < this.#queue.length && bytes < WRITE_BYTES; count++) {
      bytes += this.#queue[count]?.length ?? 0;
    }
    return this.#queue.splice(0, count);
  }

  async #read(): Promise<void> {
    let end: SocketEnd;
    try {
      end = await this.#readUntilClose();
    } catch (error) {
      if (error instanceof FrameError) this.close(PROTOCOL_ERROR);
      else this.terminate();
      end = { code: 0, reason: "", error: error instanceof Error ? error.message : String(error) };
    }
    this.#state = WebSocket.CLOSED;
    await this.#writing;
    this.terminate();
    this.onend(end);
  }

  async #readUntilClose(): Promise<SocketEnd> {
    let parts: Uint8Array[] = [];
    let partsOpcode = 0;
    for (;;) {
      const { isFinal, opcode, payload } = await this.#readFrame(parts);
      if (opcode === OPCODE.CLOSE) return this.#answerClose(payload);
      if (opcode === OPCODE.PING) this.#push(OPCODE.PONG, payload);
      if (opcode >= OPCODE.CLOSE) continue;
      if ((opcode === OPCODE.CONTINUATION) !== parts.length > 0) {
        throw new FrameError("a piece of a message is out of place");
      }
      if (isFinal && parts.length === 0) {
        this.#deliver(opcode, payload);
        continue;
      }
      if (parts.length === 0) partsOpcode = opcode;
      parts.push(payload);
      if (!isFinal) continue;
      this.#deliver(partsOpcode, concatBytes(parts));
      parts = [];
    }
  }

  async #readFrame(parts: readonly Uint8Array[]) {
    const start = await this.#source.peek(2);
    const size = headBytes(start[1] ?? 0);
    const head = readHead(await this.#source.peek(size));
    const before = parts.reduce((sum, { length }) => sum + length, 0);
    if (head.length + before > MAX_MESSAGE_BYTES) throw new FrameError("a message is too large");
    this.#source.skip(size);
    return { ...head, payload: await this.#source.take(head.length) };
  }

  #deliver(opcode: number, payload: Uint8Array<ArrayBuffer>): void {
    if (this.#state !== WebSocket.OPEN) return;
    if (opcode === OPCODE.BINARY) return this.onmessage(payload);
    if (opcode !== OPCODE.TEXT) throw new FrameError(`a frame has the unknown kind ${opcode}`);
    this.onmessage(new TextDecoder("utf-8", { ignoreBOM: true }).decode(payload));
  }

  #answerClose(payload: Uint8Array): SocketEnd {
    const [high, low] = payload;
    const hasCode = high !== undefined && low !== undefined;
    const code = hasCode ? high << 8 | low : NO_CODE;
    if (hasCode) this.close(code);
    else this.close(NORMAL);
    return { code, reason: new TextDecoder().decode(payload.subarray(2)), error: undefined };
  }
}

/** Close codes of RFC 6455, section 7.4.1. */
const NORMAL = 1000;
const PROTOCOL_ERROR = 1002;

async function writeAll(conn: Deno.Conn, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await conn.write(bytes.subarray(at));
}

function close(conn: Deno.Conn): void {
  try {
    conn.close();
  } catch {
    // It is closed already.
  }
}
