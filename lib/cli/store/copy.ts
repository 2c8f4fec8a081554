import { openForReading } from "../../store/open_for_reading.ts";
import { openStore } from "../../store/open_store.ts";
import { type Command, type CommandContext, defineCommand, EXIT_DONE } from "../command.ts";
import { printSummary } from "../line_output.ts";
import { ProgressBar } from "../progress_bar.ts";
import { UsageError } from "../usage_error.ts";
import { EventSaver } from "./event_saver.ts";
import { asUnfinished } from "./unfinished.ts";
import { formatCount } from "../format/count.ts";

/** `theia store copy URL URL`. */
export const storeCopyCommand: Command = defineCommand({
  name: "store copy",
  summary: "Copy all events from one store to another",
  description: "Copies all events from one store to another, of any kinds, in the order of their " +
    "timestamps. Run again after an interruption it goes on: events that are there are recognised " +
    "and not stored twice. A collector may have the first store open, not the second.",
  options: {},
  operands: {
    name: "FROM TO",
    help: "URLs of the two stores: sqlite:///path, files:directory or clickhouse://host/db",
    min: 2,
    max: 2,
  },
  examples: [{
    purpose: "Into ClickHouse",
    command: "theia store copy sqlite:///theia-data/events.db clickhouse://user:pw@host:8123/theia",
  }, {
    purpose: "Into another database",
    command: "theia store copy sqlite:///theia-data/events.db sqlite:////archive/events.db",
  }],
  exitCodes: { done: "all events are in the second store", failed: "some are not" },
  run: (_values, context) => copy(context),
});

async function copy({ environment, operands, reporter, stop }: CommandContext): Promise<number> {
  const [from = "", to = ""] = operands;
  if (from === to) throw new UsageError("Cannot copy as FROM and TO must be different stores");
  await using source = await openForReading(from);
  await using target = await openStore(to);
  const { events: total } = await source.stats();
  const saver = new EventSaver(target);
  using bar = new ProgressBar("copy", environment);
  try {
    for await (const { events } of source.search({}, { signal: stop })) {
      await saver.add(events);
      const done = saver.saved + saver.duplicates;
      bar.update(total > 0 ? done / total : undefined, `${formatCount(done)} events`);
    }
    await saver.finish();
  } catch (error) {
    throw asUnfinished(error, `${formatCount(saver.saved)} events copied; run it again to go on`);
  }
  bar[Symbol.dispose]();
  const { damaged } = await source.stats();
  if (damaged > 0) reporter.warning(`${damaged} damaged blocks were passed over`);
  await printSummary(
    environment.stdout,
    `${formatCount(saver.saved)} events copied, ${
      formatCount(saver.duplicates)
    } were there already`,
  );
  return EXIT_DONE;
}
