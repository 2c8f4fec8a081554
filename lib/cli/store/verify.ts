import { verifyDirectory } from "../../store/files/verify.ts";
import { filesPath } from "../../store/open_store.ts";
import { assertFile } from "../../store/sqlite/sqlite_reader.ts";
import { openForVerifying, verifyStore } from "../../store/sqlite/verify.ts";
import {
  type Command,
  type CommandContext,
  defineCommand,
  EXIT_DONE,
  EXIT_FAILED,
} from "../command.ts";
import { printSummary } from "../line_output.ts";
import type { OptionValues } from "../option.ts";
import { breathe, ProgressBar } from "../progress_bar.ts";
import { databasePath, STORE_OPTION } from "./store_option.ts";
import { formatCount } from "../format/count.ts";

/** `theia store verify`. */
export const storeVerifyCommand: Command = defineCommand({
  name: "store verify",
  summary: "Check every block of a store",
  description:
    "Reads every block and every commit not yet sealed into one, and checks checksums, " +
    "compression, counts and spans; of a directory (files:...) every data file. It changes nothing; " +
    "a collector may have the store open.",
  options: STORE_OPTION,
  examples: [{
    purpose: "Check the store in a directory",
    command: "theia store verify --store sqlite:////var/lib/theia/events.db",
  }],
  exitCodes: { done: "the store is sound", failed: "something is damaged, or could not be read" },
  run: verify,
});

async function verify(
  { store: url }: OptionValues<typeof STORE_OPTION>,
  context: CommandContext,
): Promise<number> {
  const directory = filesPath(url);
  if (directory !== undefined) return await verifyFiles(directory, context);
  const { environment, reporter } = context;
  const path = databasePath(url, "store verify", " and directories (files:...)");
  await assertFile(path);
  using database = openForVerifying(path);
  using bar = new ProgressBar("verify", environment);
  const verification = verifyStore(database);
  let done = 0;
  let events = 0;
  const damaged: string[] = [];
  for (const { kind, number, events: count, damage } of verification.run()) {
    if (damage === undefined) events += count;
    else damaged.push(`Damaged ${kind} ${number}, ${formatCount(count)} events: ${damage}`);
    bar.update(++done / verification.parts, `${formatCount(events)} events`);
    await breathe();
  }
  bar[Symbol.dispose]();
  for (const line of damaged) reporter.warning(line);
  const verdict = damaged.length === 0 ? "all sound" : `${damaged.length} damaged`;
  await printSummary(
    environment.stdout,
    `${formatCount(done)} blocks and journal rows, ${formatCount(events)} sound events: ${verdict}`,
  );
  return damaged.length === 0 ? EXIT_DONE : EXIT_FAILED;
}

async function verifyFiles(
  directory: string,
  { environment, reporter }: CommandContext,
): Promise<number> {
  const verification = await verifyDirectory(directory);
  using bar = new ProgressBar("verify", environment);
  let done = 0;
  let events = 0;
  const faults: string[] = [];
  for await (const verified of verification.run()) {
    events += verified.events;
    for (const fault of verified.faults) faults.push(`Damaged file '${verified.file}': ${fault}`);
    bar.update(++done / verification.files, `${formatCount(events)} events`);
  }
  bar[Symbol.dispose]();
  for (const line of faults) reporter.warning(line);
  const verdict = faults.length === 0 ? "all sound" : `${faults.length} damaged`;
  await printSummary(
    environment.stdout,
    `${formatCount(verification.files)} files, ${formatCount(events)} sound events: ${verdict}`,
  );
  return faults.length === 0 ? EXIT_DONE : EXIT_FAILED;
}
