import { Query } from "../client/query.ts";
import { type Criteria, CriteriaError } from "../event/criteria.ts";
import type { Event } from "../event/event.ts";
import { compileCriteria } from "../event/matcher.ts";
import { ConnectionReport } from "./client_report.ts";
import {
  type Command,
  type CommandContext,
  defineCommand,
  EXIT_DONE,
  EXIT_FAILED,
} from "./command.ts";
import { EventPrinter } from "./event_printer.ts";
import {
  compileEventLine,
  DEFAULT_EVENT_FORMAT,
  DEFAULT_TIMESTAMP_FORMAT,
} from "./format/event_line.ts";
import { FormatError } from "./format/str_format.ts";
import { optionName, type OptionTable, type OptionValues } from "./option.ts";
import { unlessAborted } from "./stop_request.ts";
import { TimeLimit } from "./time_limit.ts";
import { UsageError } from "./usage_error.ts";

const FILTERS = "Which events";
const OUTPUT = "Output";

const OPTIONS = {
  live: { kind: "flag", short: "l", long: "live", help: "Follow events as they arrive" },
  formatOutput: {
    kind: "text",
    short: "F",
    long: "format-output",
    valueName: "FORMAT",
    group: OUTPUT,
    default: DEFAULT_EVENT_FORMAT,
    help: "Python format of a line, of id, timestamp, source, tags and content",
  },
  formatTimestamp: {
    kind: "text",
    short: "T",
    long: "format-timestamp",
    valueName: "STRFTIME",
    group: OUTPUT,
    default: DEFAULT_TIMESTAMP_FORMAT,
    help: "strftime format of the timestamp; empty leaves it a number",
  },
  closeTimeout: {
    kind: "number",
    long: "close-timeout",
    valueName: "SECONDS",
    default: 2,
    min: 0,
    max: 86_400,
    help: "How long the end of --live waits for the connection to be closed",
  },
  id: {
    kind: "text",
    long: "id",
    valueName: "PATTERN",
    group: FILTERS,
    help: "Pattern at the beginning of the id",
  },
  source: {
    kind: "text",
    short: "s",
    long: "source",
    valueName: "PATTERN",
    group: FILTERS,
    help: "Pattern at the beginning of the source",
  },
  after: {
    kind: "time",
    short: "a",
    long: "after",
    valueName: "TIME",
    group: FILTERS,
    help: "At this time or later: 1795341600, 2026-11-22T10:00, 15m, 2h, 3d ago, today",
  },
  before: {
    kind: "time",
    short: "b",
    long: "before",
    valueName: "TIME",
    group: FILTERS,
    help: "At this time or earlier",
  },
  content: {
    kind: "text",
    short: "c",
    long: "content",
    valueName: "PATTERN",
    group: FILTERS,
    help: "Pattern anywhere in the content",
  },
  tags: {
    kind: "list",
    short: "t",
    long: "tags",
    valueName: "PATTERN",
    group: FILTERS,
    help: "Patterns of which each must match one whole tag",
  },
  order: {
    kind: "text",
    short: "o",
    long: "order",
    valueName: "ORDER",
    group: FILTERS,
    choices: ["asc", "desc"],
    default: "asc",
    help: "Oldest first (asc) or newest first (desc); not for --live",
  },
  limit: {
    kind: "integer",
    long: "limit",
    valueName: "COUNT",
    group: FILTERS,
    min: 1,
    isNew: true,
    help: "At most that many events",
  },
} as const satisfies OptionTable;

type Values = OptionValues<typeof OPTIONS>;

/** `theia query`. */
export const queryCommand: Command = defineCommand({
  name: "query",
  summary: "Find stored events, or follow live ones",
  description: "Finds the events that the collector keeps and prints them, one line each; with " +
    "--live it prints events as they arrive, until SIGINT (Ctrl-C), SIGTERM or SIGHUP.\n\n" +
    "Patterns are Python regular expressions. What is given must hold all together.",
  options: OPTIONS,
  examples: [
    {
      purpose: "Errors of the last hour on a web host",
      command: "theia query -a 1h -t web -c 'error|fail'",
    },
    { purpose: "The ten newest events", command: "theia query -o desc --limit 10" },
    {
      purpose: "Follow a source, contents only",
      command: "theia query --live -s /var/log/nginx -F '{content}'",
    },
  ],
  exitCodes: {
    done: "done, whether events were found or not",
    failed: "the collector could not be reached, or answered with an error",
  },
  run: query,
});

async function query(values: Values, context: CommandContext): Promise<number> {
  const criteria = readCriteria(values);
  const { environment, reporter } = context;
  const printer = new EventPrinter(compileLine(values), environment.stdout, reporter);
  if (values.live) {
    await follow(criteria, printer, values.closeTimeout, context);
  } else {
    // A signal ends a find on the spot: there is nothing to put in order.
    const { host, port } = context.global;
    await printer.printFound(new Query(host, port).find(criteria).batches());
  }
  return printer.failures === 0 ? EXIT_DONE : EXIT_FAILED;
}

/** Prints live events until the user stops it, or as many as were asked for came. */
async function follow(
  criteria: Criteria,
  printer: EventPrinter,
  closeTimeoutSeconds: number,
  { global, reporter, stop }: CommandContext,
): Promise<void> {
  const report = new ConnectionReport(reporter);
  const ending = new AbortController();
  const result = new Query(global.host, global.port, {
    signal: ending.signal,
    onNotice: (notice) => report.take(notice),
  }).live(criteria);
  const printed = printer.printLive(result.batches());
  try {
    await unlessAborted(Promise.race([printed, printer.failed]), stop);
  } catch (error) {
    ending.abort(error);
    if (!stop.aborted) throw error;
    const ended = printed.catch(() => printer.flush());
    using limit = new TimeLimit(closeTimeoutSeconds * 1000);
    await Promise.race([ended, limit.passed]);
  }
}

/** What `query` asks for, and nothing that does not narrow it. */
function readCriteria(
  { live, id, source, content, tags, after, before, order, limit }: Values,
): Criteria {
  const criteria: Criteria = {
    ...(id ? { id } : {}),
    ...(source ? { source } : {}),
    ...(content ? { content } : {}),
    ...(tags.length > 0 ? { tags } : {}),
    ...(after ? { start: after } : {}),
    ...(before ? { end: before } : {}),
    ...(live ? {} : { order: order === "desc" ? "desc" : "asc" }),
    ...(limit === undefined ? {} : { limit }),
  };
  try {
    compileCriteria(criteria);
  } catch (cause) {
    if (!(cause instanceof CriteriaError)) throw cause;
    throw wrongPattern(cause);
  }
  return criteria;
}

function wrongPattern(cause: CriteriaError): UsageError {
  const key = cause.key;
  const option = key === "id" || key === "source" || key === "content" || key === "tags"
    ? optionName(OPTIONS[key])
    : "pattern";
  const reason = cause.cause instanceof Error ? cause.cause.message : cause.message;
  return new UsageError(`Cannot use option '${option}': ${reason}`, { cause });
}

function compileLine({ formatOutput, formatTimestamp }: Values): (event: Event) => string {
  try {
    return compileEventLine({ format: formatOutput, timestampFormat: formatTimestamp });
  } catch (cause) {
    if (!(cause instanceof FormatError)) throw cause;
    const option = optionName(OPTIONS.formatOutput);
    throw new UsageError(`Cannot use option '${option}': ${cause.message}`, { cause });
  }
}
