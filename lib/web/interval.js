const DAY = 86_400;

/** Lengths of bars that people can read off. */
const NICE_SECONDS = [
  ...[1, 2, 5, 10, 15, 30],
  ...[1, 2, 5, 10, 15, 30].map((minutes) => minutes * 60),
  ...[1, 2, 3, 6, 12].map((hours) => hours * 3600),
  ...[1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000].map((days) => days * DAY),
];

/**
 * The least length that is easy to read off, of which at most so many fill a stretch of time.
 *
 * @param {number} span Seconds.
 * @param {number} most
 * @returns {number} Seconds.
 */
export function niceInterval(span, most) {
  const least = span / most;
  if (least > 1) {
    return NICE_SECONDS.find((seconds) => seconds >= least) ?? powerStep(least / DAY) * DAY;
  }
  return Math.min(1, powerStep(Math.max(least, 1e-6)));
}

/** 1, 2 or 5 times a power of ten, at least a value. @param {number} least @returns {number} */
function powerStep(least) {
  const exponent = Math.floor(Math.log10(least));
  const step = [1, 2, 5, 10].find((digit) => digit * 10 ** exponent >= least * (1 - 1e-9)) ?? 10;
  // 5e-3 has fewer digits than 5 * 10 ** -3.
  return Number(`${step}e${exponent}`);
}
