import type { RawEvent } from "../../event/raw_event.ts";
import { EventReadError } from "../store.ts";
import { BlockIds } from "./block_ids.ts";
import type { BlockSpan } from "./block_summary.ts";
import { readBlock, readSpans } from "./block_table.ts";
import type { Database } from "./database.ts";
import type { IdIndex } from "./id_index.ts";

/** Blocks whose ids are kept, for a producer that sends a long run of duplicates; about 1 MiB each. */
const MAX_BLOCK_IDS = 8;

/** The writer's view of the sealed blocks: tells whether events are already in one of them. */
export class BlockDirectory {
  readonly #database: Database;
  readonly #index: IdIndex;
  /** Ordered by greatest timestamp, so that events newer than all blocks are done with at once. */
  #spans: BlockSpan[];
  readonly #ids = new Map<number, BlockIds | undefined>();

  constructor(database: Database, index: IdIndex) {
    this.#database = database;
    this.#index = index;
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

  /** Forgets blocks that were changed or removed. */
  remove(blocks: ReadonlySet<number>): void {
    this.#spans = this.#spans.filter(({ id }) => !blocks.has(id));
    for (const id of blocks) this.#forgetIds(id);
  }

  /**
   * Which of these events are in a block already, by timestamp and id: a 1 at their place. A damaged
   * block holds nothing.
   *
   * @param hashes Of the ids.
   */
  findStored(events: readonly RawEvent[], hashes: Uint32Array): Uint8Array {
    const found = new Uint8Array(events.length);
    const newest = this.#spans.at(-1)?.maxTimestamp ?? -Infinity;
    const timestamps = Float64Array.from(events, ({ timestamp }) => timestamp);
    const places = [...timestamps.keys()].filter((place) => (timestamps[place] ?? 0) <= newest);
    if (places.length === 0) return found;
    // Block by block, so that each is read once however many candidates it has.
    const candidates = new Map<number, number[]>();
    this.#index.findAll({ places, hashes, timestamps }, (place, block) => {
      const inBlock = candidates.get(block);
      if (inBlock === undefined) candidates.set(block, [place]);
      else inBlock.push(place);
    });
    for (const [block, inBlock] of candidates) {
      const ids = this.#blockIds(block);
      for (const place of inBlock) {
        const event = events[place];
        if (event !== undefined && ids?.has(event, hashes[place] ?? 0)) found[place] = 1;
      }
    }
    return found;
  }

  /** The blocks that may hold this id. */
  mayHoldId(id: string): BlockSpan[] {
    const bytes = new TextEncoder().encode(id);
    const blocks = new Set(this.#index.blocksOf(this.#index.hash(bytes, 0, bytes.length)));
    return this.#spans.filter((span) => blocks.has(span.id));
  }

  #blockIds(id: number): BlockIds | undefined {
    const ids = this.#ids.has(id) ? this.#ids.get(id) : this.#readIds(id);
    this.#ids.delete(id);
    this.#ids.set(id, ids);
    if (this.#ids.size > MAX_BLOCK_IDS) {
      const { value: oldest } = this.#ids.keys().next();
      if (oldest !== undefined) this.#forgetIds(oldest);
    }
    return ids;
  }

  #readIds(id: number): BlockIds | undefined {
    try {
      const block = readBlock(this.#database, id);
      return block === undefined ? undefined : new BlockIds(block, this.#index.hash);
    } catch (error) {
      if (error instanceof EventReadError) return undefined;
      throw error;
    }
  }

  #forgetIds(id: number): void {
    this.#ids.get(id)?.[Symbol.dispose]();
    this.#ids.delete(id);
  }
}

function compareSpans(a: BlockSpan, b: BlockSpan): number {
  return a.maxTimestamp - b.maxTimestamp;
}
