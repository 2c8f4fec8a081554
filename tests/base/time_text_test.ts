import assert from "node:assert/strict";
import { readTime, TIME_EXAMPLES, TimeTextError } from "../../lib/base/time_text.ts";
import { UTC_ZONE, type Zone } from "../../lib/base/zone.ts";

const NOW = new Date(2026, 10, 22, 12, 30, 15, 500).getTime() / 1000;

function assertTimes(rows: Readonly<Record<string, number>>): void {
  for (const [text, seconds] of Object.entries(rows)) {
    assert.equal(readTime(text, NOW), seconds, text);
  }
}

function local(...parts: [number, number, number, number?, number?, number?, number?]): number {
  const [year, month, day, ...time] = parts;
  return new Date(year, month - 1, day, ...time).getTime() / 1000;
}

Deno.test("readTime takes seconds as they are", () => {
  assertTimes({
    "0": 0,
    "1511339940": 1511339940,
    "12.25": 12.25,
    "-5": -5,
    "+5": 5,
    " 7 ": 7,
    "20261122": 20261122,
    "1.7e9": 1.7e9,
    "5.": 5,
    "-.5": -0.5,
  });
});

Deno.test("readTime reads dates and date-times without a zone as local time", () => {
  assertTimes({
    "2026-11-22": local(2026, 11, 22),
    "2026-11-22T10:00": local(2026, 11, 22, 10),
    "2026-11-22 10:00": local(2026, 11, 22, 10),
    "2026-11-22t10:00:59": local(2026, 11, 22, 10, 0, 59),
    "2024-02-29": local(2024, 2, 29),
    "2026-11-22 24:00": local(2026, 11, 23),
    "0099-01-01": new Date("0099-01-01T00:00").getTime() / 1000,
  });
});

Deno.test("readTime reads Z and offsets", () => {
  const seconds = Date.UTC(2026, 10, 22, 10) / 1000;
  assertTimes({
    "2026-11-22T10:00Z": seconds,
    "2026-11-22 10:00:00z": seconds,
    "2026-11-22T12:00+02:00": seconds,
    "2026-11-22T12:00+0200": seconds,
    "2026-11-22T12:00+02": seconds,
    "2026-11-22T04:30-05:30": seconds,
    "2026-11-21T24:00-10:00": seconds,
  });
});

Deno.test("readTime keeps all digits of a fraction", () => {
  assertTimes({
    "2026-11-22T10:00:00.123456Z": Number(`${Date.UTC(2026, 10, 22, 10) / 1000}.123456`),
    "1970-01-01T00:00:00.5Z": 0.5,
    "1969-12-31T23:59:59.25Z": -0.75,
  });
});

Deno.test("readTime counts durations back from now", () => {
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
    "-15m": NOW - 900,
    "now-15m": NOW - 900,
    "Now-1h30m": NOW - 5400,
  });
});

Deno.test("readTime knows now, today and yesterday", () => {
  assertTimes({
    now: NOW,
    today: local(2026, 11, 22),
    yesterday: local(2026, 11, 21),
    Today: local(2026, 11, 22),
  });
});

Deno.test("readTime takes a time of day for one of today, or of the day of another moment", () => {
  assertTimes({
    "10:30": local(2026, 11, 22, 10, 30),
    "9:05:07.25": local(2026, 11, 22, 9, 5, 7, 250),
    "23:59": local(2026, 11, 22, 23, 59),
    "24:00": local(2026, 11, 23),
  });
  assert.equal(readTime("10:30", NOW, { day: local(2026, 3, 1, 8) }), local(2026, 3, 1, 10, 30));
});

Deno.test("readTime keeps the fraction of a time of day before 1970", () => {
  assert.equal(readTime("10:30:00.25", 0, { day: -86_400, zone: UTC_ZONE }), -86_400 + 37_800.25);
});

