import { compactStore } from "../../store/sqlite/compact.ts";
import { assertFile } from "../../store/sqlite/sqlite_reader.ts";
import { formatByteSize } from "../byte_size.ts";
import { type Command, type CommandContext, defineCommand, EXIT_DONE } from "../command.ts";
import { printSummary } from "../line_output.ts";
import type { OptionValues } from "../option.ts";
import { breathe, ProgressBar } from "../progress_bar.ts";
import { databasePath, STORE_OPTION } from "./store_option.ts";
import { formatCount } from "../format/count.ts";

/** `theia store compact`. */
export const storeCompactCommand: Command = defineCommand({
  name: "store compact",
  summary: "Put small blocks together and free their space",
  description:
    "Puts small blocks that follow each other in time together into full ones, and gives " +
    "free space back to the file system. No collector may have the store open.",
  options: STORE_OPTION,
  examples: [{ purpose: "After many deletions", command: "theia store compact" }],
  exitCodes: { done: "done", failed: "the store is in use, or could not be read or written" },
  run: compact,
});

async function compact(
  { store: url }: OptionValues<typeof STORE_OPTION>,
  { environment }: CommandContext,
): Promise<number> {
  const path = databasePath(url, "store compact");
  await assertFile(path);
  using bar = new ProgressBar("compact", environment);
  const { before, after, bytesBefore, bytesAfter } = await compactStore(path, async (part) => {
    bar.update(part);
    await breathe();
  });
  bar[Symbol.dispose]();
  await printSummary(
    environment.stdout,
    `${formatCount(before)} blocks became ${formatCount(after)}, ` +
      `${formatByteSize(bytesBefore)} became ${formatByteSize(bytesAfter)}`,
  );
  return EXIT_DONE;
}
