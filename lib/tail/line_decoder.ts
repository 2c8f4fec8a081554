import { MAX_EVENT_BYTES, MAX_HEADER_BYTES } from "../event/text_format.ts";
import type { CodeUnit } from "./line_splitter.ts";

/** Most UTF-8 bytes that the content of an event may have beside the largest header. */
export const MAX_CONTENT_BYTES = MAX_EVENT_BYTES - MAX_HEADER_BYTES;

/** No character of any encoding has more bytes than this. */
const LONGEST_CHARACTER = 4;

/** Text of a line, and whether all of it. */
export interface DecodedLine {
  /** The text, at most {@linkcode MAX_CONTENT_BYTES} in UTF-8. */
  readonly text: string;
  /** True when something of the line is left out. */
  readonly cut: boolean;
}

/**
 * Turns the bytes of one encoding into text; wrong bytes become U+FFFD.
 *
 * @example
 * ```ts
 * import { LineDecoder } from "./line_decoder.ts";
 * import assert from "node:assert/strict";
 *
 * const decoder = new LineDecoder("latin1");
 * assert.equal(decoder.decode(new Uint8Array([0x66, 0xfc, 0x72]), 0), "für");
 * ```
 */
export class LineDecoder {
  /** How a line feed is written in this encoding. */
  readonly codeUnit: CodeUnit;
  readonly #first: TextDecoder;
  readonly #later: TextDecoder;
  readonly #probe: TextDecoder;
  readonly #encoder = new TextEncoder();

  /**
   * Makes a decoder for one encoding.
   *
   * @param label As for `TextDecoder`.
   * @throws {RangeError} When there is no such encoding.
   */
  constructor(label = "utf-8") {
    try {
      this.#first = new TextDecoder(label);
    } catch (cause) {
      throw new RangeError(
        `Cannot read files as 'encoding' must be a label that TextDecoder knows: current value is '${label}'`,
        { cause },
      );
    }
    this.#later = new TextDecoder(label, { ignoreBOM: true });
    this.#probe = new TextDecoder(label, { ignoreBOM: true });
    const name = this.#first.encoding;
    this.codeUnit = name === "utf-16le" || name === "utf-16be" ? name : "byte";
  }

  /**
   * The text of some bytes.
   *
   * @param offset Where they lie in the file: a byte order mark is dropped at 0 only.
   */
  decode(bytes: Uint8Array, offset: number): string {
    return (offset === 0 ? this.#first : this.#later).decode(bytes);
  }

  /** The text of a line, cut where it would make its event too large. */
  decodeLine(bytes: Uint8Array, offset: number, cut: boolean): DecodedLine {
    const kept = cut ? bytes.subarray(0, this.wholeCharacters(bytes)) : bytes;
    const text = this.decode(kept, offset);
    if (text.length * 3 <= MAX_CONTENT_BYTES) return { text, cut };
    const { read } = this.#encoder.encodeInto(text, new Uint8Array(MAX_CONTENT_BYTES));
    return { text: text.slice(0, read), cut: cut || read < text.length };
  }

  /**
   * How many of the bytes are left without a character that is only begun at the end.
   *
   * All of them count where the end is wrong rather than unfinished.
   */
  wholeCharacters(bytes: Uint8Array): number {
    for (let begun = 0; begun < LONGEST_CHARACTER && begun < bytes.length; begun++) {
      this.#probe.decode(bytes.subarray(0, bytes.length - begun), { stream: true });
      if (this.#probe.decode() === "") return bytes.length - begun;
    }
    return bytes.length < LONGEST_CHARACTER ? 0 : bytes.length;
  }
}

/** The encoding that the beginning of a file tells, or else the one asked for. */
export function detectEncoding(head: Uint8Array, label: string): string {
  if (!/^utf-?(8|16)/i.test(label)) return label;
  if (head[0] === 0xff && head[1] === 0xfe) return "utf-16le";
  if (head[0] === 0xfe && head[1] === 0xff) return "utf-16be";
  return label;
}
