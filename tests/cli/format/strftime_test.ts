import assert from "node:assert/strict";
import { compileStrftime } from "../../../lib/cli/format/strftime.ts";

/** Thursday, the 345th day of its year. */
const SECONDS = Date.UTC(2025, 11, 11, 5, 48, 29) / 1000 + 0.25;

function utc(format: string, seconds = SECONDS): string {
  return compileStrftime(format, { timeZone: "UTC" })(seconds);
}

function assertTexts(rows: Readonly<Record<string, string>>, seconds = SECONDS): void {
  for (const [format, text] of Object.entries(rows)) {
    assert.equal(utc(format, seconds), text, format);
  }
}

Deno.test("compileStrftime writes every directive", () => {
  assertTexts({
    "%a %A": "Thu Thursday",
    "%b %B %h": "Dec December Dec",
    "%c": "Thu Dec 11 05:48:29 2025",
    "%C %y %Y": "20 25 2025",
    "%d %e %j": "11 11 345",
    "%D %x": "12/11/25 12/11/25",
    "%F": "2025-12-11",
    "%g %G %V": "25 2025 50",
    "%H %I %k %l": "05 05  5  5",
    "%m %M %S %f": "12 48 29 250000",
    "%n%t%%": "\n\t%",
    "%p %P": "AM am",
    "%r": "05:48:29 AM",
    "%R %T %X": "05:48 05:48:29 05:48:29",
    "%s": "1765432109",
    "%u %w": "4 4",
    "%U %W": "49 49",
    "[%z%Z]": "[]",
  });
});

Deno.test("compileStrftime heeds flags and widths", () => {
  assertTexts({
    "%-H %_H %0e %-j": "5  5 11 345",
    "%5d|%_5d|%-5d|%05e": "00011|   11|   11|00011",
    "%0_3d": " 11",
    "%^a %#a %^B %#p %^P": "THU THU DECEMBER am am",
    "%6a|%06a": "   Thu|000Thu",
    "%12F|%012R": "  2025-12-11|000000005:48",
    "%^c": "THU DEC 11 05:48:29 2025",
    "%3n|%3%|%2Z|%5z": "  \n|  %|  |",
    "%20s": "          1765432109",
  });
});

Deno.test("compileStrftime prints what it does not know as it is", () => {
  assertTexts({
    "%q %Q %+ %L %é": "%q %Q %+ %L %é",
    "%5q %05q %^q": "  %5q 0%05q %^Q",
    "%Ea %Od %Ey %OY": "%Ea 11 25 %OY",
    "%-f": "%-f",
    "a%": "a%",
    "%-5": "  %-5",
    "%%f": "%f",
  });
});

Deno.test("compileStrftime gives years without zeros in front, as glibc does", () => {
  const seconds = Date.UTC(2000, 0, 1) / 1000 - 60_589_296_000;
  assertTexts({ "%Y|%C|%y|%F": "80|0|80|80-01-01" }, seconds);
});

Deno.test("compileStrftime counts ISO weeks across the new year", () => {
  const rows: readonly (readonly [string, string])[] = [
    ["2021-01-03", "2020-W53-7"],
    ["2021-01-04", "2021-W01-1"],
    ["2018-12-31", "2019-W01-1"],
    ["2016-01-01", "2015-W53-5"],
  ];
  for (const [date, week] of rows) assert.equal(utc("%G-W%V-%u", Date.parse(date) / 1000), week);
});

Deno.test("compileStrftime rounds to microseconds with ties to even", () => {
  assertTexts({ "%S.%f": "00.000000" }, 5e-7);
  assertTexts({ "%S.%f": "00.000002" }, 1.5e-6);
  assertTexts({ "%S.%f": "02.000000" }, 1.9999999);
  assertTexts({ "%T.%f": "23:59:59.500000" }, -0.5);
  assertTexts({ "%T.%f": "00:00:00.000000" }, -1e-7);
});

Deno.test("compileStrftime throws a RangeError for what is no date", () => {
  const write = compileStrftime("%Y", { timeZone: "UTC" });
  for (const seconds of [NaN, Infinity, -Infinity, 1e18, 253_402_300_800, -62_135_510_401]) {
    assert.throws(() => write(seconds), {
      name: "RangeError",
      message:
        `Cannot convert timestamp ${seconds} to a date as it must lie between 0001-01-02 and 9999-12-31`,
    });
  }
  assert.equal(write(253_402_300_799), "9999");
  assert.equal(write(-62_135_510_400), "1");
});

Deno.test("compileStrftime knows zones by name, their history included", () => {
  const write = compileStrftime("%F %T", { timeZone: "America/New_York" });
  assert.equal(write(Date.UTC(2026, 2, 8, 6, 59, 59) / 1000), "2026-03-08 01:59:59");
  assert.equal(write(Date.UTC(2026, 2, 8, 7) / 1000), "2026-03-08 03:00:00");
  assert.equal(write(Date.UTC(1800, 0, 1) / 1000), "1799-12-31 19:03:58");
  assert.throws(() => compileStrftime("%F", { timeZone: "Mars/Olympus" }), RangeError);
});

Deno.test("compileStrftime takes the zone of the process without a time zone", () => {
  const date = new Date(2026, 6, 14, 15, 16, 17);
  assert.equal(compileStrftime("%F %T")(date.getTime() / 1000), "2026-07-14 15:16:17");
});

Deno.test("compileStrftime gives nothing for a width out of all proportion, as Python does", () => {
  assert.equal(utc("%2000d").length, 2000);
  assert.equal(utc("%99999d"), "");
  assert.equal(utc("%999999999999999999999d"), "");
});

Deno.test("compileStrftime refuses a NUL character", () => {
  assert.throws(() => compileStrftime("a\0"), TypeError);
});
