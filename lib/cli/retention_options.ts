import { MIN_RETAINED_BYTES, type RetentionOptions } from "../store/sqlite/retention.ts";
import { isClickHouseUrl } from "../store/clickhouse/address.ts";
import { sqlitePath, withoutPassword } from "../store/open_store.ts";
import { formatByteSize, parseByteSize } from "./byte_size.ts";
import { parseDuration } from "../base/duration_text.ts";
import type { OptionTable, OptionValues, TextOption } from "./option.ts";
import { badValue } from "./option_value.ts";
import { UsageError } from "./usage_error.ts";

const GROUP = "How long events are kept";

/** The options of `collect` that say how long events are kept. */
export const RETENTION_OPTIONS = {
  retention: {
    kind: "text",
    long: "retention",
    valueName: "TIME",
    group: GROUP,
    isNew: true,
    help: "Drop events that are older: 90s, 15m, 2h, 30d, 4w",
  },
  maxBytes: {
    kind: "text",
    long: "max-bytes",
    valueName: "SIZE",
    group: GROUP,
    isNew: true,
    help: "Drop the oldest events while the store takes more: 500MB, 10GB, 10GiB, 1T",
  },
} as const satisfies OptionTable;

/**
 * What the options ask for, undefined when they are not given.
 *
 * @param url Of the store, undefined when nothing is kept.
 * @throws {UsageError} When a value cannot be used, or the store has no retention.
 */
export function chooseRetention(
  values: OptionValues<typeof RETENTION_OPTIONS>,
  url: string | undefined,
): RetentionOptions | undefined {
  const { retention, maxBytes } = values;
  if (retention === undefined && maxBytes === undefined) return undefined;
  const refused = refusedOption(values, url);
  if (refused !== undefined) {
    const [name, place] = refused;
    throw new UsageError(
      `Cannot use option '${name}' as the events must be kept in ${place}: ` +
        `current store is '${url === undefined ? "none (--live)" : withoutPassword(url)}'`,
    );
  }
  return {
    ...(retention === undefined
      ? {}
      : { maxAgeSeconds: read(RETENTION_OPTIONS.retention, retention, parseDuration, 1, "1s") }),
    ...(maxBytes === undefined ? {} : {
      maxBytes: read(
        RETENTION_OPTIONS.maxBytes,
        maxBytes,
        parseByteSize,
        MIN_RETAINED_BYTES,
        formatByteSize(MIN_RETAINED_BYTES),
      ),
    }),
  };
}

/** The option that the store cannot honour, and which store could. */
function refusedOption(
  { retention, maxBytes }: OptionValues<typeof RETENTION_OPTIONS>,
  url: string | undefined,
): readonly [name: string, place: string] | undefined {
  const path = url === undefined ? undefined : sqlitePath(url);
  if (path !== undefined && path !== ":memory:") return undefined;
  if (url === undefined || !isClickHouseUrl(url)) {
    const name = retention === undefined ? "--max-bytes" : "--retention";
    return [name, "a file of SQLite or, for --retention, in ClickHouse"];
  }
  return maxBytes === undefined ? undefined : ["--max-bytes", "a file of SQLite"];
}

function read(
  option: TextOption,
  text: string,
  parse: (text: string) => number,
  least: number,
  leastText: string,
): number {
  let value: number;
  try {
    value = parse(text);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw badValue(option, error.message, text);
  }
  if (value < least) throw badValue(option, `be at least ${leastText}`, text);
  return value;
}
