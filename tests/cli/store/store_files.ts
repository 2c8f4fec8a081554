import { DatabaseSync } from "node:sqlite";
import type { Event } from "../../../lib/event/event.ts";
import { createEvent } from "../../../lib/event/event.ts";
import { SqliteStore } from "../../../lib/store/sqlite/sqlite_store.ts";
import { openForReading } from "../../../lib/store/open_for_reading.ts";

/** A directory that goes away with the block it is used in, with a store's place in it. */
export class StoreFiles implements AsyncDisposable {
  readonly directory: string;

  private constructor(directory: string) {
    this.directory = directory;
  }

  static async make(): Promise<StoreFiles> {
    return new StoreFiles(await Deno.makeTempDir({ prefix: "theia-cli-store-" }));
  }

  path(name = "events.db"): string {
    return `${this.directory}/${name}`;
  }

  url(name = "events.db"): string {
    return `sqlite:///${this.path(name)}`;
  }

  /** Saves the batches into a store, each in a commit of its own. */
  async fill(batches: readonly (readonly Event[])[], name = "events.db"): Promise<void> {
    await using store = await SqliteStore.open(this.path(name));
    for (const batch of batches) await store.save(batch);
  }

  /** The ids in a store, in the order of time. */
  async ids(name = "events.db"): Promise<string[]> {
    await using store = await openForReading(this.url(name));
    const found: string[] = [];
    for await (const { events } of store.search({})) found.push(...events.map(({ id }) => id));
    return found;
  }

  /** Changes a closed database with plain SQL. */
  change(sql: string, name = "events.db"): void {
    using database = new DatabaseSync(this.path(name));
    database.exec(sql);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.directory, { recursive: true });
  }
}

/** Events `<prefix>0`, `<prefix>1`, …, a second apart. */
export function events(prefix: string, count: number, start = 1e9): Event[] {
  return Array.from({ length: count }, (_, i) =>
    createEvent({
      id: `${prefix}${i}`,
      timestamp: start + i,
      source: "/var/log/app",
      tags: i % 2 === 0 ? ["web", "eu"] : [],
      content: `größe ${i}\nof ${prefix}`,
      headers: i % 3 === 0 ? ["offset: 12"] : [],
    }));
}
