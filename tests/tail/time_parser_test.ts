import assert from "node:assert/strict";
import { TimeParser } from "../../lib/tail/time_parser.ts";
import { forSeeds, type Random } from "../random.ts";
import { HAS_SHARED, sharedUrl } from "../shared_data.ts";

/** 2026-11-26 12:00 UTC. */
const NOW = Date.UTC(2026, 10, 26, 12) / 1000;

function utc(format: string, line: string, readAt = NOW): number | undefined {
  return TimeParser.create(format, { utc: true }).parse(line, readAt);
}

function at(iso: string): number {
  return Date.parse(iso) / 1000;
}

const TIME = at("2015-07-29T17:41:44Z");

/** Line and time, and the formats besides auto that know it. */
const LINES: readonly (readonly [string, number, string])[] = [
  ["2015-07-29T17:41:44Z start", TIME, "iso8601"],
  ["2015-07-29 17:41:44,747 - INFO  [main]", TIME + 0.747, "iso8601"],
  ["2015-07-29t17:41:44.747123Z", TIME + 0.747123, "iso8601"],
  ["2015-07-29T19:41:44+02:00", TIME, "iso8601"],
  ["2015-07-29T12:11:44-0530", TIME, "iso8601"],
  ["2015-07-29 19:41:44+02", TIME, "iso8601"],
  ["2015-07-29 19:41:44 +0200 app", TIME, "iso8601"],
  ["2015-07-29 17:41:44.000 UTC [7] LOG", TIME, "iso8601"],
  ["2015-07-29 17:41 UTC", TIME - 44, "iso8601"],
  ["2015-07-29 17:41: no seconds", TIME - 44, "iso8601"],
  ["20150729T174144Z", TIME, "iso8601"],
  ["20150729T194144.5+0200", TIME + 0.5, "iso8601"],
  ['{"level":"info","ts":"2015-07-29T17:41:44Z"}', TIME, "iso8601"],
  ["2015-07-29 17:41:44 +02 files", TIME, "iso8601"],
  ["2015-07-29 17:41:44 -9999 bytes", TIME, "iso8601"],
  ["2016-12-31T23:59:60Z", at("2017-01-01T00:00:00Z"), "iso8601"],
  ["2015/07/29 17:41:44 [error] 1#0: *7", TIME, "nginx"],
  ['192.0.2.1 - - [29/Jul/2015:10:41:44 -0700] "GET / HTTP/1.1" 200', TIME, "nginx apache"],
  ["[Wed Jul 29 17:41:44 2015] [notice] jk2_init() ok", TIME, "apache"],
  ["[Wed Jul 29 17:41:44.123456 2015] [core:error]", TIME + 0.123456, "apache"],
  ["Wed Jul 29 17:41:44 UTC 2015", TIME, "apache"],
  ["Jul 29 2015 17:41:44: %ASA-6-302013", TIME, "apache"],
  ["Nov 26 11:00:00 combo sshd[1]: ok", NOW - 3600, "rfc3164"],
  ["<34>Nov 26 11:00:00 combo su: 'su root' failed", NOW - 3600, "rfc3164"],
  ["Nov  6 11:00:00 combo sshd[1]: ok", NOW - 3600 - 20 * 86400, "rfc3164"],
  ["Nov 6 11:00:00 combo sshd[1]: ok", NOW - 3600 - 20 * 86400, "rfc3164"],
  ["1438191704 a", TIME, "epoch"],
  ["1438191704.747 921 192.0.2.1 TCP_MISS", TIME + 0.747, "epoch"],
  ["[1438191704747] a", TIME + 0.747, "epoch"],
  ["1438191704747123", TIME + 0.747123, "epoch"],
  ["1438191704747123456: a", TIME + 0.747123456, "epoch"],
];

