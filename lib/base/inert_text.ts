// deno-lint-ignore no-control-regex -- control characters are what it is about
const CONTROLS = /[\x00-\x08\x0b-\x1f\x7f-\x9f]/;
const ALL_CONTROLS = new RegExp(CONTROLS.source, "g");

const NAMES: Readonly<Record<string, string>> = { "\r": "\\r", "\b": "\\b", "\f": "\\f" };

/**
 * Makes control characters visible, so that a terminal shows them instead of doing what they say:
 * an escape becomes `\x1b`. Newlines and tabs stay.
 *
 * Anybody who can write to a log can put such characters there, to hide lines or to rename windows.
 */
export function makeInert(text: string): string {
  return CONTROLS.test(text) ? text.replace(ALL_CONTROLS, escape) : text;
}

function escape(character: string): string {
  const code = character.charCodeAt(0).toString(16).padStart(2, "0");
  return NAMES[character] ?? `\\x${code}`;
}
