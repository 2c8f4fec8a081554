import { createEvent } from "../event/event.ts";
import { Watcher } from "../tail/watcher.ts";
import {
  type Command,
  type CommandContext,
  defineCommand,
  EXIT_DONE,
  EXIT_FAILED,
} from "./command.ts";
import { connectUntilStopped } from "./connect.ts";
import { EventPush } from "./event_push.ts";
import type { OptionTable, OptionValues } from "./option.ts";
import { badValue } from "./option_value.ts";
import type { Reporter } from "./reporter.ts";
import { aborted } from "./stop_request.ts";
import { reportTail } from "./tail_report.ts";
import { TimeLimit } from "./time_limit.ts";
import { UsageError } from "./usage_error.ts";

const OPTIONS = {
  collectorServer: {
    kind: "text",
    short: "c",
    long: "collector-server",
    valueName: "HOST",
    help: "Host of the collector; without it that of -H",
  },
  collectorPort: {
    kind: "integer",
    short: "p",
    long: "collector-port",
    valueName: "PORT",
    min: 1,
    max: 65535,
    help: "Port of the collector; without it that of -P",
  },
  secure: { kind: "flag", long: "secure", help: "Use TLS" },
  files: {
    kind: "list",
    short: "f",
    long: "files",
    valueName: "FILE",
    help: "Files to follow; they need not exist yet",
  },
  directory: {
    kind: "list",
    short: "d",
    long: "directory",
    valueName: "DIR",
    help: "Directories of which every file is followed",
  },
  tags: {
    kind: "list",
    short: "t",
    long: "tags",
    valueName: "TAG",
    help: "Tags of the events, after the name of this machine",
  },
  split: {
    kind: "text",
    long: "split",
    valueName: "HOW",
    choices: ["line", "diff"],
    default: "line",
    isNew: true,
    help: "An event for each line, or (diff) for all that was appended between two looks",
  },
  from: {
    kind: "text",
    long: "from",
    valueName: "WHERE",
    choices: ["end", "beginning"],
    default: "end",
    isNew: true,
    help: "Where to begin in files that are there already: at the end, or at the beginning",
  },
} as const satisfies OptionTable;

type Values = OptionValues<typeof OPTIONS>;

/** How long a stop waits for the collector to acknowledge what was read. */
const DELIVERY_TIMEOUT_MS = 5_000;

/** `theia watch`. */
export const watchCommand: Command = defineCommand({
  name: "watch",
  summary: "Push what is appended to files",
  description:
    "Follows files and pushes what is appended to them to the collector, line by line. " +
    "While the collector is away the files keep what is to be sent; nothing is lost or sent twice " +
    "by that.\n\n" +
    "SIGINT (Ctrl-C), SIGTERM and SIGHUP stop it after what is in the files was delivered, in 5 " +
    "seconds at most; a second one stops it at once.",
  options: OPTIONS,
  examples: [
    { purpose: "Follow two files", command: "theia watch -f /var/log/syslog app.log -t web prod" },
    {
      purpose: "Follow all files of a directory, for a collector elsewhere",
      command: "theia watch -c logs.example.org -d /var/log/nginx",
    },
  ],
  exitCodes: {
    done: "stopped on request, all that was read is stored",
    failed: "something that was read is not stored, or the server is no collector",
  },
  run: watch,
});

async function watch(values: Values, context: CommandContext): Promise<number> {
  checkValues(values);
  const { reporter, stop } = context;
  await using watcher = await openWatcher(values, context);
  await using client = await connectUntilStopped(context, {
    host: values.collectorServer ?? context.global.host,
    port: values.collectorPort ?? context.global.port,
    secure: values.secure,
  });
  if (client === undefined) {
    reporter.notice("Stopped before a collector was found: nothing was read.");
    return EXIT_DONE;
  }
  const push = new EventPush(client, reporter);
  const delivered = deliver(watcher, push);
  await Promise.race([aborted(stop), delivered]);
  reporter.notice("Stopping; a second signal stops at once.");
  watcher.drain();
  using limit = new TimeLimit(DELIVERY_TIMEOUT_MS);
  await Promise.race([delivered, limit.passed]);
  await push.finish(limit);
  return summarize(push, reporter);
}

function openWatcher(
  { files, directory, tags, from, split }: Values,
  { environment, reporter }: CommandContext,
): Promise<Watcher> {
  return Watcher.open({
    files,
    directories: directory,
    tags: [environment.hostname(), ...tags],
    from: from === "beginning" ? "beginning" : "end",
    split: split === "diff" ? "diff" : "line",
    observer: (notice) => reportTail(notice, reporter),
  });
}

async function deliver(watcher: Watcher, push: EventPush): Promise<void> {
  for await (const { events } of watcher) await push.send(events);
}

function summarize(push: EventPush, reporter: Reporter): number {
  const { sent, stored, duplicates, rejected } = push.counts;
  reporter.notice(
    `${sent} events read: ${stored} stored, ${duplicates} stored before, ${rejected} refused, ` +
      `${push.pending} not acknowledged.`,
  );
  return push.pending + rejected === 0 ? EXIT_DONE : EXIT_FAILED;
}

function checkValues({ files, directory, tags }: Values): void {
  if (files.length + directory.length === 0) {
    throw new UsageError(
      "Cannot watch nothing: name files with '-f/--files' or directories with '-d/--directory'",
    );
  }
  if ([...files, ...directory].includes("")) {
    throw badValue(files.includes("") ? OPTIONS.files : OPTIONS.directory, "not be empty", "");
  }
  for (const tag of tags) {
    try {
      createEvent({ tags: [tag] });
    } catch {
      throw badValue(OPTIONS.tags, "be a single line without commas", tag);
    }
  }
}
