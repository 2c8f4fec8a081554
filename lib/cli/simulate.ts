import type { Event } from "../event/event.ts";
import { createEvent } from "../event/event.ts";
import { serializeEvent } from "../event/text_format.ts";
import {
  type Command,
  type CommandContext,
  defineCommand,
  EXIT_DONE,
  EXIT_FAILED,
} from "./command.ts";
import { connectUntilStopped } from "./connect.ts";
import { EventPush } from "./event_push.ts";
import { LineOutput } from "./line_output.ts";
import type { Option, OptionTable, OptionValues } from "./option.ts";
import { badValue } from "./option_value.ts";
import { MAX_DUE, Pace } from "./pace.ts";
import { Simulator } from "./simulator.ts";
import { unlessAborted } from "./stop_request.ts";
import { ClosedOutputError } from "./terminal.ts";
import { TimeLimit } from "./time_limit.ts";
import { CLIENT_TLS_OPTIONS, readClientTls } from "./tls_options.ts";
import { UsageError } from "./usage_error.ts";

const OPTIONS = {
  host: {
    kind: "text",
    short: "H",
    long: "host",
    valueName: "HOST",
    help: "Host of the collector [default: localhost]",
  },
  port: {
    kind: "integer",
    short: "p",
    long: "port",
    valueName: "PORT",
    min: 1,
    max: 65535,
    help: "Port of the collector, also -P [default: 6433]",
  },
  tags: {
    kind: "list",
    short: "t",
    valueName: "TAG",
    help: "Tags to choose from: an event gets some of them",
  },
  sources: {
    kind: "list",
    short: "s",
    valueName: "SOURCE",
    help: "Sources to choose from: an event gets one of them",
  },
  content: {
    kind: "text",
    short: "c",
    valueName: "TEXT",
    help: "The content of every event; without it, random sentences",
  },
  contentSize: {
    kind: "integer",
    long: "content-size",
    valueName: "SIZE",
    min: 1,
    max: 1_000_000,
    help: "Characters that random sentences have at least; without it, one sentence",
  },
  delay: {
    kind: "number",
    long: "delay",
    valueName: "SECONDS",
    min: 0,
    help: "Time between two events; 0 is as fast as the collector takes them [default: 1]",
  },
  rate: {
    kind: "number",
    long: "rate",
    valueName: "EVENTS",
    min: 0.001,
    isNew: true,
    help: "Events per second, instead of --delay",
  },
  count: {
    kind: "integer",
    long: "count",
    valueName: "COUNT",
    min: 0,
    isNew: true,
    help: "Stop after that many events; without it, go on until stopped",
  },
  batch: {
    kind: "integer",
    long: "batch",
    valueName: "COUNT",
    min: 1,
    max: MAX_DUE,
    isNew: true,
    help: "Send that many events at a time; without it, those that are due",
  },
  seed: {
    kind: "integer",
    long: "seed",
    valueName: "NUMBER",
    isNew: true,
    help: "Make the same events, ids included, as every run with this seed",
  },
  quiet: { kind: "flag", long: "quiet", isNew: true, help: "Do not print the events" },
  ...CLIENT_TLS_OPTIONS,
} as const satisfies OptionTable;

type Values = OptionValues<typeof OPTIONS>;

/** How long the end waits for the collector to acknowledge what was sent. */
const DELIVERY_TIMEOUT_MS = 5_000;

const DEFAULT_DELAY_SECONDS = 1;

/** `theia simulate`. */
export const simulateCommand: Command = defineCommand({
  name: "simulate",
  summary: "Make up events and push them",
  description:
    "Makes up events and pushes them to the collector, printing each one as it is sent, " +
    "and at the end how many there were. Without --delay or --rate it makes one event a second.\n\n" +
    "SIGINT (Ctrl-C), SIGTERM and SIGHUP stop it after what was sent is stored.",
  options: OPTIONS,
  examples: [
    { purpose: "An event each second", command: "theia simulate -t web db -s /web/1 /web/2" },
    {
      purpose: "Load: 100,000 events at 5,000 a second",
      command: "theia simulate --rate 5000 --count 100000 --quiet",
    },
  ],
  exitCodes: {
    done: "all that was sent is stored",
    failed: "no collector was found, or something that was sent is not stored",
  },
  run: simulate,
});

