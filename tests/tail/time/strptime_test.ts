import assert from "node:assert/strict";
import { TimeParser } from "../../../lib/tail/time_parser.ts";

const NOW = Date.UTC(2026, 10, 26, 12) / 1000;
const TIME = Date.UTC(2015, 6, 29, 17, 41, 44) / 1000;
const MIDNIGHT = Date.UTC(2015, 6, 29) / 1000;

function parse(pattern: string, line: string): number | undefined {
  return TimeParser.create(pattern, { utc: true }).parse(line, NOW);
}

Deno.test("compileStrptime reads each directive", () => {
  const cases: readonly (readonly [string, string, number])[] = [
    ["%Y-%m-%d %H:%M:%S.%f", "2015-07-29 17:41:44.747", TIME + 0.747],
    ["%Y-%m-%d %H:%M:%S.%f", "2015-07-29 17:41:44.7", TIME + 0.7],
    ["%Y-%m-%d %H:%M:%S,%f", "[x] 2015-07-29 17:41:44,747123456 y", TIME + 0.747123456],
    ["%d.%m.%y %k:%M:%S", "29.7.15 17:41:44", TIME],
    ["%b %e %T %Y", "JUL 29 17:41:44 2015", TIME],
    ["%a, %d %B %Y %T %z", "Wed, 29 july 2015 19:41:44 +0200", TIME],
    ["%A %h %d %H:%M:%S %Z %Y", "Wednesday Jul 29 17:41:44 UTC 2015", TIME],
    ["%FT%T%z", "2015-07-29T12:11:44-05:30", TIME],
    ["%FT%T%z", "2015-07-29T17:41:44Z", TIME],
    ["%FT%T%z", "2015-07-29T19:41:44+02", TIME],
    ["%D %r", "07/29/15 05:41:44 PM", TIME],
    ["%x %X", "07/29/15 17:41:44", TIME],
    ["%c", "Wed Jul 29 17:41:44 2015", TIME],
    ["%m/%d/%Y %l:%M:%S %p", "07/29/2015  5:41:44 pm", TIME],
    ["%m/%d/%Y %I:%M %P", "07/29/2015 12:00 am", MIDNIGHT],
    ["%m/%d/%Y %I:%M %p", "07/29/2015 12:00 PM", MIDNIGHT + 12 * 3600],
    ["%Y%j%H%M%S", "2015210174144", TIME],
    ["%Y-%m-%d", "2015-07-29", MIDNIGHT],
    ["%F %R", "2015-07-29 17:41", TIME - 44],
    ["%w%n%F%t%T", "3 2015-07-29\t 17:41:44", TIME],
    ["%s", "ts=1438191704 x", TIME],
    ["%s.%f", "1438191704.25", TIME + 0.25],
    ["(%H:%M:%S) %d*%m*%Y?", "(17:41:44) 29*07*2015?", TIME],
    ["%y %m %d 100%%", "15 07 29 100%", MIDNIGHT],
    ["%y-%m-%d", "69-01-01", NaN],
    ["%y-%m-%d", "99-12-31", Date.UTC(1999, 11, 31) / 1000],
  ];
  for (const [pattern, line, time] of cases) {
    assert.equal(
      parse(pattern, line),
      Number.isNaN(time) ? undefined : time,
      `${pattern}: ${line}`,
    );
  }
});

Deno.test("compileStrptime completes a date by when it is read", () => {
  assert.equal(parse("%b %d %T", "Dec  1 00:00:00"), Date.UTC(2025, 11, 1) / 1000);
  assert.equal(parse("%b %d %T", "Nov 28 00:00:00"), Date.UTC(2026, 10, 28) / 1000);
  assert.equal(parse("%m-%d %T", "05-01 00:00:00"), Date.UTC(2026, 4, 1) / 1000);
  assert.equal(parse("%m-%d %T", "07-01 00:00:00"), Date.UTC(2026, 6, 1) / 1000);
  assert.equal(parse("%H:%M:%S", "11:59:59"), NOW - 1);
  assert.equal(parse("%H:%M:%S", "23:59:59"), Date.UTC(2026, 10, 26, 23, 59, 59) / 1000);
  const midnight = TimeParser.create("%T", { utc: true });
  const readAt = Date.UTC(2026, 10, 26, 0, 0, 1) / 1000;
  assert.equal(midnight.parse("23:59:59", readAt), readAt - 2);
});

Deno.test("compileStrptime has no time for what cannot be", () => {
  const cases: readonly (readonly [string, string])[] = [
    ["%Y-%m-%d", "2015-02-29"],
    ["%Y-%m-%d", "2015-19-01"],
    ["%Y-%j", "2015-366"],
    ["%Y-%j", "2015-0"],
    ["%F %I:%M %p", "2015-07-29 13:00 PM"],
    ["%F %I:%M %p", "2015-07-29 0:00 AM"],
    ["%F %T%z", "2015-07-29 17:41:44+2500"],
    ["%F %T", "2015-07-29 17:41:99"],
    ["%F %T %Z", "2015-07-29 17:41:44 CEST"],
    ["%d.%m.%Y", "129.07.2015"],
    ["%d.%m.%Y", "29.07.20150"],
    ["%s", "0"],
    ["%F", "no date"],
    ["%b %d", "Foo 12"],
  ];
  for (const [pattern, line] of cases) {
    assert.equal(parse(pattern, line), undefined, `${pattern}: ${line}`);
  }
});

Deno.test("compileStrptime refuses patterns that tell no time, and says why", () => {
  const cases: readonly (readonly [string, RegExp])[] = [
    ["%Q", /have only the directives %Y .* and not '%Q'/],
    ["%F %", /and not '%'/],
    ["%Y %m %d %Y", /tell each part of the time once, and not '%Y' again/],
    ["%M:%S", /tell a day or an hour/],
    ["%d %T", /tell the month and the day, or neither/],
    ["%b %T", /tell the month and the day, or neither/],
    ["%Y %T", /tell the day where it tells the year/],
    ["%j %T", /tell the year where it has %j/],
    ["%F %I:%M", /have %p where it has %I/],
    [`%F${" ".repeat(200)}`, /have at most 128 characters/],
  ];
  for (const [pattern, message] of cases) {
    assert.throws(() => TimeParser.create(pattern), message, pattern);
    assert.throws(
      () => TimeParser.create(pattern),
      /^RangeError: .*'--time-pattern' must/,
      pattern,
    );
  }
});
