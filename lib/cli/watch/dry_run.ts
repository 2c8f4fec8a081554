import { Watcher } from "../../tail/watcher.ts";
import { type CommandContext, EXIT_DONE } from "../command.ts";
import { reportTail } from "../tail_report.ts";
import type { ReadingSettings } from "./watcher_settings.ts";
import type { WatchValues } from "./watch_options.ts";

/** Shows what would be delivered of the files as they are, without a checkpoint or a collector. */
export async function dryRun(
  settings: ReadingSettings,
  { from }: Pick<WatchValues, "from">,
  { reporter, environment: { stdout } }: CommandContext,
): Promise<number> {
  await using watcher = await Watcher.open({
    ...settings,
    from: from === "end" ? "end" : "beginning",
    observer: (notice) => reportTail(notice, reporter),
  });
  const encoder = new TextEncoder();
  let count = 0;
  for await (const { path, events } of watcher.drain()) {
    count += events.length;
    await stdout.write(encoder.encode(`${path}: ${events.length} events\n`));
  }
  reporter.notice(`${count} events would be delivered.`);
  return EXIT_DONE;
}
