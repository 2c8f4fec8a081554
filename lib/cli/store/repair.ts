import { assertFile } from "../../store/sqlite/sqlite_reader.ts";
import { SqliteStore, type SqliteStoreNotice } from "../../store/sqlite/sqlite_store.ts";
import { reportStore } from "../collector_report.ts";
import { type Command, type CommandContext, defineCommand, EXIT_DONE } from "../command.ts";
import { printLine } from "../line_output.ts";
import type { OptionValues } from "../option.ts";
import { databasePath, STORE_OPTION } from "./store_option.ts";
import { formatCount } from "../format/count.ts";

/** `theia store repair`. */
export const storeRepairCommand: Command = defineCommand({
  name: "store repair",
  summary: "Make a damaged store usable again",
  description:
    "Does what opening a store does: if its structure is damaged, makes a new database of all " +
    "that is whole and keeps the damaged one beside it. No collector may have the store open.",
  options: STORE_OPTION,
  examples: [{
    purpose: "After 'theia store verify' said that the store is damaged",
    command: "theia store repair --store sqlite:////var/lib/theia/events.db",
  }],
  exitCodes: {
    done: "the store was sound, or was repaired",
    failed: "it is in use, no store, or could not be repaired",
  },
  run: repair,
});

async function repair(
  { store: url }: OptionValues<typeof STORE_OPTION>,
  { environment, reporter }: CommandContext,
): Promise<number> {
  const path = databasePath(url, "store repair");
  await assertFile(path);
  const notices: SqliteStoreNotice[] = [];
  await using store = await SqliteStore.open(path, {
    observer: (notice) => void notices.push(notice),
  });
  for (const notice of notices) reportStore(notice, reporter);
  const { events } = await store.stats();
  const verdict = notices.some(({ kind }) => kind === "salvaged")
    ? "repaired"
    : "its structure is sound, nothing to repair";
  await printLine(environment.stdout, `${formatCount(events)} events: ${verdict}`);
  return EXIT_DONE;
}