Deno.test("TimeParser finds the known formats, auto and by their names", () => {
  for (const [line, time, names] of LINES) {
    assert.equal(utc("auto", line), time, line);
    for (const name of ["iso8601", "rfc3164", "apache", "nginx", "epoch"]) {
      const expected = names.split(" ").includes(name) ? time : undefined;
      assert.equal(utc(name, line), expected, `${name}: ${line}`);
    }
  }
});

Deno.test("TimeParser has no time for what cannot be", () => {
  const lines = [
    "2015-02-29 17:41:44",
    "2015-13-29 17:41:44",
    "2015-00-29 17:41:44",
    "2015-07-32 17:41:44",
    "2015-07-29 24:00:00",
    "2015-07-29 17:60:44",
    "2015-07-29 17:41:61",
    "2015-07-29 17:41:60",
    "2015-07-29T17:41:44+15:00",
    "2015-07-29T17:41:44+10:60",
    "1970-01-01T00:00:00Z",
    "1969-12-31T23:59:59Z",
    "20150231T174144Z",
    "[31/Jun/2015:10:41:44 -0700]",
    "[Wed Feb 29 17:41:44 2015]",
    "Feb 29 17:41:44 combo",
    "Nov 31 17:41:44 combo",
    "Nov 26 25:00:00 combo",
    // The line's own time is wrong, the other one is about something else.
    "2015-02-30 10:00:00 imported 2015-03-01 10:00:00",
  ];
  for (const line of lines) assert.equal(utc("auto", line), undefined, line);
});

Deno.test("TimeParser takes nothing for a time that only looks a little like one", () => {
  const lines = [
    "",
    "no time at all",
    "12015-07-29 17:41:44",
    "2015-07-29 17:41:445",
    "2015-07-29 117:41:44",
    "2015-07/29 17:41:44",
    "2015-07-29 17:41:44.1234567890123",
    "2015-07-29",
    "17:41:44",
    "xJun 14 15:16:01",
    "Foo 14 15:16:01",
    "Jun 14 15:16 file",
    "a 1438191704 b",
    "1438191704-55 call",
    "1438191704.5.6.7",
    "9999999999 bottles",
    "14381917041",
    "081109 203615 148 INFO dfs",
    "::1:2:3 a0:b1:c2:d3",
    "é".repeat(300),
  ];
  for (const line of lines) assert.equal(utc("auto", line), undefined, line);
});

Deno.test("TimeParser takes for an epoch no number that has not as many digits", () => {
  for (const digits of [8, 11, 14, 17, 20]) {
    assert.equal(utc("epoch", `at ${"1".repeat(digits)} x`), undefined, String(digits));
  }
  for (
    const line of ["a1438191704", "1438191704x", "-1438191704", "1.1438191704", "0x1438191704"]
  ) {
    assert.equal(utc("epoch", line), undefined, line);
  }
  assert.equal(
    utc("epoch", "port 6433 type=SYSCALL msg=audit(1364481363.243:24287)"),
    1364481363.243,
  );
  assert.equal(utc("epoch", "at 999999999999 ms"), 999999999.999);
});

Deno.test("TimeParser gives a line without year the latest year in which it has been", () => {
  const january = at("2026-01-02T00:10:00Z");
  assert.equal(utc("rfc3164", "Dec 31 23:59:59 a b: c", january), at("2025-12-31T23:59:59Z"));
  assert.equal(utc("rfc3164", "Jan  2 00:09:59 a b: c", january), at("2026-01-02T00:09:59Z"));
  const december = at("2025-12-31T23:59:00Z");
  assert.equal(utc("rfc3164", "Jan  1 00:00:01 a b: c", december), at("2026-01-01T00:00:01Z"));
  assert.equal(
    utc("rfc3164", "Feb 29 12:00:00 a b: c", at("2024-03-01T00:00:00Z")),
    at("2024-02-29T12:00:00Z"),
  );
  assert.equal(
    utc("rfc3164", "Feb 29 12:00:00 a b: c", at("2025-03-01T00:00:00Z")),
    at("2024-02-29T12:00:00Z"),
  );
  // An old file: what it tells is not to come.
  const november = at("2026-11-26T20:00:00Z");
  assert.equal(utc("rfc3164", "Dec 10 06:55:46 a b: c", november), at("2025-12-10T06:55:46Z"));
  // A clock or a zone that is ahead.
  assert.equal(utc("rfc3164", "Nov 27 22:00:00 a b: c", november), at("2026-11-27T22:00:00Z"));
});

