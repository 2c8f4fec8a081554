import { join } from "node:path";
import type { CollectorAddress } from "../client/address.ts";
import type { ClientNotice } from "../client/notice.ts";
import { Checkpoint } from "../tail/checkpoint/checkpoint.ts";
import { DeadLetterFile } from "../tail/dead_letter_file.ts";
import { StreamSource } from "../tail/stream_source.ts";
import { Watcher } from "../tail/watcher.ts";
import { sourcesOf } from "../tail/watcher_options.ts";
import {
  type Command,
  type CommandContext,
  defineCommand,
  EXIT_DONE,
  EXIT_FAILED,
} from "./command.ts";
import { connectUntilStopped } from "./connect.ts";
import { RejectedEvents } from "./rejected_events.ts";
import type { Reporter } from "./reporter.ts";
import { unlessStopped } from "./stop_request.ts";
import { reportCheckpoint, reportTail } from "./tail_report.ts";
import { readClientTls } from "./tls_options.ts";
import { BatchDelivery, NO_COUNTS } from "./watch/batch_delivery.ts";
import { collectorAddresses } from "./watch/collectors.ts";
import { dryRun } from "./watch/dry_run.ts";
import { IdleCleanup } from "./watch/idle_cleanup.ts";
import { MetricsServer } from "./watch/metrics_server.ts";
import { stateDirectory } from "./watch/state_directory.ts";
import { checkStatusPath, StatusFile } from "./watch/status_file.ts";
import { runFlow } from "./watch/watch_flow.ts";
import { WatchMonitor } from "./watch/watch_monitor.ts";
import { WATCH_OPTIONS, type WatchValues } from "./watch/watch_options.ts";
import {
  type ReadingSettings,
  readingSettings,
  resumeSettings,
  STANDARD_INPUT,
} from "./watch/watcher_settings.ts";

/** The file of a state directory with the events that a collector refused. */
const REJECTED_NAME = "rejected.events";

/** `theia watch`. */
export const watchCommand: Command = defineCommand({
  name: "watch",
  summary: "Push what is appended to files",
  description:
    "Follows files and pushes what is appended to them to the collector, line by line, each line " +
    "once: whatever is rotated, killed or unplugged. While the collector is away the files keep " +
    "what is to be sent.\n\n" +
    "How far each file was delivered is kept in the state directory. The first start begins at the " +
    "end of the files, every later one goes on where the last one ended.\n\n" +
    "SIGINT (Ctrl-C), SIGTERM and SIGHUP stop it after what is in the files was delivered, in 5 " +
    "seconds at most; a second one stops it at once.",
  options: WATCH_OPTIONS,
  examples: [
    { purpose: "Follow two files", command: "theia watch -f /var/log/syslog app.log -t web prod" },
    {
      purpose: "Follow all logs of a tree, for a collector elsewhere and one to fall back on",
      command: "theia watch -c logs.example.org spare.example.org --glob '/var/log/**/*.log'",
    },
    {
      purpose: "Deliver files once, with stack traces in one piece and the times they tell",
      command: "theia watch -f app.log --once --multiline-indent --time-pattern auto",
    },
  ],
  exitCodes: {
    done: "stopped on request, or with --once at the end of the files: all that was read is stored",
    failed: "something that was read is not stored, the server is no collector, or with --once: " +
      "stopped before the end, or a file cannot be read",
  },
  run: watch,
});

async function watch(values: WatchValues, context: CommandContext): Promise<number> {
  // Listening for signals takes handles, of which files may leave none.
  const { environment, stop } = context;
  const settings = readingSettings(values, environment.hostname());
  const tls = await readClientTls(values);
  const collectors = collectorAddresses(values, context.global, tls);
  const directory = stateDirectory(values, environment);
  if (values.dryRun) return await dryRun(settings, { ...values, directory }, context);
  if (values.status !== undefined) await checkStatusPath(values.status);
  const monitor = new WatchMonitor({ directory, now: environment.now });
  await using checkpoint = await unlessStopped(stop, (signal) =>
    Checkpoint.open(directory, {
      signal,
      observer: (notice) => {
        monitor.takeCheckpoint(notice);
        reportCheckpoint(notice, context.reporter);
      },
    }));
  if (checkpoint === undefined) return stoppedEarly(values, context);
  await using _operation = await openOperation(values, monitor, context);
  try {
    return await follow({ values, settings, collectors, directory, checkpoint, monitor }, context);
  } finally {
    monitor.stopped();
  }
}

