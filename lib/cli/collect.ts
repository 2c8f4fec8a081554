import { WEB_ASSETS } from "../web/assets.ts";
import type { Event } from "../event/event.ts";
import { Collector } from "../server/collector.ts";
import { openStore, withoutPassword } from "../store/open_store.ts";
import type { RetentionOptions } from "../store/sqlite/retention.ts";
import { MemoryStore } from "../store/memory/memory_store.ts";
import { reportCollector, reportStore } from "./collector_report.ts";
import { type Command, type CommandContext, defineCommand, EXIT_DONE } from "./command.ts";
import { CountingStore } from "./counting_store.ts";
import { compileEventLine } from "./format/event_line.ts";
import { printLine } from "./line_output.ts";
import type { OptionTable, OptionValues } from "./option.ts";
import { inertEvent } from "./query/inert_event.ts";
import { chooseRetention, RETENTION_OPTIONS } from "./retention_options.ts";
import { aborted } from "./stop_request.ts";
import { chooseStore } from "./store_choice.ts";
import { ClosedOutputError } from "./terminal.ts";
import { UsageError } from "./usage_error.ts";
import { readServerTls, SERVER_TLS_OPTIONS } from "./tls_options.ts";

const OPTIONS = {
  dataDir: {
    kind: "text",
    short: "d",
    long: "data-dir",
    valueName: "DIR",
    help: "Keep events in this directory, in plain text files of a minute each as Theia 0.9.2 does",
  },
  flushInterval: {
    kind: "number",
    long: "flush-interval",
    valueName: "SECONDS",
    min: 0,
    max: 86_400,
    isNew: true,
    help: "With -d: bring events to the disk so often instead of before they count as stored",
  },
  dbUrl: {
    kind: "text",
    short: "U",
    long: "db-url",
    valueName: "URL",
    help: "Keep events in this database: sqlite:///relative/path or sqlite:////absolute/path",
  },
  rdbsStore: {
    kind: "flag",
    long: "rdbs-store",
    help: "Keep events in a database; needs -U, which is enough alone",
  },
  store: {
    kind: "text",
    long: "store",
    valueName: "URL",
    isNew: true,
    help:
      "Keep events in this store: sqlite:///path, files:path, clickhouse://user:password@host:8123/" +
      "database, or memory: until the collector stops",
  },
  live: {
    kind: "flag",
    long: "live",
    help: "Keep nothing: pass events on to those who follow them",
  },
  allowOrigin: {
    kind: "list",
    long: "allow-origin",
    valueName: "ORIGIN",
    isNew: true,
    help: "Let web pages of this origin, such as https://ops.example, use the collector",
  },
  ...SERVER_TLS_OPTIONS,
  ...RETENTION_OPTIONS,
} as const satisfies OptionTable;

/** `theia collect`. */
export const collectCommand: Command = defineCommand({
  name: "collect",
  summary: "Start the collector",
  description:
    "Starts the collector: it takes events from watchers and other producers, keeps them, and " +
    "answers queries. Unless told otherwise it keeps them in ./theia-data/events.db.\n\n" +
    "The same port answers HTTP: http://localhost:6433/ is the page, /events finds and stores " +
    "events, /stats counts them, /metrics is for Prometheus, /openapi.json describes it all.\n\n" +
    "SIGINT (Ctrl-C), SIGTERM and SIGHUP stop it after what was accepted is stored; a second one " +
    "stops it at once.",
  options: OPTIONS,
  examples: [
    { purpose: "On port 7000 of all interfaces", command: "theia collect -H 0.0.0.0 -P 7000" },
    { purpose: "Keep events elsewhere", command: "theia collect -d /var/lib/theia" },
    {
      purpose: "Keep events for 30 days, 10 GB at most",
      command: "theia collect --retention 30d --max-bytes 10GB",
    },
    { purpose: "Pass events on without keeping them", command: "theia collect --live" },
  ],
  exitCodes: {
    done: "stopped on request",
    failed: "could not listen, or could not open the store",
  },
  run: collect,
});

type Values = OptionValues<typeof OPTIONS>;

async function collect(values: Values, context: CommandContext): Promise<number> {
  const { stop, environment, reporter, global } = context;
  const url = chooseStore(values);
  const retention = chooseRetention(values, url);
  const tls = await readServerTls(values);
  for (const origin of values.allowOrigin) assertOrigin(origin);
  await using store = url === undefined
    ? undefined
    : await openCounted(url, values, retention, context);
  const startedMs = environment.now();
  let malformed = 0;
  {
    await using collector = await Collector.listen({
      ...(store === undefined ? {} : { store }),
      hostname: global.host,
      port: global.port,
      tls,
      allowedOrigins: values.allowOrigin,
      assets: WEB_ASSETS,
      writeLine: compileInertLine(),
      observer: (notice) => {
        if (notice.kind === "malformed-event") malformed++;
        if (notice.kind === "events-rejected") malformed += notice.count;
        reportCollector(notice, reporter);
      },
    });
    await announce(collector, tls === undefined ? "ws" : "wss", url, context);
    await Promise.race([aborted(stop), collector.finished]);
    if (stop.aborted) reporter.notice("Stopping; a second signal stops at once.");
  }
  const seconds = Math.round((environment.now() - startedMs) / 1000);
  const counts = store === undefined
    ? "no events kept"
    : `${store.saved} events stored, ${store.duplicates} duplicates`;
  reporter.notice(`Stopped after ${seconds} s: ${counts}, ${malformed} malformed.`);
  return EXIT_DONE;
}

async function openCounted(
  url: string,
  { flushInterval = 0 }: Values,
  retention: RetentionOptions | undefined,
  { reporter }: CommandContext,
): Promise<CountingStore> {
  const store = await openStore(url, {
    flushIntervalMs: flushInterval * 1000,
    observer: (notice) => reportStore(notice, reporter),
    ...(retention === undefined ? {} : { retention }),
  });
  if (store instanceof MemoryStore) {
    reporter.warning("Events are kept in memory: they are gone when the collector stops.");
  }
  return new CountingStore(store);
}

function assertOrigin(text: string): void {
  if (URL.canParse(text) && new URL(text).origin === text) return;
  throw new UsageError(
    `Cannot start collector as '--allow-origin' must be scheme and host, such as ` +
      `https://ops.example: current value is '${text}'`,
  );
}

/** A line as `theia query` prints it by itself. */
function compileInertLine(): (event: Event) => string {
  const write = compileEventLine();
  return (event) => write(inertEvent(event));
}

function ignoreClosed(error: unknown): void {
  if (!(error instanceof ClosedOutputError)) throw error;
}

async function announce(
  collector: Collector,
  scheme: "ws" | "wss",
  url: string | undefined,
  { environment }: CommandContext,
): Promise<void> {
  const { hostname, port } = collector;
  const host = hostname.includes(":") ? `[${hostname}]` : hostname;
  const store = url === undefined ? "none (live only)" : withoutPassword(url);
  const lines = [
    `Theia collector listening on ${scheme}://${host}:${port}, store ${store}`,
    `The page is at ${scheme === "ws" ? "http" : "https"}://${browsable(host)}:${port}/`,
  ];
  // A collector goes on without anybody who reads what it prints.
  await printLine(environment.stdout, lines.join("\n")).catch(ignoreClosed);
}

/** A browser on this machine cannot go to all interfaces. */
function browsable(host: string): string {
  return host === "0.0.0.0" || host === "[::]" ? "localhost" : host;
}
