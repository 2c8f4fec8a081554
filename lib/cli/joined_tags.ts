/** Tags as they are printed, and no pattern. */
const JOINED_TAGS = /^[\w.-]+(?:,[\w.-]+)+$/;

/**
 * The tags of patterns of which one joins several by commas, as no tag has one: whoever typed it means
 * each of them.
 *
 * @returns Undefined when none does.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(separateTags(["web,db", "x"]), ["web", "db", "x"]);
 * assert.equal(separateTags(["[a,b]", "x{1,2}"]), undefined);
 * ```
 */
export function separateTags(patterns: readonly string[]): readonly string[] | undefined {
  if (!patterns.some((pattern) => JOINED_TAGS.test(pattern))) return undefined;
  return patterns.flatMap((pattern) => JOINED_TAGS.test(pattern) ? pattern.split(",") : [pattern]);
}
