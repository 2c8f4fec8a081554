import { CRITERIA_OPTIONS } from "../criteria_options.ts";
import { DEFAULT_EVENT_FORMAT, DEFAULT_TIMESTAMP_FORMAT } from "../format/event_line.ts";
import type { OptionTable, OptionValues } from "../option.ts";
import { CLIENT_TLS_OPTIONS } from "../tls_options.ts";

const FOLLOWING = "Following";
const AROUND = "How many and what is around";
const COUNTS = "Counts in place of events";
const OUTPUT = "Output";

/** Far more than anybody reads, and memory for it is there. */
const MAX_CONTEXT = 100_000;

/** What is held in memory to be turned round. */
const MAX_TAIL = 1_000_000;

const FOLLOW_OPTIONS = {
  live: {
    kind: "flag",
    short: "l",
    long: "live",
    group: FOLLOWING,
    help: "Follow events as they arrive",
  },
  follow: {
    kind: "flag",
    short: "f",
    long: "follow",
    group: FOLLOWING,
    isNew: true,
    help:
      "First the stored events, or the last --tail of them, then those that arrive, without a gap",
  },
  closeTimeout: {
    kind: "number",
    long: "close-timeout",
    valueName: "SECONDS",
    group: FOLLOWING,
    default: 2,
    min: 0,
    max: 86_400,
    help: "How long the end of --live or --follow waits for the connection to be closed",
  },
} as const satisfies OptionTable;

const AROUND_OPTIONS = {
  tail: {
    kind: "integer",
    short: "n",
    long: "tail",
    otherWords: ["--lines", "--last"],
    valueName: "COUNT",
    group: AROUND,
    min: 1,
    max: MAX_TAIL,
    isNew: true,
    help: "Only the last that many events, oldest first",
  },
  context: {
    kind: "integer",
    short: "C",
    long: "context",
    valueName: "COUNT",
    group: AROUND,
    min: 0,
    max: MAX_CONTEXT,
    isNew: true,
    help:
      "Also that many events of the same source before and after each one found, with -- between " +
      "groups; each group costs up to three searches",
  },
  beforeContext: {
    kind: "integer",
    short: "B",
    long: "before-context",
    valueName: "COUNT",
    group: AROUND,
    min: 0,
    max: MAX_CONTEXT,
    isNew: true,
    help: "As --context, for events before",
  },
  afterContext: {
    kind: "integer",
    short: "A",
    long: "after-context",
    valueName: "COUNT",
    group: AROUND,
    min: 0,
    max: MAX_CONTEXT,
    isNew: true,
    help: "As --context, for events after",
  },
} as const satisfies OptionTable;

const COUNT_OPTIONS = {
  count: { kind: "flag", long: "count", group: COUNTS, isNew: true, help: "How many there are" },
  histogram: {
    kind: "text",
    long: "histogram",
    valueName: "INTERVAL",
    group: COUNTS,
    isNew: true,
    help: "How many there are in each stretch of time: 15s, 1m, 1h, or auto",
  },
  by: {
    kind: "text",
    long: "by",
    valueName: "LABEL",
    group: COUNTS,
    choices: ["source", "tag"],
    isNew: true,
    help: "How many there are of each source or tag",
  },
  top: {
    kind: "integer",
    long: "top",
    valueName: "COUNT",
    group: COUNTS,
    min: 1,
    max: 100_000,
    isNew: true,
    help: "With --by: at most that many, those with the most events; 20 on a terminal, else 100",
  },
} as const satisfies OptionTable;

const OUTPUT_OPTIONS = {
  format: {
    kind: "text",
    long: "format",
    valueName: "FORMAT",
    group: OUTPUT,
    choices: ["text", "json", "logfmt", "csv", "raw"],
    otherWords: ["--json", "--jsonl"],
    default: "text",
    isNew: true,
    help: "Lines for people (text), JSON lines, logfmt, CSV of RFC 4180, or contents alone (raw)",
  },
  formatOutput: {
    kind: "text",
    short: "F",
    long: "format-output",
    valueName: "FORMAT",
    group: OUTPUT,
    default: DEFAULT_EVENT_FORMAT,
    help: "Python format of a line, of id, timestamp, source, tags and content",
  },
  formatTimestamp: {
    kind: "text",
    short: "T",
    long: "format-timestamp",
    valueName: "STRFTIME",
    group: OUTPUT,
    default: DEFAULT_TIMESTAMP_FORMAT,
    help: "strftime format of the timestamp; empty leaves it a number",
  },
  color: {
    kind: "text",
    long: "color",
    valueName: "WHEN",
    group: OUTPUT,
    choices: ["auto", "always", "never"],
    default: "auto",
    isNew: true,
    help: "Colours in text: on a terminal unless NO_COLOR is set (auto), always or never",
  },
  output: {
    kind: "text",
    long: "output",
    valueName: "FILE",
    group: OUTPUT,
    isNew: true,
    help: "Write to a file, which has its name only when it is whole; - is standard output",
  },
  force: {
    kind: "flag",
    long: "force",
    group: OUTPUT,
    isNew: true,
    help: "With --output: replace a file that exists",
  },
} as const satisfies OptionTable;

/** The options of `theia query`. */
export const QUERY_OPTIONS = {
  ...FOLLOW_OPTIONS,
  ...CRITERIA_OPTIONS,
  ...AROUND_OPTIONS,
  ...COUNT_OPTIONS,
  ...OUTPUT_OPTIONS,
  ...CLIENT_TLS_OPTIONS,
} as const satisfies OptionTable;

/** What the options hold. */
export type QueryValues = OptionValues<typeof QUERY_OPTIONS>;
