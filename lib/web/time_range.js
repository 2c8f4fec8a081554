/**
 * Which stretch of time is looked at.
 *
 * - `all`: everything that is stored.
 * - `last`: the last so many seconds.
 * - `between`: from `start` up to but not including `end`, seconds since 1970; either may be open.
 *
 * @typedef {{kind: "all"}
 *   | {kind: "last", seconds: number}
 *   | {kind: "between", start?: number | undefined, end?: number | undefined}} TimeRange
 */

/** @type {TimeRange} */
export const ALL_TIME = { kind: "all" };

/** What the range menu offers. @type {readonly {readonly text: string, readonly label: string}[]} */
export const PRESETS = [
  { text: "5m", label: "Last 5 minutes" },
  { text: "15m", label: "Last 15 minutes" },
  { text: "1h", label: "Last hour" },
  { text: "24h", label: "Last 24 hours" },
  { text: "7d", label: "Last 7 days" },
  { text: "all", label: "All time" },
];

/** @type {Readonly<Record<string, number>>} */
const UNIT_SECONDS = { s: 1, m: 60, h: 3600, d: 86_400 };

/**
 * Reads a range as it stands in an address: `all`, `15m`, `1764180000..1764183600`, `1764180000..`.
 *
 * @param {string} text
 * @returns {TimeRange | undefined} Undefined when it is none.
 */
export function parseRange(text) {
  if (text === "all") return ALL_TIME;
  const last = /^(\d{1,6})([smhd])$/.exec(text);
  if (last !== null) {
    const seconds = Number(last[1]) * (UNIT_SECONDS[last[2] ?? ""] ?? 0);
    return seconds > 0 ? { kind: "last", seconds } : undefined;
  }
  const ends = text.split("..");
  if (ends.length !== 2) return undefined;
  const [start, end] = ends.map(parseInstant);
  if (start === null || end === null || (start === undefined && end === undefined)) {
    return undefined;
  }
  if (start !== undefined && end !== undefined && start >= end) return undefined;
  return { kind: "between", start, end };
}

/**
 * Seconds since 1970, or ISO 8601 with a zone.
 *
 * @param {string} text
 * @returns {number | undefined | null} Undefined when it is empty, null when it is neither.
 */
function parseInstant(text) {
  if (text === "") return undefined;
  const isIso = /^\d{4}-\d\d-\d\dT.*(Z|[+-]\d\d:?\d\d)$/.test(text);
  const seconds = isIso ? Date.parse(text) / 1000 : Number(text);
  return Number.isFinite(seconds) ? seconds : null;
}

/**
 * The text that {@linkcode parseRange} reads.
 *
 * @param {TimeRange} range
 * @returns {string}
 */
export function rangeText(range) {
  if (range.kind === "all") return "all";
  if (range.kind === "between") return `${range.start ?? ""}..${range.end ?? ""}`;
  const { seconds } = range;
  const preset = PRESETS.find(({ text }) => {
    const known = parseRange(text);
    return known?.kind === "last" && known.seconds === seconds;
  });
  if (preset !== undefined) return preset.text;
  const [unit, size] = Object.entries(UNIT_SECONDS).reverse()
    .find(([, size]) => seconds % size === 0) ?? ["s", 1];
  return `${seconds / size}${unit}`;
}

/**
 * When a range begins and ends, seen from a moment.
 *
 * @param {TimeRange} range
 * @param {number} now Seconds since 1970.
 * @returns {{start: number | undefined, end: number | undefined}} `end` belongs to it no more.
 */
export function resolveRange(range, now) {
  if (range.kind === "all") return { start: undefined, end: undefined };
  if (range.kind === "last") return { start: now - range.seconds, end: undefined };
  return { start: range.start, end: range.end };
}

/**
 * Whether events that arrive from now on belong to a range.
 *
 * @param {TimeRange} range
 * @returns {boolean}
 */
export function isOpen(range) {
  return range.kind !== "between" || range.end === undefined;
}

/**
 * Twice as much, around the same middle.
 *
 * @param {number} start
 * @param {number} end
 * @returns {TimeRange}
 */
export function widened(start, end) {
  const half = Math.max(end - start, 1e-6) / 2;
  return { kind: "between", start: start - half, end: end + half };
}
