import { openForReading } from "../../store/open_for_reading.ts";
import type { StoreStats } from "../../store/store.ts";
import { formatByteSize } from "../byte_size.ts";
import { type Command, type CommandContext, defineCommand, EXIT_DONE } from "../command.ts";
import { formatInstant } from "../instant.ts";
import { printLine } from "../line_output.ts";
import type { OptionTable, OptionValues } from "../option.ts";
import { STORE_OPTION } from "./store_option.ts";
import { formatCount } from "../format/count.ts";

const OPTIONS = {
  ...STORE_OPTION,
  json: { kind: "flag", long: "json", help: "Print one line of JSON" },
} as const satisfies OptionTable;

/** `theia store stats`. */
export const storeStatsCommand: Command = defineCommand({
  name: "store stats",
  summary: "Say what a store holds",
  description:
    "Prints how many events the store holds, their bytes, its bytes on disk, the span of " +
    "their timestamps, and what retention dropped. A collector may have it open.",
  options: OPTIONS,
  examples: [{ purpose: "The store of the collector started here", command: "theia store stats" }],
  exitCodes: { done: "done", failed: "the store could not be read" },
  run: printStats,
});

async function printStats(
  { store: url, json }: OptionValues<typeof OPTIONS>,
  { environment }: CommandContext,
): Promise<number> {
  await using store = await openForReading(url);
  const stats = await store.stats();
  const text = json ? JSON.stringify(stats) : describe(stats);
  await printLine(environment.stdout, text);
  return EXIT_DONE;
}

function describe(stats: StoreStats): string {
  const { events, rawBytes, storedBytes, oldest, newest, dropped } = stats;
  const rows: (readonly [string, string])[] = [
    ["events", formatCount(events)],
    ["raw", formatByteSize(rawBytes)],
    ["stored", formatByteSize(storedBytes)],
    ["oldest", oldest === undefined ? "-" : formatInstant(oldest)],
    ["newest", newest === undefined ? "-" : formatInstant(newest)],
  ];
  if (dropped !== undefined) {
    rows.push([
      "dropped",
      `${formatCount(dropped.events)} events, ${formatByteSize(dropped.bytes)} raw`,
    ]);
  }
  return rows.map(([name, value]) => `${name.padEnd(8)} ${value}`).join("\n");
}
