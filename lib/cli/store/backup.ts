import { backupDirectory } from "../../store/files/backup.ts";
import { filesPath } from "../../store/open_store.ts";
import { backupStore } from "../../store/sqlite/backup.ts";
import { assertFile } from "../../store/sqlite/sqlite_reader.ts";
import { openForVerifying } from "../../store/sqlite/verify.ts";
import { formatByteSize } from "../byte_size.ts";
import { type Command, type CommandContext, defineCommand, EXIT_DONE } from "../command.ts";
import type { Environment } from "../environment.ts";
import { printSummary } from "../line_output.ts";
import type { OptionValues } from "../option.ts";
import { ProgressBar } from "../progress_bar.ts";
import { databasePath, STORE_OPTION } from "./store_option.ts";

/** How often the size of the copy is looked at. */
const LOOK_MS = 200;

/** `theia store backup FILE`. */
export const storeBackupCommand: Command = defineCommand({
  name: "store backup",
  summary: "Copy a store that may be in use",
  description:
    "Copies the store as it is at one moment into a new file, which is a store itself. " +
    "A collector may have it open and goes on collecting. A directory (files:...) is copied into a " +
    "new one; no collector may have it open.",
  options: STORE_OPTION,
  operands: { name: "FILE", help: "The copy; must not exist", min: 1, max: 1 },
  examples: [{
    purpose: "Back up the store of the collector started here",
    command: "theia store backup /backup/events-today.db",
  }],
  exitCodes: { done: "the copy is complete and on disk", failed: "there is no copy" },
  run: backup,
});

async function backup(
  { store: url }: OptionValues<typeof STORE_OPTION>,
  { environment, operands }: CommandContext,
): Promise<number> {
  const [target = ""] = operands;
  const directory = filesPath(url);
  if (directory !== undefined) {
    using bar = new ProgressBar("backup", environment);
    const bytes = await backupDirectory(directory, target, (part) => bar.update(part));
    bar[Symbol.dispose]();
    await printDone(environment, target, bytes);
    return EXIT_DONE;
  }
  const path = databasePath(url, "store backup", " and directories (files:...)");
  await assertFile(path);
  const expected = usedBytes(path);
  {
    using bar = new ProgressBar("backup", environment);
    const timer = setInterval(async () => {
      const size = await sizeOf(`${target}.partial`);
      bar.update(expected > 0 ? size / expected : undefined, formatByteSize(size));
    }, LOOK_MS);
    try {
      await backupStore(path, target);
    } finally {
      clearInterval(timer);
    }
  }
  await printDone(environment, target, await sizeOf(target));
  return EXIT_DONE;
}

async function printDone({ stdout }: Environment, target: string, bytes: number): Promise<void> {
  await printSummary(stdout, `Backed up to '${target}', ${formatByteSize(bytes)}`);
}

function usedBytes(path: string): number {
  using database = openForVerifying(path);
  const { count, free, bytes } = database.pages();
  return (count - free) * bytes;
}

async function sizeOf(path: string): Promise<number> {
  return await Deno.stat(path).then(({ size }) => size, () => 0);
}
