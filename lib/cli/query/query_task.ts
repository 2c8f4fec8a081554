import { parseDuration } from "../../base/duration_text.ts";
import { optionName } from "../option.ts";
import { badValue } from "../option_value.ts";
import { UsageError } from "../usage_error.ts";
import { QUERY_OPTIONS, type QueryValues } from "./query_options.ts";

/** What `theia query` is to do. */
export type QueryTask =
  /** Prints stored events; with `tail` the last ones. */
  | { readonly kind: "find"; readonly tail: number | undefined }
  /** Prints events as they arrive. */
  | { readonly kind: "live" }
  /** Prints stored events, with `tail` the last ones, then those that arrive. */
  | { readonly kind: "follow"; readonly tail: number | undefined }
  /** Prints stored events and what is around them. */
  | {
    readonly kind: "context";
    readonly tail: number | undefined;
    readonly before: number;
    readonly after: number;
  }
  /** Prints how many there are. */
  | CountTask;

/** Prints how many there are: in all, or in each stretch of time, of each label, or both. */
export interface CountTask {
  readonly kind: "count";
  /** Seconds. */
  readonly interval: number | "auto" | undefined;
  readonly by: "source" | "tag" | undefined;
  readonly top: number | undefined;
}

type Key = keyof QueryValues & keyof typeof QUERY_OPTIONS;

const COUNTING: readonly Key[] = ["count", "histogram", "by"];
const CONTEXT: readonly Key[] = ["context", "beforeContext", "afterContext"];

/** Which options cannot stand beside which, and why. */
const CONFLICTS: readonly (readonly [some: readonly Key[], others: readonly Key[], why: string])[] =
  [
    [["live"], ["follow"], "the one leaves stored events out, the other begins with them"],
    [["live"], ["tail", ...CONTEXT], "it shows no stored events; use --follow"],
    [["live", "follow"], ["output"], "a file gets its name when it is whole; redirect the output"],
    [["live", "follow"], COUNTING, "counting comes to an end"],
    [["follow", ...CONTEXT], ["order"], "it goes by time, oldest first"],
    [["follow"], CONTEXT, "what is around an event is not known before it has passed"],
    [["tail"], ["order"], "it prints the oldest first; use '-o desc --limit COUNT'"],
    [["tail"], ["limit"], "both say how many"],
    [COUNTING, ["tail", "limit", "order", ...CONTEXT], "all events are counted"],
    [["format", ...COUNTING], ["formatOutput", "formatTimestamp"], "these are for lines of text"],
  ];

/** Which options say nothing without others. */
const NEEDS: readonly (readonly [option: Key, needed: Key])[] = [
  ["top", "by"],
  ["force", "output"],
];

/**
 * What the options ask for.
 *
 * @throws {UsageError} When they cannot be used together; the message names them.
 */
export function readTask(values: QueryValues): QueryTask {
  assertTogether(values);
  const { live, follow, tail, context, histogram, by, top } = values;
  if (values.count || histogram !== undefined || by !== undefined) {
    assertCountFormat(values);
    const interval = histogram === undefined ? undefined : readInterval(histogram);
    return { kind: "count", interval, by: readLabel(by), top };
  }
  if (live) return { kind: "live" };
  if (follow) return { kind: "follow", tail };
  const before = values.beforeContext ?? context;
  const after = values.afterContext ?? context;
  if (before === undefined && after === undefined) return { kind: "find", tail };
  return { kind: "context", tail, before: before ?? 0, after: after ?? 0 };
}

function assertTogether(values: QueryValues): void {
  for (const [some, others, why] of CONFLICTS) {
    const one = some.find((key) => isGiven(values, key));
    const other = others.find((key) => isGiven(values, key));
    if (one === undefined || other === undefined) continue;
    throw new UsageError(
      `Cannot use option '${show(values, one)}' beside '${show(values, other)}': ${why}`,
    );
  }
  for (const [option, needed] of NEEDS) {
    if (!isGiven(values, option) || isGiven(values, needed)) continue;
    throw new UsageError(
      `Cannot use option '${show(values, option)}' as it must stand beside '${
        optionName(QUERY_OPTIONS[needed])
      }'`,
    );
  }
}

/** Whether an option holds something else than without it. */
function isGiven(values: QueryValues, key: Key): boolean {
  const option = QUERY_OPTIONS[key];
  const value = values[key];
  return "default" in option ? value !== option.default : value !== undefined && value !== false;
}

function show(values: QueryValues, key: Key): string {
  const name = optionName(QUERY_OPTIONS[key]);
  return key === "format" || key === "order" ? `${name} ${values[key]}` : name;
}

function assertCountFormat({ format }: QueryValues): void {
  if (format === "text" || format === "json" || format === "csv") return;
  throw new UsageError(
    `Cannot use option '--format ${format}' as counts must be text, json or csv`,
  );
}

function readInterval(text: string): number | "auto" {
  if (text === "auto") return "auto";
  try {
    return parseDuration(text);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw badValue(QUERY_OPTIONS.histogram, `${error.message}, or auto`, text);
  }
}

function readLabel(by: string | undefined): CountTask["by"] {
  return by === "source" || by === "tag" ? by : undefined;
}
