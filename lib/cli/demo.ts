import {
  type Command,
  type CommandContext,
  defineCommand,
  EXIT_DONE,
  EXIT_FAILED,
} from "./command.ts";
import { type Outcome, runPipeline } from "./demo/pipeline.ts";
import { readSample, type Sample } from "./demo/sample.ts";
import { makeInert } from "../base/inert_text.ts";
import { printLine } from "./line_output.ts";

/** `theia demo`. */
export const demoCommand: Command = defineCommand({
  name: "demo",
  summary: "Show the way of events from a log file to a query",
  description:
    "Starts a collector on a free port with a temporary store and a watcher on a copy of " +
    "a log file, appends lines of that file to the copy, finds them, follows them live, and " +
    "compares the counts. Nothing stays behind.",
  options: {},
  operands: {
    name: "FILE",
    help: "The log file to take lines from; without it a log file of this machine",
    max: 1,
  },
  examples: [
    { purpose: "With a log of this machine", command: "theia demo" },
    { purpose: "With a file of yours", command: "theia demo /var/log/syslog" },
  ],
  exitCodes: { done: "every line arrived, once", failed: "it did not" },
  run: demo,
});

/** What arrived is shown up to this many lines. */
const SHOWN_LINES = 10;

async function demo(_values: unknown, context: CommandContext): Promise<number> {
  const { environment, operands: [path], stop, reporter } = context;
  const sample = await readSample(path);
  const outcome = await runPipeline(sample, reporter, stop);
  const isSame = sameLines(outcome.found, sample.lines) && sameLines(outcome.live, sample.lines);
  const counts = listCounts(sample, outcome);
  const isDone = isSame && counts.every(([, count]) => count === sample.lines.length);
  const text = [
    `Log:       ${sample.name}`,
    `Watched:   ${outcome.path}`,
    `Collector: ${outcome.url}`,
    "",
    ...describeFound(outcome.found),
    "",
    ...counts.map(([name, count]) => `${name.padEnd(18)}${String(count).padStart(6)}`),
    "",
    isDone ? "Every line arrived, once and in order." : "Not every line arrived once and in order.",
  ].join("\n");
  await printLine(environment.stdout, makeInert(text));
  return isDone ? EXIT_DONE : EXIT_FAILED;
}

function describeFound(found: readonly string[]): string[] {
  const more = found.length - SHOWN_LINES;
  return [
    "Found:",
    ...found.slice(0, SHOWN_LINES).map((content) => `  ${content}`),
    ...(more > 0 ? [`  … and ${more} more`] : []),
  ];
}

function listCounts(
  sample: Sample,
  outcome: Outcome,
): readonly (readonly [name: string, count: number])[] {
  return [
    ["Lines written", sample.lines.length],
    ["Events watched", outcome.watched],
    ["Events stored", outcome.stored],
    ["Events found", outcome.found.length],
    ["Events seen live", outcome.live.length],
  ];
}

function sameLines(some: readonly string[], others: readonly string[]): boolean {
  return some.length === others.length && some.every((line, i) => line === others[i]);
}
