/**
 * Python's `repr` and `ascii` of a string, behind the conversions `!r` and `!a`.
 *
 * @module
 */

/** What `repr` never prints as it is: categories C and Z except the space, and the backslash. */
const UNPRINTABLE = /(?! )[\\\p{C}\p{Z}]/gu;
const UNPRINTABLE_OR_NON_ASCII = /(?! )[\\\p{C}\p{Z}]|[^\0-\x7f]/gu;

const SHORT_ESCAPES: Readonly<Record<string, string>> = {
  "\\": "\\\\",
  "\t": "\\t",
  "\n": "\\n",
  "\r": "\\r",
};

/**
 * The text as Python's `repr` writes it: in single quotes, or in double quotes when it has single
 * quotes and no double ones; unprintable characters and lone surrogates as `\n`, `\x1f`, `\u2028`
 * or `\U000e0001`.
 *
 * Which characters are printable is decided by the Unicode version of the runtime, which can be
 * newer than Python's.
 *
 * @param text Any text.
 * @returns The quoted text.
 *
 * @example Quotes and escapes
 * ```ts
 * import assert from "node:assert/strict";
 *
 * assert.equal(reprText("it's 漢\n"), `"it's 漢\\n"`);
 * ```
 */
export function reprText(text: string): string {
  return quote(text, UNPRINTABLE);
}

/**
 * The text as Python's `ascii` writes it: as {@linkcode reprText}, with everything outside ASCII
 * escaped.
 *
 * @param text Any text.
 * @returns The quoted text.
 *
 * @example Non-ASCII characters
 * ```ts
 * import assert from "node:assert/strict";
 *
 * assert.equal(asciiText("é漢😀"), "'\\xe9\\u6f22\\U0001f600'");
 * ```
 */
export function asciiText(text: string): string {
  return quote(text, UNPRINTABLE_OR_NON_ASCII);
}

function quote(text: string, escaped: RegExp): string {
  const body = text.replace(escaped, escape);
  if (!text.includes("'")) return `'${body}'`;
  if (!text.includes('"')) return `"${body}"`;
  return `'${body.replaceAll("'", "\\'")}'`;
}

function escape(character: string): string {
  const short = SHORT_ESCAPES[character];
  if (short !== undefined) return short;
  const hex = character.codePointAt(0)!.toString(16);
  if (hex.length <= 2) return `\\x${hex.padStart(2, "0")}`;
  return hex.length <= 4 ? `\\u${hex.padStart(4, "0")}` : `\\U${hex.padStart(8, "0")}`;
}
