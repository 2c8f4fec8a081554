import { concatBytes } from "../base/bytes.ts";
import { ClosedOutputError, type OutputStream } from "./terminal.ts";

/** Characters gathered before they are written: few system calls, little memory. */
const CHUNK_CHARACTERS = 1 << 16;

const encoder = new TextEncoder();

/**
 * Gathers lines and writes them in chunks.
 *
 * Whoever adds many lines must flush whenever it is full, waiting or blocking until that is done:
 * what is gathered meanwhile is kept in memory.
 */
export class LineOutput {
  readonly #stream: OutputStream;
  #text = "";
  /** What comes before the text. */
  #parts: Uint8Array[] = [];
  #partBytes = 0;
  #writing: Promise<void> = Promise.resolve();
  #isWriting = false;
  /** A flush comes when what is being written is. */
  #isWaiting = false;
  readonly #failed = Promise.withResolvers<never>();

  constructor(stream: OutputStream) {
    this.#stream = stream;
    // Not everybody wants to know.
    this.#failed.promise.catch(() => {});
  }

  /** Never resolves; rejects as soon as something cannot be written, such as after `head` has gone. */
  get failed(): Promise<never> {
    return this.#failed.promise;
  }

  /** Whether a chunk was gathered. */
  get isFull(): boolean {
    return this.#text.length + this.#partBytes >= CHUNK_CHARACTERS;
  }

  /** Whether nothing was gathered. */
  get isEmpty(): boolean {
    return this.#text === "" && this.#partBytes === 0;
  }

  /** Adds a text and a line end. */
  add(text: string): void {
    this.#text += text + "\n";
  }

  /** Adds bytes as they are, which must not change until they are written, and a line end. */
  addBytes(bytes: Uint8Array): void {
    const before = encoder.encode(this.#text);
    this.#parts.push(before, bytes);
    this.#partBytes += before.length + bytes.length;
    this.#text = "\n";
  }

  /**
   * Writes what was gathered; resolves when all of it is written.
   *
   * @throws {ClosedOutputError} When nobody reads any more.
   */
  flush(): Promise<void> {
    if (!this.isEmpty) {
      const bytes = this.#takeBytes();
      this.#isWriting = true;
      this.#writing = this.#writing.then(() => this.#stream.write(bytes)).finally(() => {
        this.#isWriting = false;
      });
      this.#writing.catch(this.#failed.reject);
    }
    return this.#writing;
  }

  /**
   * Writes what was gathered, blocking the program until all of it is written. Not to be mixed with
   * {@linkcode LineOutput.flush}.
   *
   * @throws {ClosedOutputError} When nobody reads any more.
   */
  flushSync(): void {
    if (!this.isEmpty) this.#stream.writeSync(this.#takeBytes());
  }

  /**
   * Writes what was gathered, after what is being written: for output that trickles, so that lines that
   * come together are written together.
   */
  flushSoon(): void {
    if (this.#isWaiting) return;
    if (!this.#isWriting) return void this.flush();
    this.#isWaiting = true;
    // Whoever waits for what is being written is told when that fails.
    this.#writing.catch(() => {}).finally(() => {
      this.#isWaiting = false;
      void this.flush();
    });
  }

  #takeBytes(): Uint8Array {
    const text = encoder.encode(this.#text);
    const bytes = this.#parts.length === 0 ? text : concatBytes([...this.#parts, text]);
    this.#text = "";
    this.#parts = [];
    this.#partBytes = 0;
    return bytes;
  }
}

/** Writes a text and a line end. */
export async function printLine(stream: OutputStream, text: string): Promise<void> {
  await stream.write(encoder.encode(`${text}\n`));
}

/**
 * Writes a line about what was done. That nobody reads it changes nothing of how the command ended, so
 * it is no error.
 */
export async function printSummary(stream: OutputStream, text: string): Promise<void> {
  try {
    await printLine(stream, text);
  } catch (error) {
    if (!(error instanceof ClosedOutputError)) throw error;
  }
}
