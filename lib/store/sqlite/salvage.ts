import { EventStoreError } from "../store.ts";
import { Database } from "./database.ts";
import { PagedFile } from "./paged_file.ts";
import { findRecords } from "./record_search.ts";
import { RecordTaker, type TakenRecords } from "./record_taker.ts";
import { SalvageFiles } from "./salvage_files.ts";

/** What a repair did. */
export interface Salvage extends TakenRecords {
  /** What was wrong. */
  readonly reason: string;
  /** Where the damaged database is kept. */
  readonly kept: string;
}

/**
 * Makes a new database of all that proves itself in a damaged one, and puts it in its place; the damaged
 * one is kept. Arrival numbers stay. Nobody else may have the store open.
 *
 * A crash leaves the old store or the new one, see {@linkcode SalvageFiles}.
 *
 * @throws {EventStoreError} When the new database cannot be made, such as for want of room on the disk;
 * the damaged one stays as it is.
 */
export function salvageStore(path: string, reason: string): Salvage {
  const files = new SalvageFiles(path);
  const taken = makeDatabase(path, reason, files);
  const kept = files.putInPlace() ?? "";
  return { reason, ...taken, kept };
}

function makeDatabase(path: string, reason: string, files: SalvageFiles): TakenRecords {
  try {
    files.removePartial();
    const taken = fillDatabase(path, files.partial);
    files.complete();
    return taken;
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    removeQuietly(files);
    throw new EventStoreError(
      `Cannot repair store '${path}', which is damaged (${reason}): ${why}; a new database is made ` +
        "beside it, so the disk must have room for both; nothing was changed",
      { cause },
    );
  }
}

/** Without the room that a full disk lacks it may fail, too; the next opening tries again. */
function removeQuietly(files: SalvageFiles): void {
  try {
    files.removePartial();
  } catch {
    return;
  }
}

function fillDatabase(path: string, to: string): TakenRecords {
  using file = new PagedFile(path);
  using database = Database.openForWriting(to);
  const taker = new RecordTaker(database);
  for (const record of findRecords(file)) taker.take(record);
  return taker.finish();
}
