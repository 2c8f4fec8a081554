import { isDay, withFraction } from "../../base/iso_time.ts";

const SECONDS = /^-?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const DATE_TIME =
  /^(\d{4})-(\d{2})-(\d{2})[T ](\d{2}):(\d{2})(?::(\d{2})(\.\d+)?)?(Z|[-+]\d{2}:?\d{2})$/i;

/**
 * Reads a point in time of an address: seconds since 1970, or ISO 8601 with a time zone. A space
 * stands for the `+` of an offset, which addresses turn into one.
 *
 * @returns Seconds since 1970, undefined when it is something else or no time there is.
 * @example
 * ```ts
 * import { readInstant } from "./instant.ts";
 * import assert from "node:assert/strict";
 *
 * assert.equal(readInstant("1700000000.5"), 1700000000.5);
 * assert.equal(readInstant("2023-11-14T22:13:20Z"), 1700000000);
 * assert.equal(readInstant("2023-11-14"), undefined);
 * ```
 */
export function readInstant(text: string): number | undefined {
  if (SECONDS.test(text)) return finite(Number(text));
  const parts = DATE_TIME.exec(text.replace(/ (\d{2}:?\d{2})$/, "+$1"));
  if (parts === null) return undefined;
  const [, year, month, day, hour, minute, second = "00", fraction = "", zone = ""] = parts;
  const date = `${year}-${month}-${day}`;
  if (!isDay(date)) return undefined;
  const offset = zone.length === 5 ? `${zone.slice(0, 3)}:${zone.slice(3)}` : zone.toUpperCase();
  const seconds = Date.parse(`${date}T${hour}:${minute}:${second}${offset}`) / 1000;
  return Number.isFinite(seconds) ? withFraction(seconds, fraction) : undefined;
}

function finite(value: number): number | undefined {
  return Number.isFinite(value) ? value : undefined;
}
