/** How many colours sources have. */
const COLORS = 8;

/**
 * Which of eight colours a source has: the same wherever it is shown, here and elsewhere.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * const color = sourceColorIndex("/var/log/syslog");
 * assert(color >= 0 && color < 8);
 * assert.equal(sourceColorIndex("/var/log/syslog"), color);
 * ```
 */
export function sourceColorIndex(source: string): number {
  // The hash is FNV-1a; its higher bits are mixed better.
  let hash = 0x811c9dc5;
  for (let i = 0; i < source.length; i++) {
    hash = Math.imul(hash ^ source.charCodeAt(i), 0x01000193);
  }
  return (hash >>> 8) % COLORS;
}
