import { DEFAULT_STORE_URL, sqlitePath, withoutPassword } from "../../store/open_store.ts";
import type { OptionTable } from "../option.ts";
import { UsageError } from "../usage_error.ts";

/** The option that says which store a command works on. */
export const STORE_OPTION = {
  store: {
    kind: "text",
    long: "store",
    valueName: "URL",
    default: DEFAULT_STORE_URL,
    help:
      "The store: sqlite:///relative/path, sqlite:////absolute/path, files:directory or clickhouse://host/db",
  },
} as const satisfies OptionTable;

/**
 * The database file of a store.
 *
 * @param others What else the command works on, for the message.
 * @throws {UsageError} When the store is of another kind.
 */
export function databasePath(url: string, command: string, others = ""): string {
  const path = sqlitePath(url);
  if (path !== undefined && path !== ":memory:") return path;
  throw new UsageError(
    `Cannot use option '--store' as 'theia ${command}' works on files of SQLite${others}: ` +
      `give sqlite:///relative/path or sqlite:////absolute/path, current value is '${
        withoutPassword(url)
      }'`,
  );
}
