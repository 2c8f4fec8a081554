/** "Thea" in ASCII: tells a store from a database of another program. */
export const APPLICATION_ID = 0x54686561;

/** Version of the layout below; a store of another version is refused. Version 1 was never released. */
export const SCHEMA_VERSION = 2;

/** Pages of 16 KiB: a block spans few of them. */
export const PAGE_BYTES = 16 << 10;

/**
 * `journal`: events as they were committed, a row per commit, until they are sealed into blocks. The
 * arrival numbers of a row are consecutive.
 *
 * `block`: what a search needs to know of a block to pass it over; `block_data`: its content, see
 * `block_encoder.ts`. They are two tables so that looking through all blocks reads few pages. An id is
 * never given twice: a search under way must not take a new block for one that went away.
 *
 * `id_recent`, `id_segment`, `id_page`: which blocks may hold an id, see `id_index.ts`. They can be made
 * anew from the blocks.
 *
 * `counter`: `arrival`, the highest arrival number that was ever removed from the other tables;
 * `dropped_events` and `dropped_bytes`, what retention ever dropped; `id_seed`, see `id_hash.ts`;
 * `block_changes`, how often blocks were changed or removed; `version`, which tells a store of another
 * version from one whose header is damaged.
 */
export const SCHEMA = `
CREATE TABLE journal (
  first_arrival INTEGER PRIMARY KEY,
  events INTEGER NOT NULL,
  checksum INTEGER NOT NULL,
  frames BLOB NOT NULL
) STRICT;
CREATE TABLE block (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  min_timestamp REAL NOT NULL,
  max_timestamp REAL NOT NULL,
  min_arrival INTEGER NOT NULL,
  max_arrival INTEGER NOT NULL,
  events INTEGER NOT NULL,
  raw_bytes INTEGER NOT NULL,
  stored_bytes INTEGER NOT NULL,
  checksum INTEGER NOT NULL,
  sources TEXT,
  tags TEXT,
  labels_checksum INTEGER NOT NULL
) STRICT;
CREATE TABLE block_data (
  block_id INTEGER PRIMARY KEY REFERENCES block (id) ON DELETE CASCADE,
  checksums BLOB NOT NULL,
  rows BLOB NOT NULL,
  labels BLOB NOT NULL,
  contents BLOB NOT NULL,
  headers BLOB NOT NULL
) STRICT;
CREATE TABLE id_recent (
  block_id INTEGER PRIMARY KEY,
  checksum INTEGER NOT NULL,
  hashes BLOB NOT NULL
) STRICT;
CREATE TABLE id_segment (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  min_timestamp REAL NOT NULL,
  max_timestamp REAL NOT NULL,
  page_bits INTEGER NOT NULL,
  blocks BLOB NOT NULL,
  checksum INTEGER NOT NULL
) STRICT;
CREATE TABLE id_page (
  number INTEGER PRIMARY KEY,
  checksum INTEGER NOT NULL,
  entries BLOB NOT NULL
) STRICT;
CREATE TABLE counter (
  name TEXT PRIMARY KEY,
  value INTEGER NOT NULL
) STRICT;
INSERT INTO counter VALUES ('id_seed', random() & 0x7fffffff);
INSERT INTO counter VALUES ('version', ${SCHEMA_VERSION});
PRAGMA application_id = ${APPLICATION_ID};
PRAGMA user_version = ${SCHEMA_VERSION};
`;

/**
 * `block_digest`: what counting needs of a block, see `block_digest.ts`, as of the number of `events` that
 * the block had. Nothing depends on it: stores of earlier releases get it when they are opened for
 * writing, their blocks have none, and where those releases write to a store, what they change is seen by
 * that number. Its columns are in another order than those of `journal`, for a salvage recognises records
 * by the types of their values.
 */
export const DIGEST_TABLE = "block_digest";

export const DIGEST_SCHEMA = `
CREATE TABLE ${DIGEST_TABLE} (
  block_id INTEGER PRIMARY KEY,
  events INTEGER NOT NULL,
  digest BLOB NOT NULL,
  checksum INTEGER NOT NULL
) STRICT`;
