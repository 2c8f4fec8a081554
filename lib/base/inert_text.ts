/**
 * What acts instead of being shown, or is shown by nothing: control characters but newline and tab, what
 * turns the direction of text, what has no width, what breaks lines where no newline is, what annotates
 * or tags, and halves of characters.
 */
const UNSEEN =
  // deno-lint-ignore no-control-regex -- control characters are what it is about
  /[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u034f\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff\u{e0000}-\u{e01ef}]/u;
const ALL_UNSEEN = new RegExp(UNSEEN.source, "gu");
const ALL_UNSEEN_IN_LINE = new RegExp(`[\\n\\t]|${UNSEEN.source}`, "gu");

const NAMES: Readonly<Record<string, string>> = {
  "\r": "\\r",
  "\b": "\\b",
  "\f": "\\f",
  "\n": "\\n",
  "\t": "\\t",
};

/**
 * Makes what would act or hide visible, so that a terminal shows it instead of doing what it says: an
 * escape becomes `\x1b`, a mark that turns the direction of the text `\u202e`. Newlines and tabs stay.
 *
 * Anybody who can write to a log can put such characters there, to hide lines, to make them look like
 * others or to rename windows.
 */
export function makeInert(text: string): string {
  return UNSEEN.test(text) ? text.replace(ALL_UNSEEN, escape) : text;
}

/** As {@linkcode makeInert}, and newlines and tabs become visible, too: the text takes one line. */
export function makeInertLine(text: string): string {
  return text.replace(ALL_UNSEEN_IN_LINE, escape);
}

/**
 * Makes a text in which backslashes are escapes of JSON inert: what reads it as such sees no difference.
 */
export function escapeUnseen(text: string): string {
  return UNSEEN.test(text) ? text.replace(ALL_UNSEEN, escapeUnits) : text;
}

function escapeUnits(character: string): string {
  return character.split("").map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)
    .join("");
}

function escape(character: string): string {
  const name = NAMES[character];
  if (name !== undefined) return name;
  const point = character.codePointAt(0) ?? 0;
  const code = point.toString(16);
  if (point < 0x100) return `\\x${code.padStart(2, "0")}`;
  return point < 0x10000 ? `\\u${code.padStart(4, "0")}` : `\\u{${code}}`;
}
