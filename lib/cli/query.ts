import type { TlsOptions } from "../client/address.ts";
import { Query } from "../client/query.ts";
import type { Criteria } from "../event/criteria.ts";
import type { Event } from "../event/event.ts";
import { ConnectionReport } from "./client_report.ts";
import {
  type Command,
  type CommandContext,
  defineCommand,
  EXIT_DONE,
  EXIT_FAILED,
} from "./command.ts";
import { CRITERIA_OPTIONS, readCriteria } from "./criteria_options.ts";
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
import { CLIENT_TLS_OPTIONS, readClientTls } from "./tls_options.ts";
import { UsageError } from "./usage_error.ts";

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
  ...CRITERIA_OPTIONS,
  ...CLIENT_TLS_OPTIONS,
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
  const criteria = readCriteria(values, values.live);
  const { environment, reporter } = context;
  const tls = await readClientTls(values);
  const printer = new EventPrinter(compileLine(values), environment.stdout, reporter);
  if (values.live) {
    await follow(criteria, printer, { ...tls, closeTimeoutSeconds: values.closeTimeout }, context);
  } else {
    // A signal ends a find on the spot: there is nothing to put in order.
    const { host, port } = context.global;
    await printer.printFound(new Query(host, port, tls).find(criteria).batches());
  }
  return printer.failures === 0 ? EXIT_DONE : EXIT_FAILED;
}

/** Prints live events until the user stops it, or as many as were asked for came. */
async function follow(
  criteria: Criteria,
  printer: EventPrinter,
  { closeTimeoutSeconds, ...tls }: TlsOptions & { readonly closeTimeoutSeconds: number },
  { global, reporter, stop }: CommandContext,
): Promise<void> {
  const report = new ConnectionReport(reporter);
  const ending = new AbortController();
  const result = new Query(global.host, global.port, {
    ...tls,
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

function compileLine({ formatOutput, formatTimestamp }: Values): (event: Event) => string {
  try {
    return compileEventLine({ format: formatOutput, timestampFormat: formatTimestamp });
  } catch (cause) {
    if (!(cause instanceof FormatError)) throw cause;
    const option = optionName(OPTIONS.formatOutput);
    throw new UsageError(`Cannot use option '${option}': ${cause.message}`, { cause });
  }
}
