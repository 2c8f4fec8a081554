/** How many bytes of a file's head may be needed; where it has fewer, all of them. */
export const MARK_BYTES = 3;

/** Byte order marks, and the encodings that they are in. */
const MARKS: readonly (readonly [string, readonly number[]])[] = [
  ["utf-8", [0xef, 0xbb, 0xbf]],
  ["utf-16le", [0xff, 0xfe]],
  ["utf-16be", [0xfe, 0xff]],
];

/**
 * The encoding of a file that may begin with a byte order mark.
 *
 * The mark decides between UTF-8 and both orders of UTF-16, whichever of these is the label, as in
 * https://encoding.spec.whatwg.org/#decode. Any other label stands: the bytes are text there.
 *
 * @param head The first {@linkcode MARK_BYTES} bytes of the file, or all that there are.
 * @param label As for `TextDecoder`.
 * @returns A label for {@linkcode LineDecoder}, which drops the mark.
 * @throws {RangeError} When there is no such encoding; the message names `encoding`.
 *
 * @example
 * ```ts
 * import { detectEncoding } from "./detect_encoding.ts";
 * import assert from "node:assert/strict";
 *
 * assert.equal(detectEncoding(new Uint8Array([0xfe, 0xff, 0, 0x61]), "utf-8"), "utf-16be");
 * assert.equal(detectEncoding(new Uint8Array([0xfe, 0xff]), "latin1"), "latin1");
 * ```
 */
export function detectEncoding(head: Uint8Array, label: string): string {
  if (!MARKS.some(([name]) => name === encodingOf(label))) return label;
  const found = MARKS.find(([, mark]) => mark.every((byte, i) => head[i] === byte));
  return found === undefined ? label : found[0];
}

/**
 * The name of an encoding that has many labels.
 *
 * @throws {RangeError} When there is no such encoding; the message names `encoding`.
 */
export function encodingOf(label: string): string {
  try {
    return new TextDecoder(label).encoding;
  } catch (cause) {
    throw new RangeError(
      `Cannot read files as 'encoding' must be a label that TextDecoder knows: current value is '${label}'`,
      { cause },
    );
  }
}
