/** Longer patterns are not worth highlighting. */
const MAX_PATTERN_CHARS = 2000;

/** Means the same in JavaScript and is no pattern at all. */
const LITERAL = /^[^\\^$.*+?()[\]{}|]+$/;

/** What JavaScript does not know, or understands otherwise. */
const UNKNOWN = /\(\?(?![:=!<PimsaLux]|P[<=])|\(\?\(|\(\?#|\\[NGXRKQEHhVvaz]|[*+?}]\+/;

/**
 * How the matches of a pattern in Python's syntax can be looked for here.
 *
 * - `literal`: by looking for a text.
 * - `regexp`: by a regular expression, which may take forever: never on the thread of the page.
 * - `none`: not at all; the collector alone knows what matches.
 *
 * @typedef {{kind: "literal", text: string}
 *   | {kind: "regexp", source: string, flags: string}
 *   | {kind: "none"}} Highlighting
 */

/**
 * @param {string} pattern
 * @returns {Highlighting}
 */
export function highlightingOf(pattern) {
  if (pattern === "" || pattern.length > MAX_PATTERN_CHARS) return { kind: "none" };
  if (LITERAL.test(pattern)) return { kind: "literal", text: pattern };
  const flags = /^\(\?([ims]+)\)/.exec(pattern);
  const body = flags === null ? pattern : pattern.slice(flags[0].length);
  if (UNKNOWN.test(body)) return { kind: "none" };
  const source = body
    .replace(/\(\?P</g, "(?<")
    .replace(/\(\?P=(\w+)\)/g, "\\k<$1>")
    .replace(/\\[AZ]/g, (end) => end === "\\A" ? "(?<![^])" : "(?![^])");
  try {
    const regexp = new RegExp(source, `g${[...new Set(flags?.[1] ?? "")].join("")}`);
    return { kind: "regexp", source: regexp.source, flags: regexp.flags };
  } catch {
    return { kind: "none" };
  }
}

/**
 * Where a text stands in another: starts and ends in turn.
 *
 * @param {string} text
 * @param {string} wanted Not empty.
 * @param {number} most So many at most.
 * @returns {number[]}
 */
export function literalMatches(text, wanted, most) {
  const found = [];
  let at = text.indexOf(wanted);
  while (at !== -1 && found.length < 2 * most) {
    found.push(at, at + wanted.length);
    at = text.indexOf(wanted, at + wanted.length);
  }
  return found;
}

/** The second half of a character of two. */
const SECOND_HALF = /[\udc00-\udfff]/;

/**
 * Where a regular expression matches: starts and ends in turn, empty matches left out. A match takes
 * characters as a whole, of which the expression sees halves.
 *
 * @param {string} text
 * @param {RegExp} regexp With the flag `g`.
 * @param {number} most So many at most.
 * @returns {number[]}
 */
export function regexpMatches(text, regexp, most) {
  const found = [];
  let done = 0;
  for (const match of text.matchAll(regexp)) {
    if (match[0] === "") continue;
    const start = Math.max(done, match.index - secondHalfAt(text, match.index));
    const last = match.index + match[0].length;
    const end = last + secondHalfAt(text, last);
    if (end > start) found.push(start, end);
    done = end;
    if (found.length >= 2 * most) break;
  }
  return found;
}

/** @param {string} text @param {number} at @returns {0 | 1} */
function secondHalfAt(text, at) {
  return SECOND_HALF.test(text[at] ?? "") ? 1 : 0;
}
