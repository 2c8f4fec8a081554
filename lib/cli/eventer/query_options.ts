import { TIME_EXAMPLES } from "../../base/time_text.ts";
import type { EventId } from "../../hat/event.ts";
import type { QueryParams } from "../../hat/query.ts";
import { Timestamp } from "../../hat/timestamp.ts";
import type { OptionTable, OptionValues } from "../option.ts";
import { badValue } from "../option_value.ts";
import { UsageError } from "../usage_error.ts";
import { EVENTER_CLIENT_OPTIONS } from "./connect_eventer.ts";
import { OUTPUT_OPTIONS } from "./event_output.ts";
import { parseQueryTypeArgument } from "./type_argument.ts";

const FILTERS = "Which events";

/** The options of `theia eventer query`. */
export const QUERY_OPTIONS = {
  latest: {
    kind: "flag",
    long: "latest",
    group: FILTERS,
    isNew: true,
    help: "The latest event of each type",
  },
  serverId: {
    kind: "integer",
    long: "server-id",
    valueName: "ID",
    group: FILTERS,
    isNew: true,
    help: "All events of this server, in the order in which it registered them",
  },
  persisted: {
    kind: "flag",
    long: "persisted",
    group: FILTERS,
    isNew: true,
    help: "With --server-id: only what is on the disk of the server",
  },
  after: {
    kind: "time",
    short: "a",
    long: "after",
    valueName: "TIME",
    group: FILTERS,
    isNew: true,
    help: `Registered at this time or later: ${TIME_EXAMPLES}`,
  },
  before: {
    kind: "time",
    short: "b",
    long: "before",
    valueName: "TIME",
    group: FILTERS,
    isNew: true,
    help: "Registered at this time or earlier",
  },
  sourceAfter: {
    kind: "time",
    long: "source-after",
    valueName: "TIME",
    group: FILTERS,
    isNew: true,
    help: "Arose at this time or later",
  },
  sourceBefore: {
    kind: "time",
    long: "source-before",
    valueName: "TIME",
    group: FILTERS,
    isNew: true,
    help: "Arose at this time or earlier",
  },
  order: {
    kind: "text",
    short: "o",
    long: "order",
    valueName: "ORDER",
    group: FILTERS,
    choices: ["asc", "desc"],
    isNew: true,
    help: "Oldest first (asc) or newest first (desc) [default: desc]",
  },
  orderBy: {
    kind: "text",
    long: "order-by",
    valueName: "TIMESTAMP",
    group: FILTERS,
    choices: ["registered", "source"],
    isNew: true,
    help:
      "By when they were registered, or arose: this leaves out events that do not say [default: registered]",
  },
  lastEvent: {
    kind: "text",
    long: "last-event",
    valueName: "ID",
    group: FILTERS,
    isNew: true,
    help: "Only events after this one: server:session:instance",
  },
  limit: {
    kind: "integer",
    long: "limit",
    valueName: "COUNT",
    group: FILTERS,
    min: 1,
    isNew: true,
    help: "At most that many events; without it, all",
  },
  ...OUTPUT_OPTIONS,
  ...EVENTER_CLIENT_OPTIONS,
} as const satisfies OptionTable;

/** The values of {@linkcode QUERY_OPTIONS}. */
export type QueryValues = OptionValues<typeof QUERY_OPTIONS>;

/**
 * The query that options and types ask for.
 *
 * @throws {UsageError} When they do not go together.
 */
export function readQueryParams(values: QueryValues, operands: readonly string[]): QueryParams {
  const eventTypes = operands.length === 0 ? undefined : operands.map(parseQueryTypeArgument);
  if (values.persisted && values.serverId === undefined) {
    throw new UsageError("Cannot use option '--persisted' as it must stand beside '--server-id'");
  }
  if (values.latest) {
    assertOnly("--latest", values, ["serverId", ...TIMESERIES]);
    return { kind: "latest", eventTypes };
  }
  const lastEventId = readEventId(values.lastEvent);
  if (values.serverId !== undefined) {
    assertOnly("--server-id", values, TIMESERIES.filter((name) => name !== "lastEvent"));
    if (eventTypes !== undefined) {
      throw new UsageError("Cannot use option '--server-id' together with types: give one of them");
    }
    const { serverId, persisted } = values;
    if (lastEventId !== undefined && lastEventId.server !== serverId) {
      throw badValue(QUERY_OPTIONS.lastEvent, `be of server ${serverId}`, values.lastEvent ?? "");
    }
    return { kind: "server", serverId, persisted, lastEventId };
  }
  return {
    kind: "timeseries",
    eventTypes,
    tFrom: readTime(values.after),
    tTo: readTime(values.before),
    sourceTFrom: readTime(values.sourceAfter),
    sourceTTo: readTime(values.sourceBefore),
    order: values.order === "asc" ? "ascending" : "descending",
    orderBy: values.orderBy === "source" ? "sourceTimestamp" : "timestamp",
    lastEventId,
  };
}

/** The options that only timeseries have. */
const TIMESERIES = [
  "after",
  "before",
  "sourceAfter",
  "sourceBefore",
  "order",
  "orderBy",
  "lastEvent",
] as const;

function assertOnly(
  option: string,
  values: QueryValues,
  others: readonly (typeof TIMESERIES[number] | "serverId")[],
): void {
  const other = others.find((name) => values[name] !== undefined);
  if (other === undefined) return;
  throw new UsageError(
    `Cannot use options '${option}' and '--${
      QUERY_OPTIONS[other].long
    }' together: they are different queries`,
  );
}

function readTime(seconds: number | undefined): Timestamp | undefined {
  return seconds === undefined ? undefined : Timestamp.fromNumber(seconds);
}

function readEventId(text: string | undefined): EventId | undefined {
  if (text === undefined) return undefined;
  const [, ...numbers] = /^(-?\d+):(-?\d+):(-?\d+)$/.exec(text) ?? [];
  const [server = NaN, session = NaN, instance = NaN] = numbers.map(Number);
  if ([server, session, instance].every(Number.isSafeInteger)) return { server, session, instance };
  throw badValue(QUERY_OPTIONS.lastEvent, "be server:session:instance", text);
}
