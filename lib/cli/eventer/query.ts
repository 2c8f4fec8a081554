import type { EventerClient } from "../../hat/eventer/eventer_client.ts";
import type { QueryParams } from "../../hat/query.ts";
import { type Command, type CommandContext, defineCommand, EXIT_DONE } from "../command.ts";
import { EventOutput } from "./event_output.ts";
import { QUERY_OPTIONS, type QueryValues, readQueryParams } from "./query_options.ts";
import { TYPE_HELP } from "./type_argument.ts";
import { withEventer } from "./with_eventer.ts";

/** Types that one query can name: more than anybody types. */
const MAX_TYPES = 1_000;

/** Events that are asked for at once: soon there, and few enough to be kept. */
const PAGE_EVENTS = 1_000;

/** `theia eventer query`. */
export const eventerQueryCommand: Command = defineCommand({
  name: "eventer query",
  summary: "Ask an event server for events",
  description:
    "Prints the events that an event server keeps, one line each: those of these types, the " +
    "newest first; with --latest the latest of each type; with --server-id all that one server " +
    "registered.",
  options: QUERY_OPTIONS,
  operands: {
    name: "TYPE...",
    help: `Types: ${TYPE_HELP}; '?' is any segment, '*' any rest`,
    max: MAX_TYPES,
  },
  examples: [
    { purpose: "All ovens, the last hour", command: "theia eventer query 'plant/oven/*' -a 1h" },
    { purpose: "How it is now", command: "theia eventer query --latest 'plant/?/temperature'" },
    {
      purpose: "The lines of a log that the bridge brought",
      command: `theia eventer query '["theia", "/var/log/app.log", "*"]' --limit 10`,
    },
  ],
  exitCodes: {
    done: "done, whether events were found or not",
    failed: "the server could not be reached, or could not answer, or a signal came before",
  },
  run: query,
});

async function query(values: QueryValues, context: CommandContext): Promise<number> {
  const params = readQueryParams(values, context.operands);
  return await withEventer(values, context, async (client) => {
    const output = new EventOutput(context.environment.stdout, values);
    await printPages(params, values.limit ?? Infinity, client, output);
    await output.flush();
    return EXIT_DONE;
  });
}

async function printPages(
  params: QueryParams,
  limit: number,
  client: EventerClient,
  output: EventOutput,
): Promise<void> {
  let left = limit;
  let page = params;
  for (;;) {
    const maxResults = Math.min(left, PAGE_EVENTS);
    const asked = page.kind === "latest" ? page : { ...page, maxResults };
    const { events, moreFollows } = await client.query(asked);
    const shown = events.slice(0, left);
    await output.print(shown);
    left -= shown.length;
    const last = shown.at(-1);
    if (page.kind === "latest" || last === undefined || left <= 0 || !moreFollows) return;
    page = { ...page, lastEventId: last.id };
  }
}
