import { crc32 } from "node:zlib";
import type { Database } from "./database.ts";

/** Writes the digest of a block, or removes it where there is none; must run in a transaction. */
export function putDigest(
  database: Database,
  id: number,
  events: number,
  digest: Uint8Array | undefined,
): void {
  if (digest === undefined) return deleteDigest(database, id);
  if (!database.hasDigests) return;
  database.run(
    "INSERT OR REPLACE INTO block_digest (block_id, events, digest, checksum) VALUES (?, ?, ?, ?)",
    id,
    events,
    digest,
    crc32(digest),
  );
}

/** Removes the digest of a block; must run in a transaction. */
export function deleteDigest(database: Database, id: number): void {
  if (database.hasDigests) database.run("DELETE FROM block_digest WHERE block_id = ?", id);
}

/**
 * The digest of a block, undefined when there is none, or it is damaged.
 *
 * @param events How many the block has now: a digest of other ones is of no use.
 */
export function readDigest(
  database: Database,
  id: number,
  events: number,
): Uint8Array | undefined {
  if (!database.hasDigests) return undefined;
  const row = database.first(
    "SELECT events, digest, checksum FROM block_digest WHERE block_id = ?",
    id,
  );
  const digest = row?.["digest"];
  if (!(digest instanceof Uint8Array) || row?.["events"] !== events) return undefined;
  return crc32(digest) === row["checksum"] ? digest : undefined;
}
