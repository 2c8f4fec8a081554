import type { Cursor } from "../../event/criteria.ts";
import { EventStoreError } from "../store.ts";
import type { RetentionOptions } from "../sqlite/retention.ts";
import type { DroppedEvents, RetentionStep } from "../sqlite/retention_step.ts";
import { writeLedger } from "./ledger.ts";
import { sqlDouble, sqlInteger, sqlName, sqlText } from "./literal.ts";
import type { Server } from "./server.ts";
import { localName, NAMES } from "./tables.ts";
import { sqlVisible, type Visible } from "./visible.ts";

/** Arrival numbers that one statement removes. */
const PURGED_AT_ONCE = 1000;

/** The least release whose tables drop old rows by themselves in the way used here. */
const TTL_RELEASE = [21, 3] as const;

/** The last second that the server's type of a time holds. */
const LAST_SECOND = 2 ** 32 - 1;

/** Whether the server's tables drop old rows by themselves. */
export function hasTtl(server: Server): boolean {
  return server.isSince(...TTL_RELEASE);
}

/**
 * Checks that a store can keep to a retention.
 *
 * @throws {EventStoreError} When it cannot; the message says why.
 */
export async function checkRetention(
  server: Server,
  { maxAgeSeconds, maxBytes }: RetentionOptions,
): Promise<void> {
  const { name, cluster } = server.address;
  if (maxBytes !== undefined) {
    throw new EventStoreError(
      `Cannot open store '${name}' as a limit of bytes is not possible with ClickHouse, which ` +
        "spreads and merges its files itself: limit the age of events instead",
    );
  }
  if (maxAgeSeconds === undefined || cluster === undefined) return;
  if (server.replication === "replicated") return;
  const [shards = 0] = await server.select(
    `SELECT uniqExact(shard_num, replica_num) FROM system.clusters WHERE cluster = ${
      sqlText(cluster)
    }`,
    (row) => row.uint64(),
  );
  if (server.clients.length >= shards) return;
  throw new EventStoreError(
    `Cannot open store '${name}' with a retention as it needs the HTTP addresses of all ${shards} ` +
      `servers of cluster '${cluster}' in the URL (clickhouse://user:password@host1:8123,host2:8123/…)`,
  );
}

/**
 * Lets the tables drop rows that are older than so many seconds, or none.
 *
 * @throws {ServerError} When the server failed.
 */
export async function setTtl(server: Server, maxAgeSeconds: number | undefined): Promise<void> {
  const table = localName(server, NAMES.events);
  const [sql = ""] = await server.select(
    `SELECT create_table_query FROM system.tables WHERE database = currentDatabase() ` +
      `AND name = ${sqlText(table)}`,
    (row) => row.text(),
  );
  const [, current] = /\bTTL\b.*?toIntervalSecond\((\d+)\)/.exec(sql) ?? [];
  if (current === (maxAgeSeconds === undefined ? undefined : String(maxAgeSeconds))) return;
  if (maxAgeSeconds === undefined) return await changeTable(server, "REMOVE TTL");
  const latest = LAST_SECOND - maxAgeSeconds;
  await changeTable(
    server,
    `MODIFY TTL toDateTime(toUInt32(greatest(least(time, ${latest}), 0))) + ` +
      `toIntervalSecond(${maxAgeSeconds})`,
  );
}

/**
 * Drops the weeks all of whose events are older than a time; must not run while events are inserted.
 *
 * @throws {ServerError} When the server failed.
 */
export async function dropWeeks(
  server: Server,
  before: number,
  visible: Visible,
): Promise<RetentionStep> {
  const weeks = await server.select(
    `SELECT week FROM ${NAMES.events} GROUP BY week HAVING max(time) < ${sqlDouble(before)}`,
    (row) => row.int32(),
  );
  if (weeks.length === 0) return { dropped: undefined, done: true };
  const due = await countEvents(server, weeks, visible);
  let dropped: DroppedEvents | undefined;
  try {
    for (const week of weeks) await changeTable(server, `DROP PARTITION ${week}`);
  } finally {
    // Where one of the servers failed, the others have dropped theirs all the same.
    const left = await countEvents(server, weeks, visible);
    const events = due.events - left.events;
    const bytes = due.bytes - left.bytes;
    if (events > 0) {
      await writeLedger(server, [{ kind: "drop", first: Date.now(), last: events, bytes }]);
      dropped = { ...due, events, bytes };
    }
  }
  return { dropped, done: true };
}

/**
 * Has the servers remove deleted events from their disks, which they do when they come to it.
 *
 * @throws {ServerError} When they could not be told.
 */
export async function purge(server: Server, arrivals: readonly Cursor[]): Promise<void> {
  for (let i = 0; i < arrivals.length; i += PURGED_AT_ONCE) {
    const numbers = arrivals.slice(i, i + PURGED_AT_ONCE).map(sqlInteger);
    await changeTable(server, `DELETE WHERE arrival IN (${numbers.join(", ")})`);
  }
}

async function countEvents(
  server: Server,
  weeks: readonly number[],
  visible: Visible,
): Promise<DroppedEvents> {
  const [sums] = await server.select(
    `SELECT count(), sum(size), min(time), max(time) FROM ${NAMES.events} ` +
      `WHERE week IN (${weeks.join(", ")}) AND ${sqlVisible(visible)}`,
    (row) => ({
      events: row.uint64(),
      bytes: row.uint64(),
      oldest: row.double(),
      newest: row.double(),
    }),
  );
  return sums ?? { events: 0, bytes: 0, oldest: 0, newest: 0 };
}

/** Changes the table of events on every server. */
async function changeTable(server: Server, change: string): Promise<void> {
  const { address: { cluster }, replication } = server;
  const table = localName(server, NAMES.events);
  if (replication === "replicated") {
    const on = `ON CLUSTER ${sqlName(cluster ?? "")}`;
    return await server.change(`ALTER TABLE ${table} ${on} ${change}`);
  }
  for (const client of server.clients) {
    await server.change(`ALTER TABLE ${table} ${change}`, client);
  }
}