async function simulate(values: Values, context: CommandContext): Promise<number> {
  const pace = new Pace(chooseRate(values), context.environment.now);
  const simulator = makeSimulator(values);
  const address = {
    host: values.host ?? context.global.host,
    port: values.port ?? context.global.port,
    ...await readClientTls(values),
  };
  await using client = await connectUntilStopped(context, address, { retryFirst: false });
  if (client === undefined) return EXIT_DONE;
  const push = new EventPush(client, context.reporter);
  const startedMs = performance.now();
  try {
    await produce(simulator, pace, push, values, context);
  } catch (error) {
    if (error !== context.stop.reason && !(error instanceof ClosedOutputError)) throw error;
  }
  using limit = new TimeLimit(DELIVERY_TIMEOUT_MS);
  await push.finish(limit);
  return summarize(push, (performance.now() - startedMs) / 1000, context);
}

/** @throws The reason of the stop; a {@linkcode ClosedOutputError} when nobody reads the events. */
async function produce(
  simulator: Simulator,
  pace: Pace,
  push: EventPush,
  { count = Infinity, batch, quiet }: Values,
  { environment, stop }: CommandContext,
): Promise<void> {
  const output = new LineOutput(environment.stdout);
  for (let left = count; left > 0;) {
    const due = await pace.take(Math.min(batch ?? 1, left), Math.min(batch ?? MAX_DUE, left), stop);
    left -= due;
    const events = Array.from({ length: due }, () => simulator.next(environment.now() / 1000));
    if (!quiet) await print(events, output);
    await unlessAborted(push.send(events), stop);
  }
}

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** Prints events as Theia 0.9.2 does: serialized, with a blank line between. */
async function print(events: readonly Event[], output: LineOutput): Promise<void> {
  for (const event of events) {
    output.add(`${decoder.decode(serializeEvent(event))}\n`);
  }
  await output.flush();
}

/** Events per second. */
function chooseRate({ delay, rate }: Values): number {
  if (delay !== undefined && rate !== undefined) {
    throw new UsageError(
      "Cannot use options '--delay' and '--rate' together: each says how fast events are made; " +
        "give one of them",
    );
  }
  return rate ?? 1 / (delay ?? DEFAULT_DELAY_SECONDS);
}

function makeSimulator({ seed, tags, sources, content, contentSize }: Values): Simulator {
  checkEach(OPTIONS.tags, tags, (tag) => createEvent({ tags: [tag] }));
  checkEach(OPTIONS.sources, sources, (source) => createEvent({ source }));
  return new Simulator({ seed: seed ?? randomSeed(), tags, sources, content, contentSize });
}

/** @throws {UsageError} When an event cannot carry one of the values. */
function checkEach(
  option: Option,
  values: readonly string[],
  makeEvent: (value: string) => Event,
): void {
  for (const value of values) {
    try {
      makeEvent(value);
    } catch {
      throw badValue(option, "be a single line (tags: without commas)", value);
    }
  }
}

function randomSeed(): number {
  const [low = 0] = crypto.getRandomValues(new Uint32Array(1));
  return low;
}

function summarize(push: EventPush, seconds: number, { reporter }: CommandContext): number {
  const { sent, stored, duplicates, rejected } = push.counts;
  const rate = Math.round(sent / Math.max(seconds, 0.001));
  reporter.notice(
    `${sent} events sent in ${seconds.toFixed(1)} s (${rate}/s): ${stored} stored, ` +
      `${duplicates} stored before, ${rejected} refused, ${push.pending} not acknowledged.`,
  );
  return push.pending + rejected === 0 ? EXIT_DONE : EXIT_FAILED;
}
