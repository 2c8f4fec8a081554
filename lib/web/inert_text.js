/**
 * A piece of text: what can be shown as it is, or a visible mark for a character that would be obeyed
 * or not be seen.
 *
 * @typedef {{readonly text: string, readonly isMark: boolean}} TextPiece
 */

/**
 * Controls; soft hyphen; Arabic letter mark; zero-width, bidi and line controls; invisible operators;
 * byte order mark; annotations; surrogates without partner; tag characters.
 */
const HIDDEN =
  // deno-lint-ignore no-control-regex -- these are looked for
  /[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u00ad\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\u{e0000}-\u{e007f}\p{Surrogate}]/gu;

/**
 * Divides a text into what is shown as it is and marks.
 *
 * @param {string} text
 * @param {boolean} [keepsLines] Whether line ends stay line ends.
 * @returns {TextPiece[]}
 */
export function inertPieces(text, keepsLines = false) {
  /** @type {TextPiece[]} */
  const pieces = [];
  let done = 0;
  for (const match of text.matchAll(HIDDEN)) {
    if (keepsLines && match[0] === "\n") continue;
    if (match.index > done) pieces.push({ text: text.slice(done, match.index), isMark: false });
    pieces.push({ text: markOf(match[0]), isMark: true });
    done = match.index + match[0].length;
  }
  if (done < text.length || pieces.length === 0) {
    pieces.push({ text: text.slice(done), isMark: false });
  }
  return pieces;
}

/**
 * The same as one string, for labels.
 *
 * @param {string} text
 * @returns {string}
 */
export function inertText(text) {
  return isInert(text) ? text : inertPieces(text).map((piece) => piece.text).join("");
}

/** Whether a text holds nothing that needs a mark. @param {string} text @returns {boolean} */
export function isInert(text) {
  return text.search(HIDDEN) === -1;
}

/** @param {string} character @returns {string} */
function markOf(character) {
  const code = character.codePointAt(0) ?? 0;
  if (code === 0x0a) return "⏎";
  if (code < 0x20) return String.fromCodePoint(0x2400 + code);
  if (code === 0x7f) return "␡";
  return `‹${code.toString(16).toUpperCase().padStart(4, "0")}›`;
}
