import { join } from "node:path";
import type { RawEvent } from "../../event/raw_event.ts";
import type { DataFile } from "./data_file.ts";
import { readStart } from "./disk.ts";
import { readContents } from "./file_contents.ts";

/** Keys kept in memory, of the files used last: about 15 MiB. The files in use may have more. */
const MAX_KEYS = 100_000;

/** Files that are in use at a time: those of a minute and its neighbours, as late events come. */
const FILES_IN_USE = 4;

/** What tells events apart. */
export function keyOf(event: RawEvent): string {
  return `${event.timestamp}\n${event.id}`;
}

/** The keys of the events in the data files used last; those of others are read from the file. */
export class KeyCache {
  readonly #directory: string;
  readonly #keys = new Map<DataFile, Set<string>>();
  #count = 0;

  constructor(directory: string) {
    this.#directory = directory;
  }

  /** The keys of a file. */
  async get(file: DataFile): Promise<ReadonlySet<string>> {
    let keys = this.#keys.get(file);
    if (keys === undefined) {
      const bytes = await readStart(join(this.#directory, file.name), file.size);
      keys = new Set(readContents(bytes).events.map(keyOf));
      this.#count += keys.size;
    }
    this.#keys.delete(file);
    this.#keys.set(file, keys);
    this.#evict(file);
    return keys;
  }

  /** Takes note of events that a file got; those of a file that was empty before are all of its events. */
  add(file: DataFile, events: readonly RawEvent[], isNew: boolean): void {
    let keys = this.#keys.get(file);
    if (keys === undefined) {
      if (!isNew) return;
      keys = new Set();
      this.#keys.set(file, keys);
    }
    const before = keys.size;
    for (const event of events) keys.add(keyOf(event));
    this.#count += keys.size - before;
    this.#evict(file);
  }

  /** Forgets a file, which has changed. */
  drop(file: DataFile): void {
    this.#count -= this.#keys.get(file)?.size ?? 0;
    this.#keys.delete(file);
  }

  #evict(inUse: DataFile): void {
    for (const file of this.#keys.keys()) {
      if (this.#count <= MAX_KEYS || this.#keys.size <= FILES_IN_USE) return;
      if (file !== inUse) this.drop(file);
    }
  }
}
