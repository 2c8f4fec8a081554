/**
 * Characters of an address that one value may take: the collector reads addresses of 16,384, which hold
 * up to three of them and what somebody types.
 */
const MAX_ENCODED_LENGTH = 4000;

/** What has a meaning in Python's patterns. */
const SPECIAL = /[\\^$.*+?()[\]{}|]/g;

/** Fields drop line ends. */
const CONTROL = /\p{Cc}/gu;

/** What a cut leaves of a character. */
const HALF_CHARACTER = /[\uD800-\uDBFF]$/;

/**
 * A pattern that matches just this text, also after it stood in a field.
 *
 * @param {string} text
 * @returns {string}
 */
export function escapePattern(text) {
  // Blanks at the ends are cut off where patterns are typed.
  const typed = text.trim();
  const start = text.indexOf(typed);
  const end = start + typed.length;
  return codes(text.slice(0, start)) +
    typed.replace(SPECIAL, "\\$&").replace(CONTROL, codes) + codes(text.slice(end));
}

/**
 * A pattern of a whole value, for criteria that match at the start. What is too long for an address is
 * matched by its beginning: others may match as well.
 *
 * @param {string} text
 * @returns {{pattern: string, isExact: boolean}}
 */
export function exactPattern(text) {
  return endedPattern(text, "\\Z", "");
}

/** The pattern of a source as people like to read it. @param {string} source @returns {string} */
export function sourcePattern(source) {
  return endedPattern(source, "$", "").pattern;
}

/** The pattern of a tag, which is matched as a whole. @param {string} tag @returns {string} */
export function tagPattern(tag) {
  return endedPattern(tag, "", ".*").pattern;
}

/**
 * @param {string} text
 * @param {string} end What follows a whole text.
 * @param {string} cut What follows the beginning of one.
 */
function endedPattern(text, end, cut) {
  let beginning = text;
  while (encodeURIComponent(escapePattern(beginning).toWellFormed()).length > MAX_ENCODED_LENGTH) {
    beginning = beginning.slice(0, beginning.length / 2).replace(HALF_CHARACTER, "");
  }
  const isExact = beginning === text;
  return { pattern: `${escapePattern(beginning)}${isExact ? end : cut}`, isExact };
}

/** @param {string} text Without surrogates. */
function codes(text) {
  return text.replace(/[^]/g, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
  });
}
