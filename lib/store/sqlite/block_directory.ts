import type { RawEvent } from "../../event/raw_event.ts";
import type { Block } from "./block_codec.ts";
import { type BlockSpan, readIdFilter, readSoundBlock, readSpans } from "./block_table.ts";
import type { Database } from "./database.ts";
import { hashId, mayHold } from "./id_filter.ts";

/** Filters kept: 5 KiB each. */
const MAX_FILTERS = 512;

/** Sets of event keys kept, for a producer that sends a long run of duplicates; about 0.5 MiB each. */
const MAX_KEY_SETS = 8;

const decoder = new TextDecoder();

/** The writer's view of the sealed blocks: tells whether an event is already in one of them. */
export class BlockDirectory {
  readonly #database: Database;
  /** Ordered by greatest timestamp, so that an event newer than all blocks is done with at once. */
  #spans: BlockSpan[];
  readonly #filters = new Map<number, Uint8Array>();
  readonly #keys = new Map<number, ReadonlySet<string>>();

  constructor(database: Database) {
    this.#database = database;
    this.#spans = readSpans(database).sort(compareSpans);
  }

  /** All spans, ordered by greatest timestamp. */
  get spans(): readonly BlockSpan[] {
    return this.#spans;
  }

  add(span: BlockSpan): void {
    let at = this.#spans.length;
    while (at > 0 && compareSpans(span, this.#spans[at - 1] ?? span) < 0) at--;
    this.#spans.splice(at, 0, span);
  }

  /** Forgets a block, which was changed or removed. */
  remove(id: number): void {
    this.#spans = this.#spans.filter((span) => span.id !== id);
    this.#filters.delete(id);
    this.#keys.delete(id);
  }

  /** Whether a block holds an event of the same timestamp and id. A damaged block holds nothing. */
  has(event: RawEvent): boolean {
    const { timestamp } = event;
    let hash: ReturnType<typeof hashId> | undefined;
    for (let i = this.#spans.length - 1; i >= 0; i--) {
      const span = this.#spans[i];
      if (span === undefined || span.maxTimestamp < timestamp) return false;
      if (span.minTimestamp > timestamp) continue;
      hash ??= hashId(event.buffer, event.idStart, event.idEnd);
      if (!mayHold(this.#filter(span.id), hash)) continue;
      if (this.#keySet(span.id).has(`${timestamp} ${event.id}`)) return true;
    }
    return false;
  }

  /** The blocks whose filter does not exclude this id. */
  mayHoldId(id: string): BlockSpan[] {
    const bytes = new TextEncoder().encode(id);
    const hash = hashId(bytes, 0, bytes.length);
    return this.#spans.filter((span) => mayHold(this.#filter(span.id), hash));
  }

  #filter(id: number): Uint8Array {
    return remember(this.#filters, MAX_FILTERS, id, () => readIdFilter(this.#database, id));
  }

  #keySet(id: number): ReadonlySet<string> {
    return remember(this.#keys, MAX_KEY_SETS, id, () => keysOf(readSoundBlock(this.#database, id)));
  }
}

function compareSpans(a: BlockSpan, b: BlockSpan): number {
  return a.maxTimestamp - b.maxTimestamp;
}

function keysOf(block: Block | undefined): ReadonlySet<string> {
  const keys = new Set<string>();
  for (let row = 0; row < (block?.count ?? 0); row++) {
    if (block !== undefined) {
      keys.add(`${block.timestamp(row)} ${decoder.decode(block.idBytes(row))}`);
    }
  }
  return keys;
}

/** Looks up a map that keeps what was used last. */
function remember<V>(map: Map<number, V>, max: number, key: number, make: () => V): V {
  const value = map.get(key) ?? make();
  map.delete(key);
  map.set(key, value);
  if (map.size > max) {
    for (const oldest of map.keys()) {
      map.delete(oldest);
      break;
    }
  }
  return value;
}