Deno.test("TimeParser finds the latest time that is not more than two days ahead", () =>
  forSeeds(300, (random) => {
    const readAt = random.int(at("1990-01-01T00:00:00Z"), at("2080-01-01T00:00:00Z"));
    const date = new Date(random.int(0, 365 * 86400) * 1000);
    const text = `${MONTHS[date.getUTCMonth()]} ${String(date.getUTCDate()).padStart(2)}` +
      ` ${date.toISOString().slice(11, 19)}`;
    const year = new Date(readAt * 1000).getUTCFullYear();
    const times = [-1, 0, 1].map((shift) => new Date(date).setUTCFullYear(year + shift) / 1000);
    const latest = times.findLast((time) => time <= readAt + 2 * 86400);
    const time = utc("rfc3164", `${text} host app: ok`, readAt);
    assert.ok(time !== undefined);
    assert.equal(time, latest, `${text} at ${readAt}`);
  }));

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

Deno.test("TimeParser reads every time back that it can be written as", () =>
  forSeeds(1000, (random) => {
    const micros = random.int(1, 4_000_000_000) * 1e6 + random.below(1e6);
    const time = micros / 1e6;
    const date = new Date(Math.floor(time) * 1000);
    const fraction = String(micros % 1e6).padStart(6, "0");
    const [day, clock] = date.toISOString().slice(0, 19).split("T") as [string, string];
    const month = MONTHS[date.getUTCMonth()];
    const [year, , dayOfMonth] = day.split("-");
    const before = random.pick(["", "[", "<13>", "app: ", '{"time":"', "a 12:34 b "]);
    const line = random.pick([
      `${day}T${clock}.${fraction}Z`,
      `${day} ${clock},${fraction}`,
      `${day.replaceAll("-", "/")} ${clock}.${fraction} [error]`,
      `${dayOfMonth}/${month}/${year}:${clock}.${fraction} +0000]`,
      `Wed ${month} ${dayOfMonth} ${clock}.${fraction} ${year}]`,
      `${day.replaceAll("-", "")}T${clock.replaceAll(":", "")}.${fraction}Z`,
    ]);
    assert.equal(utc("auto", before + line), time, before + line);
  }));

Deno.test("TimeParser has a time for exactly the dates and clocks that there are", () =>
  forSeeds(3000, (random) => {
    const [year, month, day] = [random.int(1970, 2110), random.int(0, 14), random.int(0, 33)];
    const [hour, minute, second] = [random.int(0, 25), random.int(0, 61), random.int(0, 59)];
    const text = `${year}-${two(month)}-${two(day)} ${two(hour)}:${two(minute)}:${two(second)}`;
    const time = Date.UTC(year, month - 1, day, hour, minute, second);
    const exists = time > 0 && new Date(time).toISOString().startsWith(text.replace(" ", "T"));
    for (const format of ["auto", "%Y-%m-%d %H:%M:%S"]) {
      assert.equal(utc(format, text), exists ? time / 1000 : undefined, `${format}: ${text}`);
    }
  }));

function two(value: number): string {
  return String(value).padStart(2, "0");
}

Deno.test("TimeParser gives a line the same time, whatever the lines before it were", () =>
  forSeeds(200, (random) => {
    const times = TimeParser.create("auto", { utc: true });
    for (let i = 0; i < 20; i++) {
      const line = randomLine(random);
      const readAt = NOW + random.below(1e7);
      assert.equal(times.parse(line, readAt), utc("auto", line, readAt), line);
    }
  }));

