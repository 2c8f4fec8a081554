import { EventCounter, type Tally } from "../event_counter.ts";
import {
  type CountOptions,
  type EventCounts,
  MAX_BUCKETS,
  MAX_GROUP_BUCKETS,
  MAX_GROUPS,
} from "../store.ts";
import { toFilter } from "./filter.ts";
import { sqlDouble } from "./literal.ts";
import type { SearchContext } from "./search.ts";
import type { Server } from "./server.ts";
import { NAMES } from "./tables.ts";
import { sqlVisible } from "./visible.ts";

/** The tags of an event, each once; one empty tag stands for none, as in groups. */
const DISTINCT_TAGS = "arrayReduce('groupUniqArray', tags)";

/**
 * Has the server count, where it can tell exactly which events match.
 *
 * @returns Undefined where it cannot.
 * @throws {RangeError} When an option is out of range, or there are too many buckets.
 * @throws {ServerError} When the server failed.
 */
export async function countEvents(
  { server, criteria, visible, signal }: SearchContext,
  options: CountOptions,
): Promise<EventCounts | undefined> {
  const counter = new EventCounter(options);
  const filter = toFilter(criteria);
  if (!filter.isExact) return undefined;
  const { interval, by } = options;
  const where = [...filter.span, ...filter.patterns, sqlVisible(visible)].join(" AND ");
  const from = `FROM ${NAMES.events} WHERE ${where}`;
  const bucket = bucketSql(interval);
  const rows = await server.select(
    `SELECT ${bucket} AS bucket, count(), sum(arrayUniq(tags)) ${from} ` +
      `GROUP BY bucket LIMIT ${MAX_BUCKETS + 1}`,
    (row) => ({ bucket: row.double(), count: row.uint64(), tags: row.uint64() }),
    { signal },
  );
  const all = toTally(rows, interval);
  counter.merge({ all, groups: new Map(), ungrouped: 0 });
  if (by !== undefined) {
    const groups = await readGroups(server, by, bucket, from, interval, signal);
    const total = by === "source" ? all.count : rows.reduce((sum, { tags }) => sum + tags, 0);
    let ungrouped = total;
    for (const { count } of groups.values()) ungrouped -= count;
    counter.merge({ all: NOTHING, groups, ungrouped });
  }
  return counter.counts({ scanned: all.count, cursor: visible.until });
}

/** Without an interval, at most as many as are told apart, those with the most events. */
async function readGroups(
  server: Server,
  by: "source" | "tag",
  bucket: string,
  from: string,
  interval: number | undefined,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Tally>> {
  const key = by === "source" ? "source" : `arrayJoin(${DISTINCT_TAGS})`;
  const limit = interval === undefined ? MAX_GROUPS : MAX_GROUP_BUCKETS + 1;
  const rows = await server.select(
    `SELECT ${key} AS key, ${bucket} AS bucket, count() AS events ${from} ` +
      `GROUP BY key, bucket ORDER BY events DESC LIMIT ${limit}`,
    (row) => ({ key: row.text(), bucket: row.double(), count: row.uint64() }),
    { signal },
  );
  const groups = new Map<string, Tally>();
  for (const [group, own] of Map.groupBy(rows, (row) => row.key)) {
    groups.set(group, toTally(own, interval));
  }
  return groups;
}

/** The start of a bucket as {@linkcode EventCounter.bucketOf} has it. */
function bucketSql(interval: number | undefined): string {
  if (interval === undefined) return "toFloat64(0)";
  const start = `floor(time / ${sqlDouble(interval)}) * ${sqlDouble(interval)}`;
  return `if(isFinite(${start}), ${start}, time)`;
}

const NOTHING: Tally = { count: 0, buckets: new Map() };

function toTally(
  rows: readonly { readonly bucket: number; readonly count: number }[],
  interval: number | undefined,
): Tally {
  const buckets = new Map<number, number>();
  let sum = 0;
  for (const { bucket, count } of rows) {
    sum += count;
    if (interval !== undefined) buckets.set(bucket, (buckets.get(bucket) ?? 0) + count);
  }
  return { count: sum, buckets };
}
