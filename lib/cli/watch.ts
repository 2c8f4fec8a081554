import { join } from "node:path";
import type { Client } from "../client/client.ts";
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
import { aborted } from "./stop_request.ts";
import { reportCheckpoint, reportTail } from "./tail_report.ts";
import { TimeLimit } from "./time_limit.ts";
import { readClientTls } from "./tls_options.ts";
import { BatchDelivery } from "./watch/batch_delivery.ts";
import { collectorAddresses } from "./watch/collectors.ts";
import { dryRun } from "./watch/dry_run.ts";
import { defaultStateDirectory } from "./watch/state_directory.ts";
import { WATCH_OPTIONS, type WatchValues } from "./watch/watch_options.ts";
import {
  type ReadingSettings,
  readingSettings,
  resumeSettings,
  STANDARD_INPUT,
} from "./watch/watcher_settings.ts";

/** How long a stop waits for the collector to acknowledge what was read. */
const DELIVERY_TIMEOUT_MS = 5_000;

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
    failed: "something that was read is not stored, or the server is no collector",
  },
  run: watch,
});

async function watch(values: WatchValues, context: CommandContext): Promise<number> {
  const { environment, reporter, stop } = context;
  // Listening for signals takes handles, of which files may leave none.
  stop.throwIfAborted();
  const settings = readingSettings(values, environment.hostname());
  const tls = await readClientTls(values);
  const collectors = collectorAddresses(values, context.global, tls);
  if (values.dryRun) return await dryRun(settings, values, context);
  const directory = values.stateDir ?? defaultStateDirectory(environment);
  await using checkpoint = await Checkpoint.open(directory, {
    observer: (notice) => reportCheckpoint(notice, reporter),
  });
  const letters = join(directory, REJECTED_NAME);
  await using letterFile = await DeadLetterFile.open(letters);
  await using watcher = await openWatcher(settings, values, checkpoint, context);
  await using client = await connectUntilStopped(context, { collectors });
  if (client === undefined) {
    reporter.notice("Stopped before a collector was found: nothing was read.");
    return EXIT_DONE;
  }
  const rejected = new RejectedEvents(letterFile, letters, reporter);
  const delivery = new BatchDelivery({ client, checkpoint, rejected });
  const input = standardInput(values, settings, context);
  await deliver({ watcher, input, delivery, client, once: values.once }, context);
  return summarize(delivery, context);
}

async function openWatcher(
  settings: ReadingSettings,
  values: WatchValues,
  checkpoint: Checkpoint,
  { reporter }: CommandContext,
): Promise<Watcher> {
  const watcher = await Watcher.open({
    ...settings,
    ...resumeSettings(values, checkpoint.state),
    onPlace: (position) => checkpoint.place(position),
    observer: (notice) => reportTail(notice, reporter),
  });
  // From here on a crash cannot make a file be taken for one that is followed for the first time.
  for (const source of sourcesOf(settings)) checkpoint.addSource(source);
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

/** What is read, and where it goes. */
interface Flow {
  readonly watcher: Watcher;
  readonly input: StreamSource | undefined;
  readonly delivery: BatchDelivery;
  readonly client: Client;
  readonly once: boolean;
}

/** Delivers until the command is stopped, or with `once` to the end. */
async function deliver(flow: Flow, { stop, reporter }: CommandContext): Promise<void> {
  const { watcher, input, delivery, once } = flow;
  if (once) watcher.drain();
  const taken = Promise.all([
    delivery.take(watcher),
    ...input === undefined ? [] : [delivery.take(input)],
  ]).then(() => delivery.finish());
  await Promise.race([aborted(stop), taken]);
  if (!stop.aborted) return;
  reporter.notice("Stopping; a second signal stops at once.");
  watcher.drain();
  input?.stop();
  using limit = new TimeLimit(DELIVERY_TIMEOUT_MS);
  await Promise.race([taken, limit.passed]);
}

function summarize(delivery: BatchDelivery, { reporter }: CommandContext): number {
  const { read, stored, duplicates, rejected } = delivery.counts;
  reporter.notice(
    `${read} events read: ${stored} stored, ${duplicates} stored before, ${rejected} refused, ` +
      `${delivery.pending} not acknowledged.`,
  );
  return delivery.pending + rejected === 0 ? EXIT_DONE : EXIT_FAILED;
}
