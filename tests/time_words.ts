/** The moment that {@linkcode TIME_WORDS} are counted from, in seconds since 1970. */
export const WORDS_NOW: number = new Date(2026, 10, 22, 12, 30, 15).getTime() / 1000;

function local(day: number, hour = 0, minute = 0, second = 0): number {
  return new Date(2026, 10, day, hour, minute, second).getTime() / 1000;
}

const TEN = Date.UTC(2026, 10, 22, 10) / 1000;

/** What every reader of points in time takes, and what it means, in seconds since 1970. */
export const TIME_WORDS: Readonly<Record<string, number>> = {
  "1795341600": 1795341600,
  "1795341600.25": 1795341600.25,
  "1.7e9": 1.7e9,
  "2026-11-22": local(22),
  "2026-11-22T10:00": local(22, 10),
  "2026-11-22 10:00:30.5": local(22, 10, 0, 30) + 0.5,
  "2026-11-22T10:00Z": TEN,
  "2026-11-22T12:00:00+02:00": TEN,
  "2026-11-22T12:00+0200": TEN,
  "2026-11-22t12:00:00.000+02": TEN,
  "10:30": local(22, 10, 30),
  "9:05:30": local(22, 9, 5, 30),
  "24:00": local(23),
  "15m": WORDS_NOW - 900,
  "1h30m": WORDS_NOW - 5400,
  "1.5H": WORDS_NOW - 5400,
  "3d ago": WORDS_NOW - 259_200,
  "-2h": WORDS_NOW - 7200,
  "now-1w": WORDS_NOW - 604_800,
  now: WORDS_NOW,
  today: local(22),
  Yesterday: local(21),
};

/** What none of them takes. */
export const NO_TIMES: readonly string[] = [
  "soon",
  "2026-02-30",
  "25:00",
  "2026-11-22T10",
  "1y",
  "1h2h",
  "NaN",
  "0x10",
];