Deno.test("readTime goes by the clocks of the zone where the text does not say", () => {
  const plus9: Zone = {
    toSeconds: (wall) => UTC_ZONE.toSeconds(wall) - 32_400,
    toWall: (seconds) => UTC_ZONE.toWall(seconds + 32_400),
  };
  const now = Date.UTC(2026, 10, 22, 20) / 1000;
  const rows: Readonly<Record<string, number>> = {
    "2026-11-22": Date.UTC(2026, 10, 21, 15),
    "2026-11-22T10:00": Date.UTC(2026, 10, 22, 1),
    "2026-11-22T10:00Z": Date.UTC(2026, 10, 22, 10),
    "10:30": Date.UTC(2026, 10, 23, 1, 30),
    today: Date.UTC(2026, 10, 22, 15),
    yesterday: Date.UTC(2026, 10, 21, 15),
    "15m": now * 1000 - 900_000,
  };
  for (const [text, ms] of Object.entries(rows)) {
    assert.equal(readTime(text, now, { zone: plus9 }), ms / 1000, text);
  }
});

Deno.test("readTime refuses days and times that do not exist", () => {
  const rows: Readonly<Record<string, string>> = {
    "2026-02-30": "there is no such day in the calendar",
    "2026-02-29": "there is no such day in the calendar",
    "2026-13-01": "there is no such day in the calendar",
    "2026-00-10": "there is no such day in the calendar",
    "2026-11-22T24:01": "the time of day must lie between 00:00:00 and 23:59:59",
    "2026-11-22T10:60": "the time of day must lie between 00:00:00 and 23:59:59",
    "2026-11-22T10:00:60": "the time of day must lie between 00:00:00 and 23:59:59",
    "2026-11-22T10:00.5": "a fraction must follow the seconds, as in 10:00:30.5",
    "2026-11-22T10:00+24:00": "the offset must lie between -23:59 and +23:59",
    "2026-11-22T25:00Z": "the time of day must lie between 00:00:00 and 23:59:59",
    "25:00": "the time of day must lie between 00:00:00 and 23:59:59",
    "10:60": "the time of day must lie between 00:00:00 and 23:59:59",
    "10:00.5": "a fraction must follow the seconds, as in 10:00:30.5",
    "1e999": "the number is too large",
    "1h2h": "the unit 'h' must not be given twice",
  };
  for (const [text, reason] of Object.entries(rows)) {
    assert.throws(() => readTime(text, NOW), {
      name: "TimeTextError",
      message: `Cannot read time '${text}': ${reason}`,
      reason,
    });
  }
});

Deno.test("readTime refuses everything else and names the accepted forms", () => {
  const texts = [
    "",
    "tomorrow",
    "ago",
    "2h ago ago",
    "h",
    "5 m",
    "1y",
    "0x10",
    "1e",
    ".",
    "NaN",
    "15m now",
    "now - 15m",
    "now+15m",
    "now-",
    "-15m ago",
    "10:3",
    "١",
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
    assert.throws(() => readTime(text, NOW), (error) => {
      assert.ok(error instanceof TypeError && error instanceof TimeTextError);
      assert.ok(
        error.message.startsWith(`Cannot read time '${text}': expected seconds since 1970`),
        error.message,
      );
      return true;
    });
  }
});

Deno.test("docs/query.md lists what readTime reads", async () => {
  const docs = await Deno.readTextFile(new URL("../../docs/query.md", import.meta.url));
  const [, section = ""] = /^## Times$([^]*?)^## /m.exec(docs) ?? [];
  const words = [...section.matchAll(/^\| (`.*?) \|/gm)]
    .flatMap(([, cell = ""]) => [...cell.matchAll(/`(.*?)`/g)].map(([, word = ""]) => word));
  assert.ok(words.length >= 15);
  for (const word of words) readTime(word, NOW);
});

Deno.test("The pages of query, tau and HTTP show the examples of the help texts", async () => {
  const examples = TIME_EXAMPLES.split(", ");
  for (const word of examples) readTime(word, NOW);
  for (const page of ["query", "tau", "http"]) {
    const docs = await Deno.readTextFile(new URL(`../../docs/${page}.md`, import.meta.url));
    for (const word of examples) {
      assert.ok(docs.includes(`\`${word}\``), `docs/${page}.md does not show ${word}`);
    }
  }
});
