/** Tests of what depends on the time zone of the process; `time_zone_test.ts` runs them. */
import assert from "node:assert/strict";
import { TimeZone } from "../../../lib/tail/time/time_zone.ts";
import { TimeParser } from "../../../lib/tail/time_parser.ts";
import { forSeeds } from "../../random.ts";
import { inZone } from "./in_zone.ts";

const ZONES = [
  "UTC",
  "America/New_York",
  "Europe/Berlin",
  "Asia/Kolkata",
  "Asia/Kathmandu",
  "Australia/Lord_Howe",
  "America/St_Johns",
  "Pacific/Apia",
  "Africa/Monrovia",
];

Deno.test("TimeZone finds the moment that its clock shows", () =>
  forSeeds(30, (random) => {
    for (const name of ZONES) {
      inZone(name, () => {
        const zone = new TimeZone({ utc: false });
        let seconds = random.int(1, 4e9);
        for (let i = 0; i < 50; i++) {
          seconds += random.int(0, 3000);
          const local = zone.toLocal(seconds);
          const found = zone.fromLocal(local);
          assert.equal(zone.toLocal(found), local, `${name} ${seconds}`);
          assert.ok(found <= seconds, `${name} ${seconds}: the first of two`);
        }
      });
    }
  }));

Deno.test("TimeZone has no moment for a time that its clock skips, and the first of two", () => {
  inZone("Europe/Berlin", () => {
    const zone = new TimeZone({ utc: false });
    const skipped = Date.UTC(2026, 2, 29, 2) / 1000;
    assert.equal(zone.fromLocal(skipped - 1), Date.UTC(2026, 2, 29, 0, 59, 59) / 1000);
    for (let second = 0; second < 3600; second += 7) {
      assert.equal(zone.fromLocal(skipped + second), NaN);
    }
    assert.equal(zone.fromLocal(skipped + 3600), Date.UTC(2026, 2, 29, 1) / 1000);
    const doubled = Date.UTC(2026, 9, 25, 2, 30) / 1000;
    assert.equal(zone.fromLocal(doubled), Date.UTC(2026, 9, 25, 0, 30) / 1000);
  });
});

Deno.test("TimeZone knows clocks that are changed between quarters of an hour", () => {
  inZone("Africa/Monrovia", () => {
    // On 1972-01-07 the clocks went from 00:00:00 to 00:44:30.
    const zone = new TimeZone({ utc: false });
    const change = Date.UTC(1972, 0, 7) / 1000;
    assert.equal(zone.fromLocal(change + 44 * 60), NaN);
    assert.equal(zone.fromLocal(change + 44 * 60 + 30), change + 44 * 60 + 30);
    assert.equal(zone.fromLocal(change + 45 * 60), change + 45 * 60);
  });
});

Deno.test("TimeParser takes a time without zone for one of this machine, unless it is to be UTC", () => {
  inZone("America/New_York", () => {
    const line = "2015-07-29 17:41:44,747";
    const utc = Date.UTC(2015, 6, 29, 17, 41, 44) / 1000 + 0.747;
    assert.equal(TimeParser.create("auto").parse(line, 1.7e9), utc + 4 * 3600);
    assert.equal(TimeParser.create("auto", { utc: true }).parse(line, 1.7e9), utc);
    assert.equal(TimeParser.create("auto").parse(`${line}Z`, 1.7e9), utc);
    // Still 2025 there, when it is 2026 in UTC.
    const readAt = Date.UTC(2026, 0, 1, 3) / 1000;
    assert.equal(
      TimeParser.create("rfc3164").parse("Dec 31 21:59:00 host app: ok", readAt),
      readAt - 60,
    );
    assert.equal(TimeParser.create("auto").parse("2026-03-08 02:30:00", readAt), undefined);
  });
});
