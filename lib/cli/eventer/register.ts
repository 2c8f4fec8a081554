import { TIME_EXAMPLES } from "../../base/time_text.ts";
import type { EventerClient } from "../../hat/eventer/eventer_client.ts";
import type { RegisterEvent } from "../../hat/event.ts";
import { type EventPayload, EventPayloadBinary, EventPayloadJson } from "../../hat/payload.ts";
import { Timestamp } from "../../hat/timestamp.ts";
import {
  type Command,
  type CommandContext,
  defineCommand,
  EXIT_DONE,
  EXIT_FAILED,
} from "../command.ts";
import type { OptionTable, OptionValues } from "../option.ts";
import { badValue } from "../option_value.ts";
import { UsageError } from "../usage_error.ts";
import { EVENTER_CLIENT_OPTIONS } from "./connect_eventer.ts";
import { EventOutput, OUTPUT_OPTIONS } from "./event_output.ts";
import { readEventBatches } from "./event_batches.ts";
import { parseTypeArgument, TYPE_HELP } from "./type_argument.ts";
import { withEventer } from "./with_eventer.ts";

const EVENT = "The event";

const OPTIONS = {
  payload: {
    kind: "text",
    short: "p",
    long: "payload",
    valueName: "JSON",
    group: EVENT,
    isNew: true,
    help: "What it carries, as JSON",
  },
  file: {
    kind: "text",
    long: "file",
    valueName: "FILE",
    group: EVENT,
    isNew: true,
    help: "What it carries: the bytes of this file",
  },
  payloadType: {
    kind: "text",
    long: "payload-type",
    valueName: "TEXT",
    group: EVENT,
    isNew: true,
    help: "With --file: what the bytes are [default: '']",
  },
  sourceTime: {
    kind: "time",
    long: "source-time",
    valueName: "TIME",
    group: EVENT,
    isNew: true,
    help: `When it arose: ${TIME_EXAMPLES}`,
  },
  noAnswer: {
    kind: "flag",
    long: "no-answer",
    isNew: true,
    help: "Send, and do not ask what became of it",
  },
  ...OUTPUT_OPTIONS,
  ...EVENTER_CLIENT_OPTIONS,
} as const satisfies OptionTable;

type Values = OptionValues<typeof OPTIONS>;

/** `theia eventer register`. */
export const eventerRegisterCommand: Command = defineCommand({
  name: "eventer register",
  summary: "Register events with an event server",
  description:
    "Registers an event of this type, or, without one, the events on standard input: JSON, " +
    "one line each, with type, sourceTimestamp and payload. Lines that come together are " +
    "registered together. Prints the events as the server registered them.",
  options: OPTIONS,
  operands: {
    name: "TYPE",
    help: `The type of the event: ${TYPE_HELP}`,
    max: 1,
  },
  examples: [
    {
      purpose: "A reading",
      command: "theia eventer register plant/oven/temperature -p 212.5",
    },
    {
      purpose: "Copy the events of another server",
      command: "theia eventer query --json -o asc -H other | theia eventer register",
    },
  ],
  exitCodes: {
    done: "the server registered them, or with --no-answer: they were sent",
    failed: "the server could not be reached or did not register them, a line is no event, or a " +
      "signal came before the end",
  },
  run: register,
});

async function register(values: Values, context: CommandContext): Promise<number> {
  const [type] = context.operands;
  if (type === undefined) assertAlone(values);
  const event = type === undefined ? undefined : await readEvent(type, values);
  return await withEventer(values, context, async (client) => {
    const batches = event === undefined
      ? readEventBatches(context.environment.stdin(), context.stop)
      : [[event]];
    if (await registerBatches(batches, client, values, context)) return EXIT_DONE;
    context.reporter.error(
      `Cannot register events: the server did not do it; its status is '${client.status}'`,
    );
    return EXIT_FAILED;
  });
}

/** Whether the server did it. */
async function registerBatches(
  batches: AsyncIterable<readonly RegisterEvent[]> | readonly (readonly RegisterEvent[])[],
  client: EventerClient,
  values: Values,
  { environment }: CommandContext,
): Promise<boolean> {
  const output = new EventOutput(environment.stdout, values);
  let isDone = true;
  for await (const events of batches) {
    isDone = await send(events, client, output, values);
    if (!isDone) break;
  }
  await output.flush();
  return isDone;
}

/** Whether the server did it, as far as it was asked. */
async function send(
  events: readonly RegisterEvent[],
  client: EventerClient,
  output: EventOutput,
  { noAnswer }: Values,
): Promise<boolean> {
  if (noAnswer) {
    await client.registerUnanswered(events);
    return true;
  }
  const registered = await client.register(events);
  if (registered === undefined) return false;
  await output.print(registered);
  return true;
}

function assertAlone({ payload, file, payloadType, sourceTime }: Values): void {
  const isGiven = [payload, file, payloadType, sourceTime].some((value) => value !== undefined);
  if (!isGiven) return;
  throw new UsageError(
    "Cannot use the options of an event as there is no TYPE: events on standard input have all in them",
  );
}

async function readEvent(type: string, values: Values): Promise<RegisterEvent> {
  const { sourceTime } = values;
  return {
    type: parseTypeArgument(type),
    sourceTimestamp: sourceTime === undefined ? undefined : Timestamp.fromNumber(sourceTime),
    payload: await readPayload(values),
  };
}

async function readPayload(
  { payload, file, payloadType }: Values,
): Promise<EventPayload | undefined> {
  if (payload !== undefined && file !== undefined) {
    throw new UsageError(
      "Cannot use options '-p/--payload' and '--file' together: give one of them",
    );
  }
  if (payloadType !== undefined && file === undefined) {
    throw new UsageError("Cannot use option '--payload-type' as it must stand beside '--file'");
  }
  if (file !== undefined) return new EventPayloadBinary(payloadType ?? "", await readBytes(file));
  if (payload === undefined) return undefined;
  try {
    return EventPayloadJson.fromText(payload);
  } catch {
    throw badValue(OPTIONS.payload, "be JSON, such as 212.5, '\"text\"' or '{\"a\": 1}'", payload);
  }
}

async function readBytes(file: string): Promise<Uint8Array> {
  try {
    return await Deno.readFile(file);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new UsageError(`Cannot use option '--file' as '${file}' cannot be read: ${reason}`, {
      cause,
    });
  }
}
