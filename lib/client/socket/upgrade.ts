import { createHash, randomBytes } from "node:crypto";
import { type ByteSource, EarlyEndError } from "./byte_source.ts";

/** From RFC 6455, section 1.3. */
const ACCEPT_GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/** Longest head of an answer: far above what any server says, all of it fits the buffer. */
const MAX_HEAD_BYTES = 16 << 10;

const decoder = new TextDecoder();

/** A server took no WebSocket. */
export class UpgradeError extends Error {
  override readonly name = "UpgradeError";
  /** The HTTP status of the answer; undefined when it was not HTTP. */
  readonly status: number | undefined;

  constructor(reason: string, status?: number) {
    super(reason);
    this.status = status;
  }
}

/** The request for a WebSocket, and how its answer is checked. */
export class UpgradeRequest {
  /** To send. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly #accept: string;

  constructor(url: URL, protocol: string | undefined) {
    const key = randomBytes(16).toString("base64");
    this.#accept = createHash("sha1").update(key + ACCEPT_GUID).digest("base64");
    const lines = [
      `GET ${url.pathname} HTTP/1.1`,
      `Host: ${url.host}`,
      "Upgrade: websocket",
      "Connection: Upgrade",
      `Sec-WebSocket-Key: ${key}`,
      "Sec-WebSocket-Version: 13",
    ];
    if (protocol !== undefined) lines.push(`Sec-WebSocket-Protocol: ${protocol}`);
    this.bytes = new TextEncoder().encode(`${lines.join("\r\n")}\r\n\r\n`);
  }

  /**
   * Reads the answer.
   *
   * @returns The subprotocol that the server chose, empty for none.
   * @throws {UpgradeError} When it is no WebSocket.
   */
  async readAnswer(source: ByteSource): Promise<string> {
    const [statusLine = "", ...lines] = (await readHead(source)).split("\r\n");
    const status = Number(/^HTTP\/1\.[01] (\d{3})\b/.exec(statusLine)?.[1]);
    if (!status) throw new UpgradeError("invalid HTTP version parsed");
    if (status !== 101) throw new UpgradeError(`Invalid status code: ${status}`, status);
    const headers = new Map(lines.map((line) => {
      const colon = line.indexOf(":");
      return [line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim()];
    }));
    if (headers.get("sec-websocket-accept") !== this.#accept) {
      throw new UpgradeError("Invalid Sec-WebSocket-Accept header");
    }
    return headers.get("sec-websocket-protocol") ?? "";
  }
}

async function readHead(source: ByteSource): Promise<string> {
  for (;;) {
    const bytes = await peekMore(source);
    const text = decoder.decode(bytes);
    // What does not begin as HTTP does will not become it.
    if (bytes.length >= 5 && !text.startsWith("HTTP/")) {
      throw new UpgradeError("invalid HTTP version parsed");
    }
    const end = text.indexOf("\r\n\r\n");
    if (end >= 0) {
      source.skip(end + 4);
      return text.slice(0, end);
    }
    if (bytes.length > MAX_HEAD_BYTES) throw new UpgradeError("Invalid header: too long");
  }
}

async function peekMore(source: ByteSource): Promise<Uint8Array> {
  try {
    return await source.peekMore();
  } catch (error) {
    if (!(error instanceof EarlyEndError)) throw error;
    throw new UpgradeError("connection closed before an answer came");
  }
}
