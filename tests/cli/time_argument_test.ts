import assert from "node:assert/strict";
import { parseTimeArgument } from "../../lib/cli/time_argument.ts";

const NOW_MS = new Date(2026, 10, 22, 12, 30, 15, 500).getTime();
const NOW = NOW_MS / 1000;

function assertTimes(rows: Readonly<Record<string, number>>): void {
  for (const [text, seconds] of Object.entries(rows)) {
    assert.equal(parseTimeArgument(text, NOW_MS), seconds, text);
  }
}

function local(...parts: [number, number, number, number?, number?, number?, number?]): number {
  const [year, month, day, ...time] = parts;
  return new Date(year, month - 1, day, ...time).getTime() / 1000;
}

Deno.test("parseTimeArgument takes seconds as they are", () => {
  assertTimes({
    "0": 0,
    "1511339940": 1511339940,
    "12.25": 12.25,
    "-5": -5,
    "+5": 5,
    " 7 ": 7,
    "20261122": 20261122,
  });
});

Deno.test("parseTimeArgument reads dates and date-times without a zone as local time", () => {
  assertTimes({
    "2026-11-22": local(2026, 11, 22),
    "2026-11-22T10:00": local(2026, 11, 22, 10),
    "2026-11-22 10:00": local(2026, 11, 22, 10),
    "2026-11-22t10:00:59": local(2026, 11, 22, 10, 0, 59),
    "2024-02-29": local(2024, 2, 29),
  });
});

Deno.test("parseTimeArgument reads Z and offsets", () => {
  const seconds = Date.UTC(2026, 10, 22, 10) / 1000;
  assertTimes({
    "2026-11-22T10:00Z": seconds,
    "2026-11-22 10:00:00z": seconds,
    "2026-11-22T12:00+02:00": seconds,
    "2026-11-22T12:00+0200": seconds,
    "2026-11-22T12:00+02": seconds,
    "2026-11-22T04:30-05:30": seconds,
  });
});

Deno.test("parseTimeArgument keeps all digits of a fraction", () => {
  assertTimes({
    "2026-11-22T10:00:00.123456Z": Number(`${Date.UTC(2026, 10, 22, 10) / 1000}.123456`),
    "1970-01-01T00:00:00.5Z": 0.5,
    "1969-12-31T23:59:59.25Z": -0.75,
  });
});

Deno.test("parseTimeArgument counts durations back from now", () => {
  assertTimes({
    "90s": NOW - 90,
    "15m": NOW - 900,
    "2h": NOW - 7200,
    "3d": NOW - 259_200,
    "1w": NOW - 604_800,
    "1h30m": NOW - 5400,
    "1.5h": NOW - 5400,
    "1h30m ago": NOW - 5400,
    "2H AGO": NOW - 7200,
  });
});

Deno.test("parseTimeArgument puts a time of day on today, or on the day that it is told", () => {
  assertTimes({
    "10:30": local(2026, 11, 22, 10, 30),
    "9:05": local(2026, 11, 22, 9, 5),
    "23:59:59": local(2026, 11, 22, 23, 59, 59),
    "10:30:00.25": local(2026, 11, 22, 10, 30) + 0.25,
  });
  const day = local(2026, 3, 1, 7);
  assert.equal(parseTimeArgument("10:30", NOW_MS, day * 1000), local(2026, 3, 1, 10, 30));
});

Deno.test("parseTimeArgument knows now, today and yesterday", () => {
  assertTimes({
    now: NOW,
    today: local(2026, 11, 22),
    yesterday: local(2026, 11, 21),
    Today: local(2026, 11, 22),
  });
});

Deno.test("parseTimeArgument refuses days and times that do not exist", () => {
  const rows: Readonly<Record<string, string>> = {
    "2026-02-30": "there is no such day in the calendar",
    "2026-02-29": "there is no such day in the calendar",
    "2026-13-01": "there is no such day in the calendar",
    "2026-00-10": "there is no such day in the calendar",
    "2026-11-22T24:00": "the time of day must lie between 00:00:00 and 23:59:59",
    "2026-11-22T10:60": "the time of day must lie between 00:00:00 and 23:59:59",
    "2026-11-22T10:00:60": "the time of day must lie between 00:00:00 and 23:59:59",
    "2026-11-22T10:00.5": "a fraction must follow the seconds, as in 10:00:30.5",
    "24:00": "the time of day must lie between 00:00:00 and 23:59:59",
    "10:30.5": "a fraction must follow the seconds, as in 10:00:30.5",
    "2026-11-22T10:00+24:00": "the offset must lie between -23:59 and +23:59",
    "1h2h": "the unit 'h' must not be given twice",
  };
  for (const [text, reason] of Object.entries(rows)) {
    assert.throws(() => parseTimeArgument(text, NOW_MS), {
      name: "TypeError",
      message: `Cannot read time '${text}': ${reason}`,
    });
  }
});

Deno.test("parseTimeArgument refuses everything else and names the accepted forms", () => {
  const texts = [
    "",
    "tomorrow",
    "ago",
    "2h ago ago",
    "h",
    "5 m",
    "1y",
    "0x10",
    "1e9",
    "NaN",
    "Infinity",
    "2026-11",
  ];
  for (
    const text of [
      ...texts,
      "26-11-22",
      "2026-11-22T",
      "2026-11-22T10",
      "2026-11-22Z",
      "2026-11-22T10:00 UTC",
    ]
  ) {
    assert.throws(() => parseTimeArgument(text, NOW_MS), (error) => {
      assert.ok(error instanceof TypeError);
      assert.ok(
        error.message.startsWith(`Cannot read time '${text}': expected seconds since 1970`),
        error.message,
      );
      return true;
    });
  }
});
