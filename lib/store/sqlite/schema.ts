/** "Thea" in ASCII: tells a store from a database of another program. */
export const APPLICATION_ID = 0x54686561;

/** Version of the layout below; a store of a later version is refused. */
export const SCHEMA_VERSION = 1;

/**
 * `journal`: events as they were committed, a row per commit, until they are sealed into blocks. The
 * arrival numbers of a row are consecutive.
 *
 * `block`: what a search needs to know of a block to pass it over; `block_data`: its content, see
 * `block_codec.ts`. They are two tables so that looking through all blocks reads few pages. An id is
 * never given twice: a search under way must not take a new block for one that went away.
 *
 * `counter`: `arrival`, the highest arrival number that was ever removed from the other tables;
 * `dropped_events` and `dropped_bytes`, what retention ever dropped.
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
  sources TEXT,
  tags TEXT
) STRICT;
CREATE TABLE block_data (
  block_id INTEGER PRIMARY KEY REFERENCES block (id) ON DELETE CASCADE,
  checksum INTEGER NOT NULL,
  id_filter BLOB NOT NULL,
  rows BLOB NOT NULL,
  headers BLOB NOT NULL,
  contents BLOB NOT NULL
) STRICT;
CREATE TABLE counter (
  name TEXT PRIMARY KEY,
  value INTEGER NOT NULL
) STRICT;
PRAGMA application_id = ${APPLICATION_ID};
PRAGMA user_version = ${SCHEMA_VERSION};
`;
