import { dial } from "../../lib/client/socket/dial.ts";
import { clientFrame, OPCODE } from "../../lib/client/socket/frame.ts";
import { UpgradeRequest } from "../../lib/client/socket/upgrade.ts";
import type { Dialect } from "../../lib/wire/dialect.ts";
import { FIND_PATH } from "../../lib/wire/paths.ts";

const HOST = "localhost";

/** Read at once: a client that costs the machine little. */
const READ_BYTES = 256 << 10;

/** The close frame with which a WebSocket ends an answer: code 1000. */
const CLOSE_FRAME = [0x88, 2, 0x03, 0xe8];

/** An answer that is read as bytes, without looking at them, as fast or as slowly as the bench wants. */
export class RawDownload implements Disposable {
  readonly #conn: Deno.Conn;
  readonly #buffer = new Uint8Array(READ_BYTES);

  private constructor(conn: Deno.Conn) {
    this.#conn = conn;
  }

  /** Asks for a path by HTTP. */
  static async http(port: number, path: string): Promise<RawDownload> {
    const head = `GET ${path} HTTP/1.1\r\nHost: ${HOST}:${port}\r\nConnection: close\r\n\r\n`;
    return await RawDownload.#ask(port, [new TextEncoder().encode(head)]);
  }

  /** Asks `/find` for all events. */
  static async find(port: number, dialect: Dialect): Promise<RawDownload> {
    const url = new URL(`ws://${HOST}:${port}${FIND_PATH}`);
    const upgrade = new UpgradeRequest(url, dialect === "theia.v0" ? undefined : dialect);
    const criteria = clientFrame(OPCODE.TEXT, new TextEncoder().encode("{}"));
    return await RawDownload.#ask(port, [upgrade.bytes, criteria]);
  }

  static async #ask(port: number, requests: readonly Uint8Array[]): Promise<RawDownload> {
    const options = { hostname: HOST, port, secure: false, caCerts: [] };
    const conn = await dial(options, AbortSignal.timeout(10_000));
    for (const request of requests) {
      for (let at = 0; at < request.length;) at += await conn.write(request.subarray(at));
    }
    return new RawDownload(conn);
  }

  /** Reads what is there; gives the number of bytes, undefined at the end. */
  async read(): Promise<number | undefined> {
    const count = await this.#conn.read(this.#buffer);
    if (count === null) return undefined;
    const last = this.#buffer.subarray(count - CLOSE_FRAME.length, count);
    return CLOSE_FRAME.every((byte, i) => last[i] === byte) ? undefined : count;
  }

  /** Reads to the end. */
  async readAll(): Promise<void> {
    while (await this.read() !== undefined);
  }

  [Symbol.dispose](): void {
    this.#conn.close();
  }
}
