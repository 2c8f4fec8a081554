/** "Hat1" in ASCII: tells a backend's database from one of another program. */
export const APPLICATION_ID = 0x48617431;

/** Version of the layout below; a database of another version is refused. */
export const SCHEMA_VERSION = 1;

/**
 * Events of a segment, as a power of two. Where events of a type are in a segment is written as the
 * segment fills, all over that part of the index: so it must be small enough to stay in memory (2^14
 * events: about 1 MiB), while a query of one type looks once into each segment (10 million events: 610).
 */
export const SEGMENT_BITS = 14;

/**
 * `event`: all events by arrival number. `id`, `time`, `source` and `type` are bytes in the order of
 * what they stand for, see `packed_events.ts`; `payload` likewise.
 *
 * `segment`: which timestamps the events of a segment have at most.
 *
 * `type`: the event types by number, as JSON. `latest`: the latest event of each type, as far as the
 * arrival number `latest` of `counter`; what came later is told from `event` when it is opened.
 *
 * `server`: the greatest event id of each server. `counter`: `arrival`, the greatest arrival number
 * ever given; `events`, how many there are; `latest`, see above.
 */
export const SCHEMA = `
CREATE TABLE event (
  arrival INTEGER PRIMARY KEY,
  id BLOB NOT NULL,
  type BLOB NOT NULL,
  time BLOB NOT NULL,
  source BLOB,
  payload BLOB NOT NULL
) STRICT;
CREATE UNIQUE INDEX event_id ON event (id);
CREATE INDEX event_time ON event (time, arrival, type);
CREATE INDEX event_source ON event (source, time, arrival, type) WHERE source IS NOT NULL;
CREATE INDEX event_segment ON event (arrival >> ${SEGMENT_BITS}, type, time);
CREATE TABLE segment (
  number INTEGER PRIMARY KEY,
  min_time BLOB NOT NULL,
  max_time BLOB NOT NULL,
  min_source BLOB,
  max_source BLOB
) STRICT;
CREATE TABLE type (
  number INTEGER PRIMARY KEY,
  name TEXT NOT NULL
) STRICT;
CREATE TABLE latest (
  type BLOB PRIMARY KEY,
  arrival INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE server (
  id INTEGER PRIMARY KEY,
  session INTEGER NOT NULL,
  instance INTEGER NOT NULL
) STRICT;
CREATE TABLE counter (
  name TEXT PRIMARY KEY,
  value INTEGER NOT NULL
) STRICT;
INSERT INTO counter VALUES ('arrival', 0), ('events', 0), ('latest', 0);
PRAGMA application_id = ${APPLICATION_ID};
PRAGMA user_version = ${SCHEMA_VERSION};
`;
