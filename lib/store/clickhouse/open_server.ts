import { EventStoreError } from "../store.ts";
import type { ClickHouseAddress } from "./address.ts";
import { sqlText } from "./literal.ts";
import { Server } from "./server.ts";
import { ServerError } from "./server_error.ts";

/** Codes of refused users, see `ErrorCodes` of ClickHouse. */
const REFUSED_USERS: readonly number[] = [
  192, // UNKNOWN_USER
  193, // WRONG_PASSWORD
  194, // REQUIRED_PASSWORD
  195, // IP_ADDRESS_NOT_ALLOWED
  497, // ACCESS_DENIED
  516, // AUTHENTICATION_FAILED
];

const UNKNOWN_DATABASE = 81;

/**
 * Connects to the servers of a store and does something with them, so that it is usable.
 *
 * @throws {EventStoreError} When that failed: the message names the server, the database and what to do.
 */
export async function openServer<T>(
  address: ClickHouseAddress,
  timeoutMs: number,
  prepare: (server: Server) => Promise<T>,
): Promise<T> {
  try {
    const server = await Server.connect(address, timeoutMs);
    await checkCluster(server);
    return await prepare(server);
  } catch (cause) {
    if (!(cause instanceof ServerError)) throw cause;
    const { code, message } = cause;
    const help = code === undefined
      ? "; check host and port, which must be those of the server's HTTP interface"
      : REFUSED_USERS.includes(code)
      ? "; check the user and the password in the URL, and what the user may do"
      : code === UNKNOWN_DATABASE
      ? `; make the database first: CREATE DATABASE ${address.database}`
      : "";
    throw new EventStoreError(`Cannot open store '${address.name}': ${message}${help}`, { cause });
  }
}

async function checkCluster(server: Server): Promise<void> {
  const { cluster, name } = server.address;
  if (cluster === undefined) return;
  const clusters = await server.select(
    `SELECT DISTINCT cluster FROM system.clusters ORDER BY cluster = ${sqlText(cluster)}, cluster`,
    (row) => row.text(),
  );
  if (clusters.includes(cluster)) return;
  throw new EventStoreError(
    `Cannot open store '${name}': the server knows no cluster '${cluster}': its remote_servers are ` +
      (clusters.map((known) => `'${known}'`).join(", ") || "none"),
  );
}
