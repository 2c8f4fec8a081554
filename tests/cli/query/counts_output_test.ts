// deno-lint-ignore-file no-control-regex -- colours are escapes
import assert from "node:assert/strict";
import { countChart } from "../../../lib/cli/query/count_chart.ts";
import type { Counted } from "../../../lib/cli/query/count_events.ts";
import { countRows } from "../../../lib/cli/query/count_rows.ts";
import { textWidth } from "../../../lib/cli/screen/cell_text.ts";
import type { CountBucket, CountGroup } from "../../../lib/client/counts_answer.ts";

/** Counts of these figures, the rest being of no interest. */
function counted(parts: {
  readonly matched?: number;
  readonly buckets?: readonly (readonly [start: number, count: number])[];
  readonly groups?: readonly (readonly [
    key: string,
    count: number,
    buckets?: readonly (readonly [start: number, count: number])[],
  ])[];
  readonly otherEvents?: number;
  readonly interval?: number;
  readonly by?: "source" | "tag";
}): Counted {
  const toBucket = ([start, count]: readonly [number, number]): CountBucket => ({ start, count });
  const { matched = 0, buckets = [], groups = [], otherEvents = 0, interval, by } = parts;
  return {
    counts: {
      matched,
      scanned: matched,
      elapsedMs: 1,
      cursor: 0,
      buckets: buckets.map(toBucket),
      groups: groups.map(([key, count, own = []]): CountGroup => ({
        key,
        count,
        buckets: own.map(toBucket),
      })),
      otherEvents,
      store: { events: matched, oldest: undefined, newest: undefined },
    },
    interval,
    by,
  };
}

const TOTAL = counted({ matched: 1234 });
const HISTOGRAM = counted({ matched: 3, interval: 60, buckets: [[0, 1], [120, 2]] });
const GROUPS = counted({ matched: 6, by: "source", groups: [["/web", 4], ["a,\t\x1b", 2]] });
const BOTH = counted({
  matched: 6,
  by: "tag",
  interval: 60,
  groups: [["a", 4, [[60, 1], [120, 3]]], ["", 2, [[60, 2]]]],
});

Deno.test("countRows writes plain columns, JSON lines and CSV", () => {
  assert.deepEqual(countRows(TOTAL, "text", false), ["1234"]);
  assert.deepEqual(countRows(TOTAL, "json", false), ['{"count":1234}']);
  assert.deepEqual(countRows(TOTAL, "csv", false), ["count\r", "1234\r"]);
  assert.deepEqual(countRows(HISTOGRAM, "text", false), ["0\t1", "120\t2"]);
  assert.deepEqual(countRows(HISTOGRAM, "json", false), [
    '{"start":0,"count":1}',
    '{"start":120,"count":2}',
  ]);
  assert.deepEqual(countRows(GROUPS, "text", false), ["/web\t4", "a,\\t\\x1b\t2"]);
  assert.deepEqual(countRows(GROUPS, "json", false).map((line) => JSON.parse(line)), [
    { source: "/web", count: 4 },
    { source: "a,\t\x1b", count: 2 },
  ]);
  assert.deepEqual(countRows(GROUPS, "csv", false), [
    "source,count\r",
    "/web,4\r",
    '"a,\t\x1b",2\r',
  ]);
  assert.deepEqual(countRows(BOTH, "text", false), ["60\ta\t1", "60\t\t2", "120\ta\t3"]);
  assert.deepEqual(countRows(BOTH, "csv", false)[0], "start,tag,count\r");
});

Deno.test("countRows leaves a terminal nothing to obey", () => {
  const hostile = counted({ by: "tag", groups: [["c1 \x9b2J \u202e", 1]] });
  assert.deepEqual(countRows(hostile, "text", true), ["c1 \\x9b2J \\u202e\t1"]);
  assert.deepEqual(countRows(hostile, "csv", true)[1], "c1 \\x9b2J \\u202e,1\r");
  const [json = ""] = countRows(hostile, "json", true);
  assert.equal(json, '{"tag":"c1 \\u009b2J \\u202e","count":1}');
});

Deno.test("countChart draws bars as long as the width allows, with empty buckets between", () => {
  const lines = countChart(HISTOGRAM, 40, false);
  assert.equal(lines.length, 3);
  assert.match(lines[0] ?? "", /^[-\d]+ [\d:]+ {2}1 █+[▏▎▍▌▋▊▉]?$/);
  assert.match(lines[1] ?? "", / 0$/);
  assert.equal(lines[2]?.length, 40);
  const [half, , whole] = lines.map((line) => line.split("█").length - 1);
  assert(Math.abs((half ?? 0) * 2 - (whole ?? 0)) <= 1);
});

