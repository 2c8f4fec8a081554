/**
 * Dates that `Date` cannot show are shown as their number of seconds.
 *
 * @param {number} seconds
 * @returns {Date | undefined}
 */
function toDate(seconds) {
  const date = new Date(Math.floor(toMicroseconds(seconds) / 1000));
  return Number.isNaN(date.getTime()) ? undefined : date;
}

/** A double has no more digits after the point in our times. @param {number} seconds */
function toMicroseconds(seconds) {
  return Math.round(seconds * 1e6);
}

/** @param {number} value @param {number} [digits] @returns {string} */
function pad(value, digits = 2) {
  return String(value).padStart(digits, "0");
}

/**
 * `2026-11-26`, in UTC or the time of this machine.
 *
 * @param {number} seconds Since 1970.
 * @param {boolean} utc
 * @returns {string}
 */
export function formatDate(seconds, utc) {
  const date = toDate(seconds);
  if (date === undefined) return String(seconds);
  return utc
    ? `${date.getUTCFullYear()}-${pad(date.getUTCMonth() + 1)}-${pad(date.getUTCDate())}`
    : `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())}`;
}

/**
 * `18:36:53`, with as many digits of the fraction as asked for.
 *
 * @param {number} seconds Since 1970.
 * @param {boolean} utc
 * @param {number} [digits] 0, 3 or 6.
 * @returns {string}
 */
export function formatClock(seconds, utc, digits = 3) {
  const date = toDate(seconds);
  if (date === undefined) return String(seconds);
  const clock = utc
    ? `${pad(date.getUTCHours())}:${pad(date.getUTCMinutes())}:${pad(date.getUTCSeconds())}`
    : `${pad(date.getHours())}:${pad(date.getMinutes())}:${pad(date.getSeconds())}`;
  if (digits === 0) return clock;
  const micros = toMicroseconds(seconds);
  const fraction = micros - Math.floor(micros / 1e6) * 1e6;
  return `${clock}.${pad(Math.floor(fraction / 10 ** (6 - digits)), digits)}`;
}

/**
 * Date and time, with what the fraction has and no more.
 *
 * @param {number} seconds Since 1970.
 * @param {boolean} utc
 * @param {number} [digits] 0, 3 or 6.
 * @returns {string}
 */
export function formatInstant(seconds, utc, digits = 3) {
  const date = toDate(seconds);
  if (date === undefined) return `${seconds} s`;
  return `${formatDate(seconds, utc)} ${formatClock(seconds, utc, digits)}`;
}

/**
 * How far a zone is from UTC at a moment, such as `UTC+02:00`.
 *
 * @param {number} seconds Since 1970.
 * @param {boolean} utc
 * @returns {string}
 */
export function formatZone(seconds, utc) {
  const minutes = zoneOffset(seconds, utc) / 60;
  if (minutes === 0) return "UTC";
  const size = Math.abs(minutes);
  return `UTC${minutes < 0 ? "−" : "+"}${pad(Math.floor(size / 60))}:${pad(size % 60)}`;
}

/**
 * How far the shown zone is ahead of UTC at a moment.
 *
 * @param {number} seconds Since 1970.
 * @param {boolean} utc
 * @returns {number} Seconds.
 */
export function zoneOffset(seconds, utc) {
  return utc ? 0 : -60 * (toDate(seconds)?.getTimezoneOffset() ?? 0);
}

/**
 * What a `datetime-local` input takes.
 *
 * @param {number | undefined} seconds Since 1970.
 * @param {boolean} utc
 * @returns {string}
 */
export function toInputValue(seconds, utc) {
  if (seconds === undefined || toDate(seconds) === undefined) return "";
  return `${formatDate(seconds, utc)}T${
    formatClock(seconds, utc, Number.isInteger(seconds) ? 0 : 3)
  }`;
}

/**
 * @param {string} value Of a `datetime-local` input.
 * @param {boolean} utc
 * @returns {number | undefined} Seconds since 1970; undefined when it is empty or no time.
 */
export function fromInputValue(value, utc) {
  const ms = Date.parse(utc ? `${value}Z` : value);
  return Number.isNaN(ms) ? undefined : ms / 1000;
}

/** Length of a stretch of time in words, such as `1 min` or `2.5 h`. @param {number} seconds @returns {string} */
export function formatSpan(seconds) {
  /** @type {[number, string][]} */
  const units = [[86_400, "d"], [3600, "h"], [60, "min"], [1, "s"], [1e-3, "ms"], [1e-6, "µs"]];
  const [size, unit] = units.find(([size]) => seconds >= size * 0.9995) ?? [1e-6, "µs"];
  return `${Number((seconds / size).toPrecision(3))} ${unit}`;
}

/** `1,234,567`. @param {number} count @returns {string} */
export function formatCount(count) {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ",");
}

/** `1,234`, `56.7k`, `1.23M`. @param {number} count @returns {string} */
export function shortCount(count) {
  if (count < 10_000) return formatCount(count);
  const [size, unit] = count < 1e6 ? [1e3, "k"] : [1e6, "M"];
  return `${Number((count / size).toPrecision(3))}${unit}`;
}

/** `512 bytes`, `1.5 MB`. @param {number} bytes @returns {string} */
export function formatBytes(bytes) {
  if (bytes < 1000) return `${bytes} ${bytes === 1 ? "byte" : "bytes"}`;
  const [size, unit] = bytes < 1e6 ? [1e3, "kB"] : [1e6, "MB"];
  return `${Number((bytes / size).toPrecision(3))} ${unit}`;
}
