import { DEFAULT_HOST, DEFAULT_PORT } from "../wire/paths.ts";
import type { OptionTable, OptionValues } from "./option.ts";

/** Options that stand before or after any command. */
export const GLOBAL_OPTIONS = {
  host: {
    kind: "text",
    short: "H",
    long: "host",
    valueName: "HOST",
    default: DEFAULT_HOST,
    help: "Host of the collector: where it listens, where others find it",
  },
  port: {
    kind: "integer",
    short: "P",
    long: "port",
    valueName: "PORT",
    default: DEFAULT_PORT,
    min: 0,
    max: 65535,
    help: "Port of the collector; for a collector, 0 takes any free port",
  },
  verbose: { kind: "flag", long: "verbose", help: "Tell more on standard error" },
  version: {
    kind: "flag",
    short: "v",
    long: "version",
    endsParsing: true,
    help: "Print the version",
  },
  help: { kind: "flag", short: "h", long: "help", endsParsing: true, help: "Print this help" },
} as const satisfies OptionTable;

/** The values of {@linkcode GLOBAL_OPTIONS}. */
export type GlobalValues = OptionValues<typeof GLOBAL_OPTIONS>;
