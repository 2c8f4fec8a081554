import { EventStoreError } from "../store.ts";
import { Database } from "./database.ts";
import { PagedFile } from "./paged_file.ts";
import { isDamagedStore } from "./store_evidence.ts";
import { findStructureFault } from "./structure.ts";

/**
 * Opens a store that is there for what does not change it, whoever else has it open, unless its
 * structure is damaged.
 *
 * @throws {EventStoreError} When it is no store of this version, empty, not accessible or damaged.
 */
export function openSound(path: string): Database {
  const database = openExisting(path);
  try {
    const fault = database.snapshot(() => {
      // While this is read, what a writer changes stays in the log behind what is read here.
      database.first("SELECT count(*) FROM sqlite_schema");
      using file = new PagedFile(path);
      return findStructureFault(file);
    });
    if (fault === undefined) return database;
    throw damageError(path, fault);
  } catch (error) {
    database[Symbol.dispose]();
    throw error;
  }
}

function openExisting(path: string): Database {
  try {
    return Database.openExisting(path);
  } catch (error) {
    if (!isDamagedStore(path, error)) throw error;
    throw damageError(path, error instanceof Error ? error.message : String(error), error);
  }
}

function damageError(path: string, reason: string, cause?: unknown): EventStoreError {
  return new EventStoreError(
    `Cannot open store '${path}' as it is damaged: ${reason}; run 'theia store repair', or start the ` +
      "collector, which repairs it",
    { cause },
  );
}
