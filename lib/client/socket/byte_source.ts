/** Enough that a busy line needs few reads. */
const BUFFER_BYTES = 64 << 10;

/** The end came where more bytes must come. */
export class EarlyEndError extends Error {
  override readonly name = "EarlyEndError";
}

/** What bytes are read from. */
export interface ByteReadable {
  /** Reads into the buffer; gives how many, null at the end. */
  read(buffer: Uint8Array): Promise<number | null>;
}

/** The bytes of a connection, taken by count. */
export class ByteSource {
  readonly #reader: ByteReadable;
  readonly #buffer = new Uint8Array(BUFFER_BYTES);
  #start = 0;
  #end = 0;

  constructor(reader: ByteReadable) {
    this.#reader = reader;
  }

  /**
   * Bytes that stay as they are until the next call; they are not taken yet.
   *
   * @param count At most as many as a buffer has.
   * @throws {EarlyEndError} When there are fewer.
   */
  async peek(count: number): Promise<Uint8Array<ArrayBuffer>> {
    while (this.#end - this.#start < count) {
      if (this.#start > 0) {
        this.#buffer.copyWithin(0, this.#start, this.#end);
        this.#end -= this.#start;
        this.#start = 0;
      }
      this.#end += await this.#read(this.#buffer.subarray(this.#end));
    }
    return this.#buffer.subarray(this.#start, this.#start + count);
  }

  /** All bytes that are there and at least one more, as {@linkcode ByteSource.peek} gives them. */
  async peekMore(): Promise<Uint8Array<ArrayBuffer>> {
    await this.peek(this.#end - this.#start + 1);
    return this.#buffer.subarray(this.#start, this.#end);
  }

  /** Takes bytes that were looked at. */
  skip(count: number): void {
    this.#start += count;
  }

  /** Takes bytes into a buffer of their own. @throws {EarlyEndError} When there are fewer. */
  async take(count: number): Promise<Uint8Array<ArrayBuffer>> {
    const bytes = new Uint8Array(count);
    const buffered = Math.min(count, this.#end - this.#start);
    bytes.set(this.#buffer.subarray(this.#start, this.#start + buffered));
    this.#start += buffered;
    for (let at = buffered; at < count;) {
      // What is short comes through the buffer, with what follows it.
      if (count - at >= BUFFER_BYTES) {
        at += await this.#read(bytes.subarray(at));
        continue;
      }
      const rest = await this.peek(count - at);
      bytes.set(rest, at);
      this.skip(rest.length);
      at = count;
    }
    return bytes;
  }

  async #read(target: Uint8Array): Promise<number> {
    const count = await this.#reader.read(target);
    if (count === null) throw new EarlyEndError("the connection ended");
    return count;
  }
}