Deno.test("countChart leaves out many empty buckets", () => {
  const interval = 1;
  const lines = countChart(counted({ interval, buckets: [[0, 1], [1e6, 1]] }), 60, false);
  assert.equal(lines.length, 3);
  assert.match(lines[1] ?? "", /^…/);
});

Deno.test("countChart shows a sliver for what is little, and labels inert and cut", () => {
  const long = `/var/log/${"x".repeat(100)}/end`;
  const groups = [["big", 1_000_000], ["small\x1b[2J", 1], [long, 3], ["", 1]] as const;
  const lines = countChart(counted({ by: "source", groups, otherEvents: 1234 }), 60, false);
  for (const line of lines) assert(line.length <= 60, line);
  assert.match(lines[0] ?? "", /^big +1,000,000 █+$/);
  assert.match(lines[1] ?? "", /^small\\x1b\[2J +1 ▏$/);
  assert.match(lines[2] ?? "", /^…x+\/end +3 ▏$/);
  assert.match(lines[3] ?? "", /^\(none\) /);
  assert.equal(lines[4], "1,234 events of other sources not listed");
});

Deno.test("countChart lines up bars behind wide characters", () => {
  const groups = [["/日本語", 2], ["/de\u0301mo", 2], [`/${"語".repeat(50)}`, 2]] as const;
  const lines = countChart(counted({ by: "source", groups }), 41, false);
  const starts = lines.map((line) => textWidth(line.slice(0, line.indexOf("█"))));
  assert.equal(new Set(starts).size, 1, lines.join("\n"));
  assert.match(lines[2] ?? "", /^…語+ +2 █/);
});

Deno.test("countChart keeps to the width of a narrow terminal", () => {
  for (let width = 24; width <= 60; width++) {
    for (const parts of [BOTH, HISTOGRAM, GROUPS]) {
      for (const line of countChart(parts, width, false)) assert(line.length <= width, line);
    }
  }
});

Deno.test("countChart draws a line of columns for each label over the same time", () => {
  const lines = countChart(BOTH, 60, false);
  assert.equal(lines.length, 3);
  assert.match(lines[0] ?? "", /^a +4 ▃█$/);
  assert.match(lines[1] ?? "", /^\(none\) {2}2 ▅$/);
  assert.match(lines[2] ?? "", /^from .* to /);
});

Deno.test("countChart puts many buckets into few columns, and draws nothing of nothing", () => {
  const own = Array.from({ length: 5000 }, (_, i) => [i, 1] as const);
  const [line = ""] = countChart(
    counted({ by: "tag", interval: 1, groups: [["t", 5000, own]] }),
    50,
    false,
  );
  assert(line.length <= 50 && line.length > 40, line);
  assert.deepEqual(countChart(counted({ by: "tag", interval: 1 }), 50, false), []);
  assert.deepEqual(countChart(counted({ interval: 1 }), 50, false), []);
  assert.deepEqual(countChart(TOTAL, 50, false), ["1,234"]);
});

Deno.test("countChart takes times that are no dates, and as many buckets as there may be", () => {
  const buckets = Array.from({ length: 100_000 }, (_, i) => [i * 1e12 - 1e17, 1] as const);
  assert.equal(countChart(counted({ interval: 1e12, buckets }), 50, false).length, 100_000);
});

Deno.test("countChart colours bars, those of sources each as its source, and nothing else", () => {
  const [bucket = ""] = countChart(HISTOGRAM, 60, true);
  assert.match(bucket, /^[^\x1b]* 1 \x1b\[36m█+[▏▎▍▌▋▊▉]?\x1b\[0m$/);
  const sources = ["/web", "/db", "/cache", "/mail"];
  const of = (by: "source" | "tag", interval?: number) =>
    countChart(
      counted({
        by,
        ...(interval === undefined ? {} : { interval }),
        groups: sources.map((key) => [key, 2, [[60, 1], [120, 1]]]),
      }),
      60,
      true,
    );
  const colors = (lines: readonly string[]) =>
    sources.map((_, i) => /\x1b\[(\d+)m/.exec(lines[i] ?? "")?.[1]);
  assert.deepEqual(colors(of("source")), colors(of("source", 60)));
  assert(new Set(colors(of("source"))).size > 1);
  assert.deepEqual(new Set(colors(of("tag"))), new Set(["36"]));
  const plain = countChart(counted({ by: "source", groups: [["/web", 2]] }), 60, false);
  const [colored = ""] = countChart(counted({ by: "source", groups: [["/web", 2]] }), 60, true);
  assert.equal(colored.replaceAll(/\x1b\[\d+m/g, ""), plain[0]);
});
