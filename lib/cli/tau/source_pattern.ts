import { exactSource } from "../../client/neighbours.ts";
import { compilePattern, PatternError } from "../../event/pattern.ts";

/** What every pattern has room for, whatever the characters. */
const SURE_CHARACTERS = 1000;

/** What makes the pattern of a source exact. */
const END_OF_TEXT = "\\Z";

/**
 * A pattern for the events of a source. Of one that is too long for a pattern it is its beginning: no two
 * sources are the same for a thousand characters and then differ, but by somebody's intent.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * assert.equal(sourcePattern("/var/log"), "/var/log\\Z");
 * assert.equal(sourcePattern("x".repeat(60_000)).length, 1000);
 * ```
 */
export function sourcePattern(source: string): string {
  const exact = exactSource(source);
  if (isUsable(exact)) return exact;
  const isCut = (source.charCodeAt(SURE_CHARACTERS - 1) & 0xfc00) === 0xd800;
  const beginning = source.slice(0, isCut ? SURE_CHARACTERS - 1 : SURE_CHARACTERS);
  return exactSource(beginning).slice(0, -END_OF_TEXT.length);
}

function isUsable(pattern: string): boolean {
  try {
    compilePattern(pattern, "match");
    return true;
  } catch (error) {
    if (!(error instanceof PatternError)) throw error;
    return false;
  }
}
