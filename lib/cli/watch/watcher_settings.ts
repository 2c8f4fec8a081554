import { createEvent } from "../../event/event.ts";
import type { CheckpointState } from "../../tail/checkpoint/checkpoint_state.ts";
import type { LineFormat } from "../../tail/line_format.ts";
import { compileMultilineRule, type MultilineRule } from "../../tail/multiline_rule.ts";
import { MAX_GROUP_LINES } from "../../tail/line_grouper.ts";
import { MAX_LINE_BYTES } from "../../tail/line_splitter.ts";
import { MAX_BATCH_LINES, type TailLimits } from "../../tail/tail_context.ts";
import { TimeParser } from "../../tail/time_parser.ts";
import type { WatcherOptions } from "../../tail/watcher_options.ts";
import { parseByteSize } from "../byte_size.ts";
import { parseDuration } from "../../base/duration_text.ts";
import { badValue } from "../option_value.ts";
import { UsageError } from "../usage_error.ts";
import { WATCH_OPTIONS, type WatchValues } from "./watch_options.ts";

/** The name under which standard input is given. */
export const STANDARD_INPUT = "-";

/** What the options say about reading, apart from where to begin. */
export type ReadingSettings =
  & LineFormat
  & Pick<
    WatcherOptions,
    "files" | "directories" | "recursive" | "globs" | "excludes" | "tags" | "limits"
  >
  & Pick<WatcherOptions, "pollIntervalMs" | "watch">;

/**
 * Reads and checks the options about what is read, and how.
 *
 * @throws {UsageError} When one of them breaks its rule.
 */
export function readingSettings(values: WatchValues, hostname: string): ReadingSettings {
  checkSources(values);
  const { directory, recursive, globs, excludes, split, encoding } = values;
  const multiline = multilineRule(values);
  const times = timeParser(values);
  return {
    files: values.files.filter((path) => path !== STANDARD_INPUT),
    directories: recursive ? [] : directory,
    recursive: recursive ? directory : [],
    globs,
    excludes,
    tags: [hostname, ...checkTags(values.tags)],
    split: split === "diff" ? "diff" : "line",
    encoding: checkEncoding(encoding),
    ...multiline === undefined ? {} : { multiline },
    ...times === undefined ? {} : { times },
    limits: limitsOf(values, multiline),
    pollIntervalMs: milliseconds(WATCH_OPTIONS.pollInterval, values.pollInterval),
    watch: !values.noHints,
  };
}

/** Where a watcher goes on that was stopped, and where it begins in what it has not seen. */
export function resumeSettings(
  values: Pick<WatchValues, "from" | "onLostCheckpoint" | "once">,
  { kind, positions, unsettled, sources }: CheckpointState,
): Pick<WatcherOptions, "from" | "positions" | "unsettled" | "sources"> {
  const begin = values.from ?? (values.once ? "beginning" : "end");
  const from = kind === "lost" ? values.onLostCheckpoint : begin;
  return {
    from: from === "beginning" ? "beginning" : "end",
    positions,
    unsettled,
    sources: kind === "lost" ? [] : sources,
  };
}

function checkSources({ files, directory, globs, recursive, excludes }: WatchValues): void {
  if (files.length + directory.length + globs.length === 0) {
    throw new UsageError(
      "Cannot watch nothing: name files with '-f/--files', directories with '-d/--directory' or " +
        "patterns with '--glob'",
    );
  }
  for (const option of ["files", "directory", "globs", "excludes"] as const) {
    const values = { files, directory, globs, excludes }[option];
    if (values.includes("")) throw badValue(WATCH_OPTIONS[option], "not be empty", "");
  }
  if (files.filter((path) => path === STANDARD_INPUT).length > 1) {
    throw new UsageError(
      "Cannot use option '-f/--files' as '-', standard input, must be given once: it can be read but once",
    );
  }
  if (recursive && directory.length === 0) {
    throw new UsageError(
      "Cannot use option '--recursive' as it must stand beside '-d/--directory'",
    );
  }
  if (excludes.length > 0 && directory.length + globs.length === 0) {
    throw new UsageError(
      "Cannot use option '--exclude' as it must stand beside '-d/--directory' or '--glob'",
    );
  }
}

function checkTags(tags: readonly string[]): readonly string[] {
  for (const tag of tags) {
    try {
      createEvent({ tags: [tag] });
    } catch {
      throw badValue(WATCH_OPTIONS.tags, "be a single line without commas", tag);
    }
  }
  return tags;
}

function checkEncoding(label: string): string {
  try {
    new TextDecoder(label);
    return label;
  } catch {
    const rule = "be a name of an encoding such as utf-8, utf-16le or latin1";
    throw badValue(WATCH_OPTIONS.encoding, rule, label);
  }
}

function multilineRule(values: WatchValues): MultilineRule | undefined {
  const { multilineStart: pattern, multilineIndent, split } = values;
  if (pattern === undefined && !multilineIndent) return undefined;
  if (pattern !== undefined && multilineIndent) {
    throw new UsageError(
      "Cannot use option '--multiline-start' as it must not stand beside '--multiline-indent'",
    );
  }
  if (split === "diff") {
    throw new UsageError("Cannot join lines as '--split' must be 'line': current value is 'diff'");
  }
  if (pattern === undefined) return { kind: "indent" };
  const rule = { kind: "start", pattern } as const;
  usable(() => compileMultilineRule(rule));
  return rule;
}

function timeParser({ timePattern, timeUtc }: WatchValues): TimeParser | undefined {
  if (timePattern !== undefined) {
    return usable(() => TimeParser.create(timePattern, { utc: timeUtc }));
  }
  if (!timeUtc) return undefined;
  throw new UsageError("Cannot use option '--time-utc' as it must stand beside '--time-pattern'");
}

function limitsOf(values: WatchValues, multiline: MultilineRule | undefined): Partial<TailLimits> {
  const { maxLineBytes, multilineTimeout } = values;
  return {
    // A group is never cut by the end of a batch.
    maxBatchLines: multiline === undefined ? MAX_BATCH_LINES : 2 * MAX_GROUP_LINES,
    multilineTimeoutMs: milliseconds(WATCH_OPTIONS.multilineTimeout, multilineTimeout),
    ...maxLineBytes === undefined ? {} : { maxLineBytes: lineBytes(maxLineBytes) },
  };
}

function lineBytes(text: string): number {
  const bytes = usable(() => parseByteSize(text), (rule) => {
    throw badValue(WATCH_OPTIONS.maxLineBytes, rule, text);
  });
  if (bytes >= 2 && bytes <= MAX_LINE_BYTES) return bytes;
  throw badValue(WATCH_OPTIONS.maxLineBytes, "be from 2 bytes to 512KiB", text);
}

function milliseconds(
  option: typeof WATCH_OPTIONS.pollInterval | typeof WATCH_OPTIONS.multilineTimeout,
  text: string,
): number {
  const seconds = usable(() => parseDuration(text), (rule) => {
    throw badValue(option, rule, text);
  });
  const ms = seconds * 1000;
  if (ms >= 1 && ms <= MAX_INTERVAL_MS) return ms;
  throw badValue(option, "be from 1ms to 24h", text);
}

/** As long as timers reach without a thought. */
const MAX_INTERVAL_MS = 24 * 60 * 60 * 1000;

function usable<T>(
  make: () => T,
  refuse: (rule: string) => never = (message) => {
    throw new UsageError(message);
  },
): T {
  try {
    return make();
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error));
  }
}
