import type { ByteReader } from "./byte_reader.ts";
import {
  type Fingerprint,
  fingerprintTail,
  holdsContent,
  type KnownContent,
} from "./file_identity.ts";
import type { LineDecoder } from "./line_decoder.ts";
import type { TailContext } from "./tail_context.ts";

const LF = 0x0a;

/**
 * The bytes of one open file, read into buffers that all files share: what is returned holds until the
 * next is read, of this file or another.
 */
export class FileBytes {
  readonly #reader: ByteReader;
  readonly #context: TailContext;

  constructor(reader: ByteReader, context: TailContext) {
    this.#reader = reader;
    this.#context = context;
  }

  /** Those from an offset up to another, as far as there is room and the file reaches. */
  chunk(from: number, to: number): Uint8Array {
    const { buffer } = this.#context;
    const room = buffer.subarray(0, Math.min(buffer.length, to - from));
    return buffer.subarray(0, this.#reader.readAt(from, room));
  }

  /** The first ones: a view that holds until another file's are read. */
  head(): Uint8Array {
    const { headBuffer } = this.#context;
    return headBuffer.subarray(0, this.#reader.readAt(0, headBuffer));
  }

  /** The fingerprint of those just before an offset. */
  tail(offset: number): Fingerprint {
    return fingerprintTail(this.#reader, offset, this.#context.tailBuffer);
  }

  /** Whether they still are, up to a position, what was read there. */
  hold(content: KnownContent): boolean {
    return holdsContent(this.#reader, content, this.#context.tailBuffer);
  }

  /** Whether these very bytes are at an offset. */
  haveAt(offset: number, known: Uint8Array): boolean {
    const now = this.chunk(offset, offset + known.length);
    return now.length === known.length && now.every((byte, index) => byte === known[index]);
  }

  /** Whether a code unit at an offset is a line end; one that is not there counts as one. */
  endLineAt(offset: number, { codeUnit }: LineDecoder): boolean {
    const unit = new Uint8Array(codeUnit === "byte" ? 1 : 2);
    if (this.#reader.readAt(offset, unit) < unit.length) return true;
    if (codeUnit === "byte") return unit[0] === LF;
    return codeUnit === "utf-16le"
      ? unit[0] === LF && unit[1] === 0
      : unit[0] === 0 && unit[1] === LF;
  }
}
