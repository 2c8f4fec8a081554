import assert from "node:assert/strict";
import { LOCAL_ZONE, UTC_ZONE, type WallTime } from "../../lib/base/zone.ts";

function wall(
  year: number,
  month: number,
  day: number,
  hour = 0,
  minute = 0,
  second = 0,
): WallTime {
  return { year, month, day, hour, minute, second };
}

Deno.test("UTC_ZONE counts any year, and days and hours over the edge", () => {
  const rows: readonly (readonly [WallTime, string])[] = [
    [wall(2026, 11, 22, 10, 30, 5), "2026-11-22T10:30:05Z"],
    [wall(50, 2, 28), "0050-02-28T00:00:00Z"],
    [wall(2024, 3, 0), "2024-02-29T00:00:00Z"],
    [wall(2026, 12, 31, 24), "2027-01-01T00:00:00Z"],
  ];
  for (const [time, iso] of rows) {
    assert.equal(UTC_ZONE.toSeconds(time), Date.parse(iso) / 1000, iso);
  }
  assert.deepEqual(UTC_ZONE.toWall(-0.5), wall(1969, 12, 31, 23, 59, 59));
});

Deno.test("LOCAL_ZONE is the zone of the process", () => {
  for (const year of [50, 1900, 1970, 2026]) {
    const date = new Date(2026, 6, 15, 13, 14, 15);
    date.setFullYear(year);
    const time = wall(year, 7, 15, 13, 14, 15);
    assert.equal(LOCAL_ZONE.toSeconds(time), date.getTime() / 1000);
    assert.deepEqual(LOCAL_ZONE.toWall(date.getTime() / 1000 + 0.75), time);
  }
});

Deno.test("LOCAL_ZONE passes over hours that clocks leave out, and takes the first of two", async () => {
  const module = new URL("../../lib/base/zone.ts", import.meta.url);
  const program = `
    import { LOCAL_ZONE } from "${module}";
    const times = [[3, 29, 1], [3, 29, 2], [3, 29, 3], [10, 25, 1], [10, 25, 2], [10, 25, 3]];
    console.log(JSON.stringify(times.map(([month, day, hour]) =>
      new Date(1000 * LOCAL_ZONE.toSeconds({ year: 2026, month, day, hour, minute: 30, second: 0 }))
    )));`;
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", program],
    env: { TZ: "Europe/Prague" },
  }).output();
  assert.deepEqual(JSON.parse(new TextDecoder().decode(stdout)), [
    "2026-03-29T00:30:00.000Z",
    "2026-03-29T01:30:00.000Z",
    "2026-03-29T01:30:00.000Z",
    "2026-10-24T23:30:00.000Z",
    "2026-10-25T00:30:00.000Z",
    "2026-10-25T02:30:00.000Z",
  ]);
});
