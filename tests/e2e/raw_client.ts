/**
 * A client written from Theia's protocol alone: it shares no code with the project, so that both
 * sides cannot be wrong in the same way.
 */
import { Buffer } from "node:buffer";
import { WAIT_MS, within } from "./until.ts";

/** A message as it came. */
export interface RawMessage {
  readonly kind: "text" | "binary";
  /** The text, or the bytes read as Latin-1. */
  readonly data: string;
}

/** One WebSocket connection to a collector. */
export class RawClient implements AsyncDisposable {
  readonly received: RawMessage[] = [];
  readonly #socket: WebSocket;
  readonly #closed = Promise.withResolvers<{ readonly code: number; readonly reason: string }>();
  #wake: (() => void) | undefined;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.binaryType = "arraybuffer";
    socket.onmessage = ({ data }) => {
      this.received.push(
        typeof data === "string"
          ? { kind: "text", data }
          : { kind: "binary", data: toLatin1(new Uint8Array(data)) },
      );
      this.#wake?.();
    };
    socket.onclose = ({ code, reason }) => {
      this.#closed.resolve({ code, reason });
      this.#wake?.();
    };
  }

  /** Rejects when the server refuses the upgrade. */
  static async connect(url: string, protocols: string[] = []): Promise<RawClient> {
    const socket = new WebSocket(url, protocols);
    const client = new RawClient(socket);
    await new Promise<void>((resolve, reject) => {
      socket.onopen = () => resolve();
      socket.onerror = (event) => {
        reject(new Error(event instanceof ErrorEvent ? event.message : "refused"));
      };
    });
    socket.onerror = () => {};
    return client;
  }

  /** Close code and reason, once the connection is closed. */
  get closed(): Promise<{ readonly code: number; readonly reason: string }> {
    return this.#closed.promise;
  }

  /** Waits until the connection is closed, and gives the code. */
  async closeCode(timeoutMs?: number): Promise<number> {
    return (await within("the close", this.closed, timeoutMs)).code;
  }

  get protocol(): string {
    return this.#socket.protocol;
  }

  send(data: string | Uint8Array<ArrayBuffer>): void {
    this.#socket.send(data);
  }

  /** Waits until so many messages came, or the connection was closed, or the time is over. */
  async waitFor(count: number, timeoutMs: number = WAIT_MS): Promise<readonly RawMessage[]> {
    const deadline = Date.now() + timeoutMs;
    while (this.received.length < count && this.#socket.readyState <= WebSocket.OPEN) {
      const left = deadline - Date.now();
      if (left <= 0) break;
      await this.#nextChange(left);
    }
    return this.received;
  }

  /** Waits until nothing came for a while. */
  async settle(quietMs = 40): Promise<readonly RawMessage[]> {
    for (let before = -1; before !== this.received.length;) {
      before = this.received.length;
      await this.#nextChange(quietMs);
    }
    return this.received;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#socket.readyState <= WebSocket.OPEN) this.#socket.close();
    await this.#closed.promise;
  }

  async #nextChange(timeoutMs: number): Promise<void> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
      timer = setTimeout(resolve, timeoutMs);
    });
    clearTimeout(timer);
    this.#wake = undefined;
  }
}

/** An event in Theia's text format, made here from its definition. */
export function frame(
  event: { id: string; timestamp: number; source: string; tags: string[]; content: string },
): Uint8Array<ArrayBuffer> {
  const encoder = new TextEncoder();
  const header = encoder.encode(
    `id:${event.id}\ntimestamp: ${event.timestamp.toFixed(7)}\nsource:${event.source}\n` +
      `tags:${event.tags.join(",")}\n`,
  );
  const content = encoder.encode(event.content);
  const start = encoder.encode(
    `event: ${header.length + content.length} ${header.length} ${content.length}\n`,
  );
  const bytes = new Uint8Array(start.length + header.length + content.length + 1);
  bytes.set(start);
  bytes.set(header, start.length);
  bytes.set(content, start.length + header.length);
  bytes[bytes.length - 1] = 0x0a;
  return bytes;
}

/** The id in a message that holds one event. */
export function idOf(message: RawMessage): string {
  return /^id: ?(.*)$/m.exec(message.data)?.[1] ?? "";
}

/** An event in a message; its texts are bytes read as Latin-1. */
export interface RawEventText {
  readonly id: string;
  readonly timestamp: string;
  readonly source: string;
  readonly tags: string;
  readonly content: string;
}

/** The events of a message, one after another. */
export function eventsIn(message: RawMessage): RawEventText[] {
  const { data } = message;
  const events: RawEventText[] = [];
  for (let at = 0; at < data.length;) {
    const lineEnd = data.indexOf("\n", at);
    const sizes = /^event: (\d+) (\d+) (\d+)$/.exec(data.slice(at, lineEnd));
    if (sizes === null) throw new Error(`No event at ${at}: ${data.slice(at, at + 80)}`);
    const [total, headerSize, contentSize] = sizes.slice(1).map(Number) as [number, number, number];
    const header = data.slice(lineEnd + 1, lineEnd + 1 + headerSize);
    const end = lineEnd + 1 + headerSize + contentSize;
    if (total !== headerSize + contentSize || data[end] !== "\n") {
      throw new Error(`Sizes of the event at ${at} are wrong: ${data.slice(at, lineEnd)}`);
    }
    const values = headerValues(header);
    events.push({
      id: values.get("id") ?? "",
      timestamp: values.get("timestamp") ?? "",
      source: values.get("source") ?? "",
      tags: values.get("tags") ?? "",
      content: data.slice(lineEnd + 1 + headerSize, end),
    });
    at = end + 1;
  }
  return events;
}

function headerValues(header: string): Map<string, string> {
  const lines = header.split("\n").slice(0, -1);
  return new Map(lines.map((line) => {
    const colon = line.indexOf(":");
    return [line.slice(0, colon), line.slice(colon + 1).trim()];
  }));
}

function toLatin1(bytes: Uint8Array<ArrayBuffer>): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1");
}
