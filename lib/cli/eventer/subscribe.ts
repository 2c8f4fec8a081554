import { Backoff } from "../../base/backoff.ts";
import type { HatEvent } from "../../hat/event.ts";
import type { EventerClient } from "../../hat/eventer/eventer_client.ts";
import { type Command, type CommandContext, defineCommand, EXIT_DONE } from "../command.ts";
import type { OptionTable, OptionValues } from "../option.ts";
import { aborted } from "../stop_request.ts";
import { connectEventer, EVENTER_CLIENT_OPTIONS } from "./connect_eventer.ts";
import { EventOutput, OUTPUT_OPTIONS } from "./event_output.ts";
import { parseQueryTypeArgument, TYPE_HELP } from "./type_argument.ts";

const OPTIONS = {
  serverId: {
    kind: "integer",
    long: "server-id",
    valueName: "ID",
    isNew: true,
    help: "Only events that this server registered",
  },
  persisted: {
    kind: "flag",
    long: "persisted",
    isNew: true,
    help: "Show events when they are on the disk of the server",
  },
  limit: {
    kind: "integer",
    long: "limit",
    valueName: "COUNT",
    min: 1,
    isNew: true,
    help: "Stop after that many events",
  },
  ...OUTPUT_OPTIONS,
  ...EVENTER_CLIENT_OPTIONS,
} as const satisfies OptionTable;

type Values = OptionValues<typeof OPTIONS>;

/** As for queries: more than anybody types. */
const MAX_TYPES = 1_000;

/** `theia eventer subscribe`. */
export const eventerSubscribeCommand: Command = defineCommand({
  name: "eventer subscribe",
  summary: "Follow the events of an event server",
  description:
    "Prints events as an event server registers them, one line each, until SIGINT (Ctrl-C), " +
    "SIGTERM or SIGHUP. A lost connection is made anew; what was registered meanwhile is not shown.",
  options: OPTIONS,
  operands: {
    name: "TYPE...",
    help: `Types: ${TYPE_HELP}; '?' is any segment, '*' any rest; without, all`,
    max: MAX_TYPES,
  },
  examples: [
    { purpose: "All ovens", command: "theia eventer subscribe 'plant/oven/*'" },
    {
      purpose: "The next alarm, for a program",
      command: "theia eventer subscribe 'alarm/*' --json --limit 1",
    },
  ],
  exitCodes: {
    done: "stopped on request, or as many events as asked for came",
    failed: "the server could not be reached, or does not accept the client",
  },
  run: subscribe,
});

async function subscribe(values: Values, context: CommandContext): Promise<number> {
  const types = context.operands.map(parseQueryTypeArgument);
  const output = new EventOutput(context.environment.stdout, values);
  const following = new Following(values, context, output);
  let client = await following.connect(types);
  while (client !== undefined) {
    const failure = await following.untilEnd(client);
    if (following.isOver) break;
    context.reporter.warning(`No connection to the event server, trying again: ${failure}`);
    client = await following.reconnect(types);
  }
  await output.flush();
  return EXIT_DONE;
}

/** Follows a server over one connection after another. */
class Following {
  readonly #values: Values;
  readonly #context: CommandContext;
  readonly #output: EventOutput;
  readonly #complete = Promise.withResolvers<void>();
  #left: number;

  constructor(values: Values, context: CommandContext, output: EventOutput) {
    this.#values = values;
    this.#context = context;
    this.#output = output;
    this.#left = values.limit ?? Infinity;
    // Whoever waits for the end hears of it.
    this.#complete.promise.catch(() => {});
  }

  /** Whether nothing more is to be shown. */
  get isOver(): boolean {
    return this.#context.stop.aborted || this.#left <= 0;
  }

  async connect(types: readonly (readonly string[])[]): Promise<EventerClient | undefined> {
    const { serverId, persisted } = this.#values;
    return await connectEventer(this.#values, this.#context, {
      subscriptions: types.length === 0 ? [["*"]] : types,
      serverId,
      persisted,
      onEvents: (events) => this.#show(events),
      onStatus: (status) => this.#context.reporter.detail(`The server is ${status}`),
    });
  }

  /** Tries until it succeeds or is stopped. */
  async reconnect(types: readonly (readonly string[])[]): Promise<EventerClient | undefined> {
    const { stop, reporter } = this.#context;
    const backoff = new Backoff();
    while (!stop.aborted) {
      await backoff.sleep(backoff.next(), stop).catch(() => {});
      try {
        const client = await this.connect(types);
        if (client !== undefined) reporter.notice("Connected again; events may be missing.");
        return client;
      } catch (error) {
        reporter.detail(error instanceof Error ? error.message : String(error));
      }
    }
    return undefined;
  }

  /**
   * Waits until the connection ends, or nothing more is to be shown.
   *
   * @returns Why it ended.
   * @throws {ClosedOutputError} When nobody reads any more.
   */
  async untilEnd(client: EventerClient): Promise<string> {
    const { stop } = this.#context;
    try {
      const ended = client.ended.then((failure) =>
        failure instanceof Error ? failure.message : "the server closed it"
      );
      const over = Promise.race([aborted(stop), this.#complete.promise]).then(() => "");
      return await Promise.race([ended, over, this.#output.failed]);
    } finally {
      await client.close();
    }
  }

  async #show(events: readonly HatEvent[]): Promise<void> {
    const shown = events.slice(0, this.#left);
    try {
      await this.#output.print(shown);
    } catch (error) {
      return this.#complete.reject(error);
    }
    this.#left -= shown.length;
    if (this.#left <= 0) this.#complete.resolve();
  }
}