/** What a watcher is made of. */
interface Setup {
  readonly values: WatchValues;
  readonly settings: ReadingSettings;
  readonly collectors: readonly CollectorAddress[];
  readonly directory: string;
  readonly checkpoint: Checkpoint;
  readonly monitor: WatchMonitor;
}

async function follow(setup: Setup, context: CommandContext): Promise<number> {
  const { values, settings, collectors, directory, checkpoint, monitor } = setup;
  const { reporter, stop } = context;
  const letters = join(directory, REJECTED_NAME);
  await using letterFile = await DeadLetterFile.open(letters);
  const unreadable = new Set<string>();
  await using watcher = await unlessStopped(
    stop,
    () => openWatcher(setup, unreadable, reporter),
  );
  if (watcher === undefined) return stoppedEarly(values, context);
  monitor.follow(watcher);
  monitor.deliver({ counts: NO_COUNTS, undelivered: () => checkpoint.state.unsettled });
  const onNotice = (notice: ClientNotice) => monitor.takeConnection(notice);
  await using client = await connectUntilStopped(context, { collectors }, { onNotice });
  try {
    if (client === undefined) return stoppedEarly(values, context);
    const rejected = new RejectedEvents(letterFile, letters, reporter);
    const { unsettled } = checkpoint.state;
    const delivery = new BatchDelivery({ client, checkpoint, rejected, unsettled });
    monitor.deliver(delivery);
    using _cleanup = new IdleCleanup({ progress: () => delivery.counts.read });
    const input = standardInput(values, settings, context);
    const { once } = values;
    const isComplete = await runFlow({ watcher, input, delivery, monitor, once }, context);
    const isDone = !once || (isComplete && unreadable.size === 0);
    return summarize(delivery, context) && isDone ? EXIT_DONE : EXIT_FAILED;
  } finally {
    // While the files are open: what is left in them is the last that the status says.
    monitor.stopped();
  }
}

/** A status file and metrics, where they are asked for. */
async function openOperation(
  { status, metricsPort }: WatchValues,
  monitor: WatchMonitor,
  { reporter, environment: { now } }: CommandContext,
): Promise<AsyncDisposable> {
  await using resources = new AsyncDisposableStack();
  if (metricsPort !== undefined) {
    const server = resources.use(MetricsServer.listen(metricsPort, () => monitor.status()));
    reporter.notice(`Metrics are at ${server.url}`);
  }
  if (status !== undefined) {
    const parts = { status: () => monitor.status(), reporter, now };
    resources.use(await StatusFile.open(status, parts));
  }
  return resources.move();
}

async function openWatcher(
  { settings, values, checkpoint }: Setup,
  unreadable: Set<string>,
  reporter: Reporter,
): Promise<Watcher> {
  const watcher = await Watcher.open({
    ...settings,
    ...resumeSettings(values, checkpoint.state),
    onPlace: (position) => checkpoint.place(position),
    observer: (notice) => {
      if (notice.kind === "unreadable") unreadable.add(notice.path);
      if (notice.kind === "opened") unreadable.delete(notice.path);
      reportTail(notice, reporter, values.once);
    },
  });
  // From here on a crash cannot make a file be taken for one that is followed for the first time.
  for (const source of sourcesOf(settings)) checkpoint.addSource(source);
  await checkpoint.flush();
  return watcher;
}

function standardInput(
  { files }: WatchValues,
  { tags, encoding, limits, multiline, times }: ReadingSettings,
  { environment, reporter }: CommandContext,
): StreamSource | undefined {
  if (!files.includes(STANDARD_INPUT)) return undefined;
  return new StreamSource(ReadableStream.from(environment.stdin()), {
    ...tags === undefined ? {} : { tags },
    ...encoding === undefined ? {} : { encoding },
    ...limits === undefined ? {} : { limits },
    ...multiline === undefined ? {} : { multiline },
    ...times === undefined ? {} : { times },
    observer: (notice) => reportTail(notice, reporter),
  });
}

/** What was to be delivered once is not; who only follows has the files as they are. */
function stoppedEarly({ once }: WatchValues, { reporter }: CommandContext): number {
  reporter.notice("Stopped before a collector was found: nothing was read.");
  return once ? EXIT_FAILED : EXIT_DONE;
}

/** Whether all that was read is stored. */
function summarize(delivery: BatchDelivery, { reporter }: CommandContext): boolean {
  const { read, stored, duplicates, rejected } = delivery.counts;
  reporter.notice(
    `${read} events read: ${stored} stored, ${duplicates} stored before, ${rejected} refused, ` +
      `${delivery.pending} not acknowledged.`,
  );
  return delivery.pending + rejected === 0;
}
