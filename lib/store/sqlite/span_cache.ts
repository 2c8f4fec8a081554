import type { BlockSpan } from "./block_summary.ts";
import { readBlockChanges, readSpans } from "./block_table.ts";
import type { Database } from "./database.ts";

/**
 * The spans of all blocks as a connection that only reads sees them: kept from search to search, since
 * reading thousands of them takes longer than finding the newest ten events.
 */
export class SpanCache {
  readonly #database: Database;
  #spans: BlockSpan[] = [];
  #changes = -1;
  #newest = 0;

  constructor(database: Database) {
    this.#database = database;
  }

  /** All spans of this moment; must run in a snapshot. The list must not be changed. */
  read(): readonly BlockSpan[] {
    const changes = readBlockChanges(this.#database);
    if (changes !== this.#changes) {
      this.#spans = [];
      this.#newest = 0;
      this.#changes = changes;
    }
    const added = readSpans(this.#database, this.#newest);
    if (added.length > 0) this.#spans = [...this.#spans, ...added];
    for (const { id } of added) this.#newest = Math.max(this.#newest, id);
    return this.#spans;
  }
}
