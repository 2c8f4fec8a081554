import { parseDuration } from "../../base/duration_text.ts";
import type { Criteria } from "../../event/criteria.ts";
import {
  type CountedBucket,
  type CountOptions,
  type EventCounts,
  type EventStore,
  MAX_BUCKETS,
  MAX_GROUP_BUCKETS,
  MAX_GROUPS,
  type StoreStats,
} from "../../store/store.ts";
import { CRITERIA_PARAMETERS, readCriteria } from "./criteria_parameters.ts";
import { defineOperation, requireStore } from "./operation.ts";
import { COUNT_SCHEMA, type JsonSchema, objectSchema } from "./json_schema.ts";
import { choiceParameter, countParameter, type Parameter } from "./parameter.ts";
import { wrongParameter } from "./problem.ts";
import { answerSearch, SEARCH_PROBLEMS } from "./search_answer.ts";

const INTERVAL_PARAMETER: Parameter<number> = {
  description: "Length of a bucket, in seconds or with units: 60, 15s, 1m, 1h30m, 1d. Buckets " +
    "begin at its multiples. No buckets unless given.",
  schema: { type: ["number", "string"], exclusiveMinimum: 0 },
  example: "1m",
  rule: "a length of time such as 60, 15s, 1m or 1h, more than 0",
  read: readInterval,
};

function readInterval(text: string): number | undefined {
  if (/^(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text)) {
    const value = Number(text);
    return value > 0 && Number.isFinite(value) ? value : undefined;
  }
  try {
    return parseDuration(text);
  } catch {
    return undefined;
  }
}

const BY_PARAMETER: Parameter<"source" | "tag"> = choiceParameter(
  "What to group by. No groups unless given.",
  ["source", "tag"],
);

const BUCKETS: JsonSchema = {
  type: "array",
  items: {
    type: "array",
    prefixItems: [{ type: "number" }, { type: "integer", minimum: 1 }],
    minItems: 2,
    maxItems: 2,
  },
};
const TIME: JsonSchema = { type: ["number", "null"] };

const STATS_SCHEMA: JsonSchema = objectSchema({
  matched: COUNT_SCHEMA,
  scanned: COUNT_SCHEMA,
  elapsed_ms: { type: "number", minimum: 0 },
  cursor: COUNT_SCHEMA,
  interval: { type: ["number", "null"] },
  by: { enum: ["source", "tag", null] },
  buckets: BUCKETS,
  groups: {
    type: "array",
    items: objectSchema({ key: { type: "string" }, count: COUNT_SCHEMA, buckets: BUCKETS }),
  },
  other_events: COUNT_SCHEMA,
  store: objectSchema({
    events: COUNT_SCHEMA,
    raw_bytes: COUNT_SCHEMA,
    stored_bytes: COUNT_SCHEMA,
    oldest: TIME,
    newest: TIME,
    damaged: COUNT_SCHEMA,
  }),
});

/** `GET /stats`. */
export const eventStats = defineOperation({
  id: "eventStats",
  summary: "Count events",
  description:
    "How many events match: in each stretch of time with `interval`, of each source or " +
    "tag with `by`. `order` and `limit` change nothing.",
  parameters: {
    ...CRITERIA_PARAMETERS,
    interval: INTERVAL_PARAMETER,
    by: BY_PARAMETER,
    top: countParameter("At most that many groups, those with the most events; 100 unless given."),
  },
  answers: {
    200: { description: "The counts.", types: ["application/json"], schema: STATS_SCHEMA },
    ...SEARCH_PROBLEMS,
  },
  async answer(call, values, context) {
    const store = requireStore(context);
    const criteria = readCriteria(values);
    const { interval, by, top } = values;
    const mayCountTooMany = mayBeTooMany(criteria, values);
    const request = { criteria, call, context, mayCountTooMany };
    const headers = new Headers({ "content-type": "application/json" });
    return await answerSearch(request, headers, (control) => {
      return counts(store, criteria, { interval, by, top, ...control });
    });
  },
});

/** Whether the store may refuse to tell so many buckets apart. */
function mayBeTooMany({ start, end }: Criteria, { interval, by }: CountOptions): boolean {
  if (interval === undefined) return false;
  const most = by === undefined ? MAX_BUCKETS : MAX_GROUP_BUCKETS / MAX_GROUPS;
  if (start === undefined || end === undefined) return true;
  // One more, as the span need not begin with a bucket.
  return (end - start) / interval + 1 > most;
}

async function* counts(
  store: EventStore,
  criteria: Criteria,
  options: CountOptions,
): AsyncGenerator<Uint8Array, void> {
  const started = performance.now();
  let counted: EventCounts;
  try {
    counted = await store.count(criteria, options);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw wrongParameter("interval", error.message, error);
  }
  const elapsedMs = Math.round(performance.now() - started);
  const { interval = null, by = null } = options;
  const members = {
    matched: counted.matched,
    scanned: counted.scanned,
    elapsed_ms: elapsedMs,
    cursor: counted.cursor,
    interval,
    by,
    buckets: counted.buckets.map(toPair),
    groups: counted.groups.map(({ key, count, buckets }) => {
      return { key, count, buckets: buckets.map(toPair) };
    }),
    other_events: counted.otherEvents,
    store: toMembers(await store.stats()),
  };
  yield new TextEncoder().encode(`${JSON.stringify(members)}\n`);
}

function toPair({ start, count }: CountedBucket): readonly [number, number] {
  return [start, count];
}

function toMembers(stats: StoreStats): Readonly<Record<string, number | null>> {
  return {
    events: stats.events,
    raw_bytes: stats.rawBytes,
    stored_bytes: stats.storedBytes,
    oldest: stats.oldest ?? null,
    newest: stats.newest ?? null,
    damaged: stats.damaged,
  };
}
