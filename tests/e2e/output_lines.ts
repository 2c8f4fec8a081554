import { concatBytes } from "../../lib/base/bytes.ts";
import { WAIT_MS, within } from "./until.ts";

/** How much of an output a failure shows. */
const TAIL_CHARACTERS = 2000;

/** What a program prints, as it comes. */
export class OutputLines {
  /** Resolves when the program has closed it. */
  readonly ended: Promise<void>;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>>;
  readonly #resumed = Promise.withResolvers<void>();
  readonly #chunks: Uint8Array<ArrayBuffer>[] = [];
  readonly #watchers = new Set<() => void>();
  #isOver = false;

  constructor(stream: ReadableStream<Uint8Array<ArrayBuffer>>, paused = false) {
    this.#reader = stream.getReader();
    if (!paused) this.resume();
    this.ended = this.#read();
  }

  /** All of it, up to now. */
  get bytes(): Uint8Array<ArrayBuffer> {
    return concatBytes(this.#chunks);
  }

  get text(): string {
    return new TextDecoder("utf-8", { ignoreBOM: true }).decode(this.bytes);
  }

  /** The complete lines, up to now. */
  get lines(): string[] {
    return this.text.split("\n").slice(0, -1);
  }

  /** The end of it, for the messages of failures. */
  get tail(): string {
    return this.text.slice(-TAIL_CHARACTERS);
  }

  /** Reads it, when it was left unread. */
  resume(): void {
    this.#resumed.resolve();
  }

  /** Waits for a line, from the start on, that matches. */
  async line(pattern: RegExp, timeoutMs: number = WAIT_MS): Promise<string> {
    const found = () => this.lines.find((line) => pattern.test(line));
    await this.until(`a line like ${pattern}`, () => found() !== undefined, timeoutMs);
    return found() ?? "";
  }

  /** Waits until what came has a property; fails when it ends without. */
  async until(what: string, holds: () => boolean, timeoutMs: number = WAIT_MS): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const look = () => {
      if (holds()) resolve();
      else if (this.#isOver) reject(new Error(`the output ended without ${what}`));
    };
    this.#watchers.add(look);
    look();
    try {
      await within(what, promise, timeoutMs);
    } finally {
      this.#watchers.delete(look);
    }
  }

  /** Reads no further. */
  async close(): Promise<void> {
    this.resume();
    await this.#reader.cancel();
    await this.ended;
  }

  async #read(): Promise<void> {
    await this.#resumed.promise;
    for (;;) {
      const { done, value } = await this.#reader.read();
      if (done) break;
      this.#chunks.push(value);
      for (const look of this.#watchers) look();
    }
    this.#isOver = true;
    for (const look of this.#watchers) look();
  }
}
