import { eventToJson } from "../../event/event_json.ts";
import { concatBytes } from "../../base/bytes.ts";
import type { RawEvent } from "../../event/raw_event.ts";
import { openForReading } from "../../store/open_for_reading.ts";
import { type Command, type CommandContext, defineCommand, EXIT_DONE } from "../command.ts";
import { CRITERIA_OPTIONS, readCriteria } from "../criteria_options.ts";
import { NewFile } from "../new_file.ts";
import type { OptionTable, OptionValues } from "../option.ts";
import { ProgressBar } from "../progress_bar.ts";
import { STORE_OPTION } from "./store_option.ts";
import { asUnfinished } from "./unfinished.ts";
import { formatCount } from "../format/count.ts";

const OPTIONS = {
  ...STORE_OPTION,
  format: {
    kind: "text",
    long: "format",
    valueName: "FORMAT",
    isNew: true,
    choices: ["theia", "jsonl"],
    default: "theia",
    help: "Theia's text format, byte for byte as stored (theia), or JSON lines (jsonl)",
  },
  ...CRITERIA_OPTIONS,
} as const satisfies OptionTable;

/** `theia store export`. */
export const storeExportCommand: Command = defineCommand({
  name: "store export",
  summary: "Write events to a file or to standard output",
  description: "Writes the events of the store, all or those that are asked for, in the order of " +
    "their timestamps. A collector may have the store open.",
  options: OPTIONS,
  operands: {
    name: "FILE",
    help: "Where to write, before the options; must not exist; '-' or nothing is standard output",
    max: 1,
  },
  examples: [
    { purpose: "All events", command: "theia store export events.theia" },
    {
      purpose: "The last day of a source, for other programs",
      command: "theia store export --format jsonl -a 1d -s /var/log/nginx",
    },
  ],
  exitCodes: { done: "done", failed: "the store could not be read, or the file not be written" },
  run: exportEvents,
});

const encoder = new TextEncoder();

async function exportEvents(
  values: OptionValues<typeof OPTIONS>,
  context: CommandContext,
): Promise<number> {
  const { environment, operands: [target = "-"], reporter, stop } = context;
  const criteria = readCriteria(values);
  const encode = values.format === "jsonl" ? encodeJson : encodeText;
  await using store = await openForReading(values.store);
  const { events: total } = await store.stats();
  await using sink = target === "-" ? undefined : await NewFile.create(target);
  using bar = new ProgressBar("export", environment);
  const search = store.search(criteria, { signal: stop });
  try {
    for await (const { events } of search) {
      const bytes = encode(events);
      if (sink === undefined) await environment.stdout.write(bytes);
      else await sink.write(bytes);
      const { matched, scanned } = search.summary;
      bar.update(total > 0 ? scanned / total : undefined, `${formatCount(matched)} events`);
    }
  } catch (error) {
    throw asUnfinished(error, sink === undefined ? "events are missing" : "no file was made");
  }
  await sink?.finish();
  bar[Symbol.dispose]();
  const { damaged } = await store.stats();
  if (damaged > 0) reporter.warning(`${damaged} damaged blocks were passed over`);
  reporter.notice(`${formatCount(search.summary.matched)} events exported`);
  return EXIT_DONE;
}

function encodeText(events: readonly RawEvent[]): Uint8Array {
  return concatBytes(events.map((event) => event.frame()));
}

function encodeJson(events: readonly RawEvent[]): Uint8Array {
  return encoder.encode(events.map((event) => `${eventToJson(event)}\n`).join(""));
}
