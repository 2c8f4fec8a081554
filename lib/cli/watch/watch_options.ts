import type { OptionTable, OptionValues } from "../option.ts";
import { CLIENT_TLS_OPTIONS } from "../tls_options.ts";

const READING = "Reading";
const STATE = "Position";
const OPERATION = "Operation";

/** The options of `theia watch`. */
export const WATCH_OPTIONS = {
  collectorServer: {
    kind: "list",
    short: "c",
    long: "collector-server",
    valueName: "HOST",
    help: "Host of the collector, or HOST:PORT; of several, the first that answers is used; " +
      "without it that of -H",
  },
  collectorPort: {
    kind: "integer",
    short: "p",
    long: "collector-port",
    valueName: "PORT",
    min: 1,
    max: 65535,
    help: "Port of the collector; without it that of -P",
  },
  ...CLIENT_TLS_OPTIONS,
  files: {
    kind: "list",
    short: "f",
    long: "files",
    valueName: "FILE",
    help: "Files to follow; they need not exist yet; - is standard input",
  },
  directory: {
    kind: "list",
    short: "d",
    long: "directory",
    valueName: "DIR",
    help: "Directories of which every file is followed",
  },
  recursive: {
    kind: "flag",
    long: "recursive",
    isNew: true,
    help: "With -d: also the files in directories below",
  },
  globs: {
    kind: "list",
    long: "glob",
    valueName: "PATTERN",
    isNew: true,
    help: "Patterns of files to follow, in quotes: '/var/log/**/*.log'",
  },
  excludes: {
    kind: "list",
    long: "exclude",
    valueName: "PATTERN",
    isNew: true,
    help: "Names or paths that -d and --glob leave out",
  },
  tags: {
    kind: "list",
    short: "t",
    long: "tags",
    valueName: "TAG",
    help: "Tags of the events, after the name of this machine",
  },
  split: {
    kind: "text",
    long: "split",
    valueName: "HOW",
    choices: ["line", "diff"],
    default: "line",
    isNew: true,
    group: READING,
    help: "An event for each line, or (diff) for all that was appended between two looks",
  },
  encoding: {
    kind: "text",
    long: "encoding",
    valueName: "LABEL",
    default: "utf-8",
    isNew: true,
    group: READING,
    help: "Encoding of the files; a byte order mark tells UTF-16 by itself",
  },
  maxLineBytes: {
    kind: "text",
    long: "max-line-bytes",
    valueName: "SIZE",
    isNew: true,
    group: READING,
    help: "Longest line, 512 KiB at most; of a longer one the beginning is kept",
  },
  multilineStart: {
    kind: "text",
    long: "multiline-start",
    valueName: "PATTERN",
    isNew: true,
    group: READING,
    help: "Lines in which it is not found go on with the event before",
  },
  multilineIndent: {
    kind: "flag",
    long: "multiline-indent",
    isNew: true,
    group: READING,
    help: "Indented lines go on with the event before",
  },
  multilineTimeout: {
    kind: "text",
    long: "multiline-timeout",
    valueName: "TIME",
    default: "1s",
    isNew: true,
    group: READING,
    help: "An event is complete when no line came for so long",
  },
  timePattern: {
    kind: "text",
    long: "time-pattern",
    valueName: "FORMAT",
    isNew: true,
    group: READING,
    help:
      "Take the time of an event from its line: auto, iso8601, rfc3164, apache, nginx, epoch, " +
      "or a pattern such as '%Y-%m-%d %H:%M:%S'",
  },
  timeUtc: {
    kind: "flag",
    long: "time-utc",
    isNew: true,
    group: READING,
    help: "With --time-pattern: times without a zone are UTC",
  },
  pollInterval: {
    kind: "text",
    long: "poll-interval",
    valueName: "TIME",
    default: "250ms",
    isNew: true,
    group: READING,
    help: "Time between two looks at files that change",
  },
  noHints: {
    kind: "flag",
    long: "no-hints",
    isNew: true,
    group: READING,
    help: "Find changes by looking alone, as on network file systems",
  },
  from: {
    kind: "text",
    long: "from",
    valueName: "WHERE",
    choices: ["end", "beginning"],
    isNew: true,
    group: STATE,
    help: "Where to begin in files that are there already when they are followed for the first " +
      "time: at the end, or (the default with --once) at the beginning",
  },
  stateDir: {
    kind: "text",
    long: "state-dir",
    valueName: "DIR",
    isNew: true,
    group: STATE,
    help: "Where it is kept how far files were delivered; without it $XDG_STATE_HOME/theia or " +
      "~/.local/state/theia",
  },
  onLostCheckpoint: {
    kind: "text",
    long: "on-lost-checkpoint",
    valueName: "WHERE",
    choices: ["beginning", "end"],
    default: "beginning",
    isNew: true,
    group: STATE,
    help: "Where to begin in files whose position is lost as both copies of it are damaged",
  },
  once: {
    kind: "flag",
    long: "once",
    isNew: true,
    group: OPERATION,
    help: "Deliver what is there, and exit",
  },
  dryRun: {
    kind: "flag",
    long: "dry-run",
    isNew: true,
    group: OPERATION,
    help: "Show what would be delivered, and deliver nothing; with --verbose the first events, too",
  },
  status: {
    kind: "text",
    long: "status",
    valueName: "FILE",
    isNew: true,
    group: OPERATION,
    help: "Keep what the watcher does in this file, as JSON: connection, counts, what is to be " +
      "delivered of each file",
  },
  metricsPort: {
    kind: "integer",
    long: "metrics-port",
    valueName: "PORT",
    min: 0,
    max: 65535,
    isNew: true,
    group: OPERATION,
    help: "Answer /metrics (Prometheus), /healthz and /readyz on 127.0.0.1; 0 takes any free port",
  },
} as const satisfies OptionTable;

/** The values of {@linkcode WATCH_OPTIONS}. */
export type WatchValues = OptionValues<typeof WATCH_OPTIONS>;
