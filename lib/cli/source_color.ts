import type { Color } from "./screen/style.ts";

/** Those that no level has, so that a source is not taken for one, and that are seen on dark and on light. */
const COLORS: readonly Color[] = [
  ...["cyan", "green", "magenta", "blue", "brightCyan", "brightGreen"] as const,
  ...["brightMagenta", "brightBlue"] as const,
];

/**
 * The colour of a source: the same wherever it is shown.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * const color = sourceColor("/var/log/syslog");
 * assert.notEqual(color, "red");
 * assert.equal(sourceColor("/var/log/syslog"), color);
 * ```
 */
export function sourceColor(source: string): Color {
  // The hash is FNV-1a; its higher bits are mixed better.
  let hash = 0x811c9dc5;
  for (let i = 0; i < source.length; i++) {
    hash = Math.imul(hash ^ source.charCodeAt(i), 0x01000193);
  }
  return COLORS[(hash >>> 8) % COLORS.length] ?? "cyan";
}