/** Known times, cut and joined anyhow. */
function randomLine(random: Random): string {
  const [first] = random.pick(LINES);
  const [second] = random.pick(LINES);
  return random.pick([
    first,
    first.slice(random.below(20)),
    first.slice(0, random.below(20)) + second,
    `${first} ${second}`,
  ]);
}

Deno.test("TimeParser looks at the beginning of a line only", () => {
  const far = `${"x".repeat(300)} 2015-07-29T17:41:44Z`;
  assert.equal(utc("auto", far), undefined);
  assert.equal(utc("epoch", `${" ".repeat(280)}1438191704 `), undefined);
  assert.equal(utc("auto", `${"x".repeat(200)} 2015-07-29T17:41:44Z`), TIME);
  // A time at the limit is found whole, with its zone, or not at all.
  for (let before = 200; before < 320; before++) {
    const line = `${" ".repeat(before)}2015-07-29T19:41:44.123456789+02:00 ${"y".repeat(300)}`;
    const time = utc("auto", line);
    assert.ok(time === undefined || time === TIME + 0.123456789, `${before}: ${time}`);
    const ctime = utc("auto", `${" ".repeat(before)}Wed Jul 29 17:41:44 2015] ${"y".repeat(300)}`);
    assert.ok(ctime === undefined || ctime === TIME, `${before}: ${ctime}`);
  }
});

Deno.test("TimeParser is not held up by hostile lines", () => {
  const million = 1 << 20;
  const lines = [
    ":".repeat(million),
    "T".repeat(million),
    "1".repeat(million),
    "12:34:".repeat(million / 6),
    "2015-07-29 ".repeat(million / 11),
    " ".repeat(million),
  ];
  const formats = [
    "auto",
    "iso8601",
    "rfc3164",
    "apache",
    "nginx",
    "epoch",
    "%Y %m %d %H %M %S %f",
  ];
  for (const format of formats) {
    const times = TimeParser.create(format, { utc: true });
    // To look at all of the lines would take hours.
    for (let i = 0; i < 20_000; i++) {
      for (const line of lines) assert.equal(times.parse(line, NOW), undefined);
    }
  }
});

Deno.test("TimeParser names the option and the formats when there is no such format", () => {
  assert.throws(
    () => TimeParser.create("rfc9999"),
    /'--time-pattern' must be one of auto, iso8601, rfc3164, apache, nginx, epoch, .* "rfc9999"$/,
  );
});

Deno.test({
  name: "TimeParser finds the time of every line of real logs",
  ignore: !HAS_SHARED,
  fn() {
    const files: readonly (readonly [string, string, string])[] = [
      ["Apache.log", "auto", "2005-12-04T04:47:44Z"],
      ["Hadoop.log", "auto", "2015-10-18T18:01:47.978Z"],
      ["Linux.log", "auto", "2026-06-14T15:16:01Z"],
      ["OpenSSH.log", "auto", "2025-12-10T06:55:46Z"],
      ["Zookeeper.log", "auto", "2015-07-29T17:41:44.747Z"],
      ["HDFS.log", "%y%m%d %H%M%S", "2008-11-09T20:36:15Z"],
      ["Spark.log", "%y/%m/%d %T", "2017-06-09T20:10:40Z"],
      ["Android.log", "%m-%d %H:%M:%S.%f", "2026-03-17T16:13:38.811Z"],
    ];
    for (const [name, format, first] of files) {
      const times = TimeParser.create(format, { utc: true });
      const lines = Deno.readTextFileSync(sharedUrl(`logs/${name}`)).trimEnd().split("\n");
      const found = lines.map((line) => times.parse(line, NOW));
      assert.equal(found[0], at(first), name);
      assert.deepEqual(lines.filter((_, i) => found[i] === undefined), [], name);
    }
  },
});
