/**
 * Writes a timestamp with seven decimals, exactly as Python's `"%.7f"` does.
 *
 * `Number.prototype.toFixed` rounds an exact tie away from zero where Python rounds to even; only a
 * value that is a multiple of 2⁻⁸ can be such a tie.
 *
 * @example
 * ```ts
 * import { formatTimestamp } from "@theia/collector/event";
 * import assert from "node:assert/strict";
 *
 * assert.equal(formatTimestamp(1509989630.6749051), "1509989630.6749051");
 * assert.equal(formatTimestamp(0.00390625), "0.0039062");
 * ```
 *
 * @param seconds A finite number of seconds since 1970.
 */
export function formatTimestamp(seconds: number): string {
  if (Math.abs(seconds) >= 1e21) return `${BigInt(seconds)}.0000000`;
  const text = seconds.toFixed(7);
  return isTie(seconds) ? tieToEven(seconds) : text;
}

/** An exact tie at the eighth decimal is an odd multiple of 2⁻⁸: k / 256 ends in …5 at decimal 8. */
function isTie(seconds: number): boolean {
  const scaled = seconds * 256;
  return Number.isInteger(scaled) && scaled % 2 !== 0;
}

function tieToEven(seconds: number): string {
  const digits = seconds.toFixed(8);
  const cut = digits.slice(0, -1);
  const isEven = Number(cut.at(-1)) % 2 === 0;
  return isEven ? cut : seconds.toFixed(7);
}
