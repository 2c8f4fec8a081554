import { MAX_EVENT_BYTES, MAX_HEADER_BYTES } from "../event/text_format.ts";
import { encodingOf } from "./detect_encoding.ts";
import type { CodeUnit } from "./line_splitter.ts";

/** Most UTF-8 bytes that the content of an event may have beside the largest header. */
export const MAX_CONTENT_BYTES = MAX_EVENT_BYTES - MAX_HEADER_BYTES;

/** No character of any encoding has more bytes than this. */
const LONGEST_CHARACTER = 4;

/** What wrong bytes become. */
const REPLACEMENT = "\ufffd";

/** Text of a line, and whether it is what the file has. */
export interface DecodedLine {
  /** The text, at most {@linkcode MAX_CONTENT_BYTES} in UTF-8. */
  readonly text: string;
  /** True when something of the line is left out. */
  readonly cut: boolean;
  /** True when some of the bytes are wrong in the encoding, so that U+FFFD stands for them. */
  readonly damaged: boolean;
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
  readonly #strict: TextDecoder;
  readonly #isUtf8: boolean;
  readonly #encoder = new TextEncoder();

  /**
   * Makes a decoder for one encoding.
   *
   * @param label As for `TextDecoder`.
   * @throws {RangeError} When there is no such encoding.
   */
  constructor(label = "utf-8") {
    const name = encodingOf(label);
    this.#first = new TextDecoder(label);
    this.#later = new TextDecoder(label, { ignoreBOM: true });
    this.#probe = new TextDecoder(label, { ignoreBOM: true });
    this.#strict = new TextDecoder(label, { ignoreBOM: true, fatal: true });
    this.#isUtf8 = name === "utf-8";
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
    const damaged = text.includes(REPLACEMENT) && !this.#isRight(kept);
    if (text.length * 3 <= MAX_CONTENT_BYTES) return { text, cut, damaged };
    const { read } = this.#encoder.encodeInto(text, new Uint8Array(MAX_CONTENT_BYTES));
    return { text: text.slice(0, read), cut: cut || read < text.length, damaged };
  }

  /**
   * The text of many lines at once, where that is the same as line by line.
   *
   * @param bytes Whole lines with their line ends, not at the head of the file.
   * @returns `undefined` where lines have to be decoded one by one: there are wrong bytes, or the
   * encoding does not tell how its characters lie between the line ends.
   */
  decodeLines(bytes: Uint8Array): string | undefined {
    if (this.codeUnit !== "byte") return undefined;
    const text = this.#later.decode(bytes);
    if (text.length !== bytes.length && !this.#isUtf8) return undefined;
    return text.includes(REPLACEMENT) ? undefined : text;
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

  /** The character that stands for wrong bytes may also be in the file itself. */
  #isRight(bytes: Uint8Array): boolean {
    try {
      this.#strict.decode(bytes);
      return true;
    } catch {
      return false;
    }
  }
}
