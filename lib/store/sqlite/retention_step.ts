import type { BlockSpan } from "./block_summary.ts";
import { dropBlock } from "./block_table.ts";
import type { Database } from "./database.ts";

/** What one step of retention is to enforce. */
export interface RetentionLimits {
  /** Blocks whose newest event is older are dropped: seconds since 1970, -Infinity for none. */
  readonly before: number;
  /** The oldest blocks are dropped while the database uses more bytes; Infinity for none. */
  readonly maxBytes: number;
}

/** Events that retention dropped. */
export interface DroppedEvents {
  /** How many. */
  readonly events: number;
  /** Bytes of their headers and contents as they came. */
  readonly bytes: number;
  /** The least timestamp among them. */
  readonly oldest: number;
  /** The greatest timestamp among them. */
  readonly newest: number;
}

/** What a step did. */
export interface RetentionStep {
  /** Undefined when it dropped nothing. */
  readonly dropped: DroppedEvents | undefined;
  /** False when there is more to do. */
  readonly done: boolean;
}

/** Blocks that one transaction drops: some milliseconds, so that saves go on in between. */
const STEP_BLOCKS = 16;

/** Free pages that one step gives back: 2 MiB. */
const STEP_PAGES = 128;

/** Fewer free pages than this are left to new events: 2 MiB. */
const MAX_FREE_PAGES = 128;

/** Blocks that a transaction dropped. */
export interface DroppedBlocks {
  readonly spans: readonly BlockSpan[];
  readonly dropped: DroppedEvents | undefined;
  /** False when the limits exclude more blocks. */
  readonly done: boolean;
}

/**
 * Drops some of the blocks that the limits exclude, the oldest first; must run in a transaction.
 *
 * @param spans Ordered by greatest timestamp.
 */
export function dropBlocks(
  database: Database,
  spans: readonly BlockSpan[],
  limits: RetentionLimits,
): DroppedBlocks {
  const gone: BlockSpan[] = [];
  let dropped: DroppedEvents | undefined;
  let done = true;
  for (const span of spans) {
    if (span.maxTimestamp >= limits.before && bytesInUse(database) <= limits.maxBytes) break;
    if (gone.length === STEP_BLOCKS) {
      done = false;
      break;
    }
    const row = database.first("SELECT raw_bytes FROM block WHERE id = ?", span.id);
    dropBlock(database, span.id);
    gone.push(span);
    dropped = addDropped(dropped, {
      events: span.events,
      bytes: Number(row?.["raw_bytes"] ?? 0),
      oldest: span.minTimestamp,
      newest: span.maxTimestamp,
    });
  }
  return { spans: gone, dropped, done };
}

/** Both together. */
export function addDropped(
  a: DroppedEvents | undefined,
  b: DroppedEvents | undefined,
): DroppedEvents | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return {
    events: a.events + b.events,
    bytes: a.bytes + b.bytes,
    oldest: Math.min(a.oldest, b.oldest),
    newest: Math.max(a.newest, b.newest),
  };
}

/** Adds to the figures of all that was ever dropped; must run in a transaction. */
export function countDropped(database: Database, { events, bytes }: DroppedEvents): void {
  for (const [name, value] of [["dropped_events", events], ["dropped_bytes", bytes]] as const) {
    database.run(
      `INSERT INTO counter VALUES (?, ?)
         ON CONFLICT (name) DO UPDATE SET value = value + excluded.value`,
      name,
      value,
    );
  }
}

/** What {@linkcode countDropped} counted, undefined when nothing was ever dropped. */
export function readDropped(
  database: Database,
): { readonly events: number; readonly bytes: number } | undefined {
  const rows = database.all("SELECT name, value FROM counter WHERE name LIKE 'dropped%'");
  if (rows.length === 0) return undefined;
  const values = new Map(rows.map((row) => [row["name"], Number(row["value"])]));
  return { events: values.get("dropped_events") ?? 0, bytes: values.get("dropped_bytes") ?? 0 };
}

/** Gives free pages back to the file system, some at a time. */
export class SpaceReturn {
  readonly #database: Database;
  readonly #emptyLog: () => void;
  #isUnderWay = false;

  /** @param emptyLog Is called at the end. */
  constructor(database: Database, emptyLog: () => void) {
    this.#database = database;
    this.#emptyLog = emptyLog;
  }

  /** Does some of it; true when nothing is left to do. */
  step(): boolean {
    const { free } = this.#database.pages();
    if (!this.#isUnderWay && free <= MAX_FREE_PAGES) return true;
    this.#isUnderWay = true;
    if (free > 0) {
      this.#database.vacuum(STEP_PAGES);
      // A database that cannot shrink must not be asked for ever.
      if (this.#database.pages().free < free) return false;
    }
    this.#isUnderWay = false;
    this.#emptyLog();
    return true;
  }
}

function bytesInUse(database: Database): number {
  const { count, free, bytes } = database.pages();
  return (count - free) * bytes;
}
