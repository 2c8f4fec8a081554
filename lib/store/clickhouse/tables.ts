import { EventStoreError } from "../store.ts";
import { sqlName, sqlText } from "./literal.ts";
import type { Server } from "./server.ts";
import { ServerError } from "./server_error.ts";

/** A table of a store. */
interface Table {
  readonly name: string;
  readonly columns: Readonly<Record<string, string>>;
  readonly engine: string;
  /** What stands behind the engine. */
  readonly layout: string;
  /** By which rows are spread over the shards of a cluster. */
  readonly shardBy: string;
}

/** The events. The version of the layout is part of the names. */
const EVENTS: Table = {
  name: "theia_events_v1",
  columns: {
    week: "Int32",
    time: "Float64",
    arrival: "UInt64",
    id: "String",
    source: "String",
    tags: "Array(String)",
    plain: "UInt8",
    size: "UInt32",
    header: "String",
    content: "String",
  },
  engine: "MergeTree",
  layout: "PARTITION BY week ORDER BY (time, arrival)",
  shardBy: "cityHash64(id)",
};

/** What holds for the events as a whole; see `ledger.ts`. */
const LEDGER: Table = {
  name: "theia_ledger_v1",
  columns: { kind: "String", first: "UInt64", last: "UInt64", bytes: "UInt64" },
  engine: "ReplacingMergeTree",
  layout: "ORDER BY (kind, first)",
  // All rows on the first shard, so that one insert is one part.
  shardBy: "toUInt64(0)",
};

/** Arrival numbers of events that were deleted. */
const DELETED: Table = {
  name: "theia_deleted_v1",
  columns: { arrival: "UInt64" },
  engine: "MergeTree",
  layout: "ORDER BY arrival",
  shardBy: "toUInt64(0)",
};

const TABLES: readonly Table[] = [EVENTS, LEDGER, DELETED];

/** What a statement reads and inserts into. */
export const NAMES = { events: EVENTS.name, ledger: LEDGER.name, deleted: DELETED.name } as const;

/** The events as an INSERT names them, in the order of {@linkcode EVENTS}' columns. */
export const EVENT_COLUMNS = columnList(EVENTS);

/** As {@linkcode EVENT_COLUMNS}. */
export const LEDGER_COLUMNS = columnList(LEDGER);

/** As {@linkcode EVENT_COLUMNS}. */
export const DELETED_COLUMNS = columnList(DELETED);

/** The table of the rows on one server. */
export function localName(server: Server, table: string): string {
  return server.address.cluster === undefined ? table : `${table}_local`;
}

function columnList({ name, columns }: Table): string {
  return `${name} (${Object.keys(columns).join(", ")})`;
}

/**
 * Makes the tables that are not there yet, on all servers that the URL names, or on all of the cluster
 * where that can replicate.
 *
 * @throws {ServerError} When that failed.
 */
export async function createTables(server: Server): Promise<void> {
  for (const client of server.clients) {
    for (const table of TABLES) {
      for (const sql of createStatements(server, table)) await server.change(sql, client);
    }
    if (server.replication === "replicated") return;
  }
}

/**
 * Checks that all shards have the tables.
 *
 * @throws {EventStoreError} When some have not; the message says what to do.
 * @throws {ServerError} When that could not be found out.
 */
export async function checkTables(server: Server): Promise<void> {
  try {
    for (const { name } of TABLES) {
      await server.select(`SELECT count() FROM ${name} WHERE 0`, (row) => row.uint64());
    }
  } catch (cause) {
    if (!(cause instanceof ServerError) || !MISSING.includes(cause.code ?? 0)) throw cause;
    const { name, cluster } = server.address;
    const help = cluster === undefined
      ? "open it once with a collector"
      : `a server of cluster '${cluster}' is away or lacks the database or the tables: to have them ` +
        "made everywhere, name the HTTP addresses of all servers in the URL " +
        "(clickhouse://user:password@host1:8123,host2:8123/…)";
    throw new EventStoreError(
      `Cannot open store '${name}': ${cause.message}; ${help}`,
      { cause },
    );
  }
}

/** What is said of a shard without tables. */
const MISSING: readonly number[] = [
  60, // UNKNOWN_TABLE
  81, // UNKNOWN_DATABASE
  279, // ALL_CONNECTION_TRIES_FAILED, also when no replica of a shard has the table
];

function createStatements(server: Server, table: Table): readonly string[] {
  const { address: { cluster, database }, replication } = server;
  const columns = Object.entries(table.columns).map(([name, type]) => `${name} ${type}`);
  const engine = replication === "replicated"
    ? replicatedEngine(server, table)
    : plainEngine(table);
  const on = replication === "replicated" ? ` ON CLUSTER ${sqlName(cluster ?? "")}` : "";
  const settings = Object.entries(server.tableSettings).map(([name, value]) =>
    `${name} = ${value}`
  );
  const local = [
    `CREATE TABLE IF NOT EXISTS ${localName(server, table.name)}${on}`,
    `(${[...columns, ...indexes(server, table)].join(", ")})`,
    `ENGINE = ${engine} ${table.layout}`,
    settings.length === 0 ? "" : `SETTINGS ${settings.join(", ")}`,
  ].join(" ");
  if (cluster === undefined) return [local];
  const target = [cluster, database, localName(server, table.name)].map(sqlText).join(", ");
  return [
    local,
    `CREATE TABLE IF NOT EXISTS ${table.name}${on} (${columns.join(", ")}) ` +
    `ENGINE = Distributed(${target}, ${table.shardBy})`,
  ];
}

/** Of two rows of a key that with the greater `last` is kept. */
function plainEngine({ engine }: Table): string {
  return engine === "ReplacingMergeTree" ? `${engine}(last)` : `${engine}()`;
}

function replicatedEngine({ address: { database } }: Server, { engine, name }: Table): string {
  const path = sqlText(`/theia/{shard}/${database}/${name}`);
  const version = engine === "ReplacingMergeTree" ? ", last" : "";
  return `Replicated${engine}(${path}, '{replica}'${version})`;
}

/** Old releases have no such index; there an id is looked for in the column of ids. */
function indexes(server: Server, table: Table): readonly string[] {
  if (table !== EVENTS || !server.isSince(20, 3)) return [];
  return ["INDEX id_filter id TYPE bloom_filter GRANULARITY 4"];
}
