import type { TlsOptions } from "../client/address.ts";
import { Query } from "../client/query.ts";
import type { Criteria } from "../event/criteria.ts";
import {
  type Command,
  type CommandContext,
  defineCommand,
  EXIT_DONE,
  EXIT_FAILED,
} from "./command.ts";
import { readCriteria } from "./criteria_options.ts";
import { formatEvents } from "./format/count.ts";
import { LineOutput } from "./line_output.ts";
import { NewFile } from "./new_file.ts";
import { countChart } from "./query/count_chart.ts";
import { countEvents } from "./query/count_events.ts";
import { countRows } from "./query/count_rows.ts";
import { EventPrinter } from "./query/event_printer.ts";
import { printFound } from "./query/find_events.ts";
import { followEvents } from "./query/follow_events.ts";
import { chooseFormat, wantsColors } from "./query/format_choice.ts";
import { nothingHint } from "./query/nothing_hint.ts";
import { withProgress } from "./query/output_progress.ts";
import { QUERY_OPTIONS, type QueryValues } from "./query/query_options.ts";
import { type CountTask, type QueryTask, readTask } from "./query/query_task.ts";
import { asUnfinished } from "./store/unfinished.ts";
import { type OutputStream, USUAL_COLUMNS } from "./terminal.ts";
import { readClientTls } from "./tls_options.ts";

/** `theia query`. */
export const queryCommand: Command = defineCommand({
  name: "query",
  summary: "Find, count or follow events",
  description: "Finds the events that the collector keeps and prints them, one line each; with " +
    "--live it prints events as they arrive, with --follow first those that are stored, until SIGINT " +
    "(Ctrl-C), SIGTERM or SIGHUP. Counting by --count, --histogram and --by fetches no events.\n\n" +
    "Patterns are Python regular expressions. What is given must hold all together. On a terminal, " +
    "control characters and marks of direction in events are shown, not obeyed.",
  options: QUERY_OPTIONS,
  examples: [
    {
      purpose: "Errors of the last hour on a web host, with two events around each",
      command: "theia query -a 1h -t web -c 'error|fail' -C 2",
    },
    { purpose: "The ten newest events, and those to come", command: "theia query -n 10 -f" },
    {
      purpose: "Follow a source, contents only",
      command: "theia query --live -s /var/log/nginx -F '{content}'",
    },
    { purpose: "The shape of a day", command: "theia query -a today --histogram auto" },
    {
      purpose: "Into a file, for other programs",
      command: "theia query -a 1d --format json --output day.jsonl",
    },
  ],
  exitCodes: {
    done: "done, whether events were found or not",
    failed:
      "the collector could not be reached, or answered with an error; events could not be shown, " +
      "or the file not be written",
  },
  run: query,
});

/** Everything that a task is done with. */
interface QueryParts {
  readonly values: QueryValues;
  readonly criteria: Criteria;
  readonly tls: TlsOptions;
  readonly context: CommandContext;
}

async function query(values: QueryValues, context: CommandContext): Promise<number> {
  const task = readTask(values);
  const criteria = readCriteria(values, task.kind === "live" || task.kind === "follow");
  const parts: QueryParts = { values, criteria, tls: await readClientTls(values), context };
  const { output } = values;
  const { stdout } = context.environment;
  if (output === undefined || output === "-") return await perform(task, parts, stdout);
  // A format that cannot be used leaves no file.
  chooseFormat(values, context.environment, stdout);
  const hint = "choose another name, or replace it by '--force'";
  await using file = await NewFile.create(output, { replace: values.force, hint });
  try {
    const code = await perform(task, parts, file, context.stop);
    await file.finish();
    return code;
  } catch (error) {
    throw asUnfinished(error, `nothing was written to '${output}'`);
  }
}

/** @param stop Ends the work before it is done; without, a signal ends the program on the spot. */
async function perform(
  task: QueryTask,
  parts: QueryParts,
  stream: OutputStream,
  stop?: AbortSignal,
): Promise<number> {
  const { values, criteria, tls, context } = parts;
  const { host, port } = context.global;
  const options = stop === undefined ? tls : { ...tls, signal: stop };
  const asking = new Query(host, port, options);
  if (task.kind === "count") return await printCounts(asking, task, parts, stream);
  const format = chooseFormat(values, context.environment, stream);
  const printer = new EventPrinter(format, stream, context.reporter);
  if (task.kind === "find" || task.kind === "context") {
    const around = task.kind === "context" ? task : undefined;
    const { tail } = task;
    await withProgress(
      { asking, criteria, tail, context, isShown: stop !== undefined },
      (onProgress) => printFound(asking, printer, { criteria, tail, context: around, onProgress }),
    );
    if (printer.printed === 0) hint(criteria, context);
  } else {
    const from = task.kind === "live" ? "now" : task.tail ?? "beginning";
    const closeTimeoutSeconds = values.closeTimeout;
    await followEvents({ criteria, from, tls, closeTimeoutSeconds }, printer, context);
  }
  return printer.failures === 0 ? EXIT_DONE : EXIT_FAILED;
}

/** A person who found nothing may have meant something else; programs know what they do. */
function hint(criteria: Criteria, { environment, reporter }: CommandContext): void {
  if (environment.stderr.isTerminal) reporter.notice(nothingHint(criteria));
}

/** More bars than this are no picture any more. */
const TERMINAL_ROWS = 40;

/** Groups that a person reads, unless more are asked for. */
const TERMINAL_GROUPS = 20;

async function printCounts(
  asking: Query,
  task: CountTask,
  { values, criteria, context }: QueryParts,
  stream: OutputStream,
): Promise<number> {
  const format = values.format === "json" || values.format === "csv" ? values.format : "text";
  const isChart = format === "text" && stream.isTerminal;
  const top = task.top ?? (isChart ? TERMINAL_GROUPS : undefined);
  const counted = await countEvents(asking, criteria, { ...task, top }, TERMINAL_ROWS);
  const lines = isChart
    ? countChart(
      counted,
      stream.columns?.() ?? USUAL_COLUMNS,
      wantsColors(values, context.environment, stream),
    )
    : countRows(counted, format, stream.isTerminal);
  const output = new LineOutput(stream);
  for (const line of lines) {
    output.add(line);
    if (output.isFull) await output.flush();
  }
  await output.flush();
  const { matched, otherEvents } = counted.counts;
  if (matched === 0) hint(criteria, context);
  if (!isChart && otherEvents > 0) {
    context.reporter.notice(
      `${formatEvents(otherEvents)} of other ${task.by}s not listed; '--top' lists more of them`,
    );
  }
  return EXIT_DONE;
}
