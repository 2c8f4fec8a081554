import { readCheckpoint } from "../../tail/checkpoint/read_checkpoint.ts";
import type { WatchedBatch } from "../../tail/watched_batch.ts";
import { Watcher } from "../../tail/watcher.ts";
import { formatByteSize } from "../byte_size.ts";
import { type CommandContext, EXIT_DONE, EXIT_FAILED } from "../command.ts";
import { formatInstant } from "../instant.ts";
import { makeInert } from "../../base/inert_text.ts";
import { LineOutput } from "../line_output.ts";
import { ProgressBar } from "../progress_bar.ts";
import { unlessStopped } from "../stop_request.ts";
import { reportCheckpoint, reportTail } from "../tail_report.ts";
import { bytesOf } from "./batch_delivery.ts";
import { type ReadingSettings, resumeSettings, STANDARD_INPUT } from "./watcher_settings.ts";
import type { WatchValues } from "./watch_options.ts";

/** Events shown of each file with `--verbose`: enough to see how lines, groups and times are taken. */
const SHOWN_EVENTS = 3;

/** Characters shown of an event. */
const SHOWN_CHARACTERS = 200;

/** What would be delivered of the files of a path. */
interface Sketch {
  offset: number | undefined;
  events: number;
  bytes: number;
  /** Events that an earlier run sent, perhaps in vain. */
  repeated: number;
  readonly first: string[];
}

/** What a dry run needs to know. */
export type DryRunValues =
  & Pick<WatchValues, "files" | "from" | "onLostCheckpoint" | "once">
  & { readonly directory: string };

/**
 * Shows what would be delivered of the files as they are: those that are followed, from where, how much.
 * The checkpoint is read if there is one; nothing is locked, changed or sent.
 */
export async function dryRun(
  settings: ReadingSettings,
  values: DryRunValues,
  context: CommandContext,
): Promise<number> {
  const { stop, reporter } = context;
  const state = await readCheckpoint(
    values.directory,
    (notice) => reportCheckpoint(notice, reporter),
  );
  const known = state.kind === "new"
    ? `There is no checkpoint in '${values.directory}': files are followed for the first time.`
    : `Going on from the checkpoint in '${values.directory}'.`;
  reporter.notice(known);
  if (values.files.includes(STANDARD_INPUT)) {
    reporter.notice("Standard input is not read by a dry run.");
  }
  await using watcher = await unlessStopped(stop, () =>
    Watcher.open({
      ...settings,
      ...resumeSettings(values, state),
      watch: false,
      observer: (notice) => reportTail(notice, reporter, true),
    }));
  const sketches = new Map<string, Sketch>();
  if (watcher !== undefined) await readAll(watcher, sketches, context);
  if (stop.aborted) reporter.notice("Stopped: what follows is not all.");
  await print(sketches, context);
  return stop.aborted ? EXIT_FAILED : EXIT_DONE;
}

async function readAll(
  watcher: Watcher,
  sketches: Map<string, Sketch>,
  { environment, reporter, stop }: CommandContext,
): Promise<void> {
  let total = 0;
  for (const { path, offset, bytes } of watcher.files()) {
    sketches.set(path, { offset, events: 0, bytes: 0, repeated: 0, first: [] });
    total += bytes;
  }
  using bar = new ProgressBar("read", environment);
  using _besides = reporter.besides(bar);
  let read = 0;
  for await (const batch of watcher.drain()) {
    if (stop.aborted) return;
    addBatch(sketches, batch, reporter.verbose);
    read += bytesOf(batch);
    bar.update(total === 0 ? undefined : read / total, formatByteSize(read));
  }
}

function addBatch(sketches: Map<string, Sketch>, batch: WatchedBatch, isVerbose: boolean): void {
  const { path, events, spans, repeats } = batch;
  const known = sketches.get(path);
  const sketch = known ?? { offset: spans[0]?.from, events: 0, bytes: 0, repeated: 0, first: [] };
  if (known === undefined) sketches.set(path, sketch);
  if (repeats !== undefined) {
    sketch.repeated += events.length;
    return;
  }
  sketch.events += events.length;
  sketch.bytes += bytesOf(batch);
  for (const { timestamp, content } of isVerbose ? events : []) {
    if (sketch.first.length >= SHOWN_EVENTS) break;
    const text = content.length > SHOWN_CHARACTERS
      ? `${content.slice(0, SHOWN_CHARACTERS)}…`
      : content;
    sketch.first.push(`${formatInstant(timestamp)}  ${text}`);
  }
}

async function print(
  sketches: ReadonlyMap<string, Sketch>,
  { environment: { stdout }, reporter }: CommandContext,
): Promise<void> {
  const output = new LineOutput(stdout);
  const sum = { files: 0, events: 0, bytes: 0, repeated: 0 };
  for (const [path, sketch] of sketches) {
    output.add(makeInert(`${path}: ${describe(sketch)}`));
    for (const text of sketch.first) output.add(makeInert(`  ${text.replaceAll("\n", "\n    ")}`));
    if (output.isFull) await output.flush();
    sum.files++;
    sum.events += sketch.events;
    sum.bytes += sketch.bytes;
    sum.repeated += sketch.repeated;
  }
  await output.flush();
  const again = sum.repeated === 0
    ? ""
    : `, and ${sum.repeated} again that may not have been stored`;
  reporter.notice(
    `${sum.files} files: ${sum.events} events of ${
      formatByteSize(sum.bytes)
    } would be delivered${again}.`,
  );
}

function describe({ offset, events, bytes, repeated }: Sketch): string {
  const again = repeated === 0 ? "" : `, ${repeated} events again`;
  if (offset === undefined && events === 0) return `nothing there${again}`;
  const from = `from byte ${offset ?? 0}`;
  if (events === 0) return `${from}, nothing new${again}`;
  return `${from}, ${events} ${events === 1 ? "event" : "events"} of ${
    formatByteSize(bytes)
  }${again}`;
}
