/** Flags that a pattern begins with, and the rest. */
const PARTS = /^((?:\(\?[aimsxLu]+\))?)(.*)$/s;

/** What begins so says itself where it matches. */
const ANCHORED = /^(?:\.\*|\^|\\A)/;

/**
 * A pattern that finds anywhere in a value what another one, of ids or sources, finds at its beginning
 * only.
 *
 * @param {string} pattern
 * @returns {string | undefined} Undefined when there is no need of another one.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * assert.equal(anywherePattern("nginx"), ".*nginx");
 * assert.equal(anywherePattern(".*nginx"), undefined);
 * ```
 */
export function anywherePattern(pattern) {
  const [, flags = "", rest = ""] = PARTS.exec(pattern) ?? [];
  if (rest === "" || ANCHORED.test(rest)) return undefined;
  return `${flags}.*${rest.includes("|") ? `(?:${rest})` : rest}`;
}
