import { EventStoreError } from "../store.ts";
import { Database } from "./database.ts";
import { PagedFile } from "./paged_file.ts";
import { isDamagedStore } from "./store_evidence.ts";
import { findStructureFault } from "./structure.ts";

/**
 * A writer may begin its log anew just while that is read, which looks like damage; damage is there at
 * every look.
 */
const LOOKS = 3;

/**
 * Opens a store that is there for what does not change it, whoever else has it open, unless its
 * structure is damaged.
 *
 * @throws {EventStoreError} When it is no store of this version, empty, not accessible or damaged.
 */
export function openSound(path: string): Database {
  const database = openExisting(path);
  try {
    let fault: string | undefined;
    for (let look = 0; look < LOOKS; look++) {
      fault = lookForFault(database, path);
      if (fault === undefined) return database;
    }
    throw damageError(path, `${fault}`);
  } catch (error) {
    database[Symbol.dispose]();
    throw error;
  }
}

/** While this reads, a writer changes no page of the database; what it adds stands in the log. */
function lookForFault(database: Database, path: string): string | undefined {
  return database.snapshot(() => {
    database.first("SELECT count(*) FROM sqlite_schema");
    using file = new PagedFile(path, { isInUse: true });
    return findStructureFault(file);
  });
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
