import { PagedFile } from "./paged_file.ts";
import { type Salvage, salvageStore } from "./salvage.ts";
import { SalvageFiles } from "./salvage_files.ts";
import { isDamagedStore, isMarkedStore } from "./store_evidence.ts";
import { findStructureFault } from "./structure.ts";
import { Writer } from "./writer.ts";

/** A store that was opened for writing. */
export interface OpenedStore {
  readonly writer: Writer;
  /** What was saved from a damaged database, undefined when it was sound. */
  readonly salvage: Salvage | undefined;
  /** Whether the log ended within a commit that was being written or was damaged. */
  readonly isLogTorn: boolean;
}

/**
 * Opens a store for writing and repairs it before, where its structure is damaged. Nobody else may have
 * it open for writing.
 *
 * @throws {EventStoreError} When it is no store of this version, not accessible, or cannot be repaired.
 */
export function openWriter(path: string): OpenedStore {
  const files = new SalvageFiles(path);
  files.putInPlace();
  files.removePartial();
  const { fault, isLogTorn } = examine(path, files);
  if (fault !== undefined) return { ...openSalvaged(path, fault), isLogTorn };
  try {
    return { writer: new Writer(path), salvage: undefined, isLogTorn };
  } catch (error) {
    if (!isDamagedStore(path, error)) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    return { ...openSalvaged(path, reason), isLogTorn };
  }
}

function openSalvaged(path: string, reason: string): Omit<OpenedStore, "isLogTorn"> {
  const salvage = salvageStore(path, reason);
  return { writer: new Writer(path), salvage };
}

/** What is wrong with a file that says of itself that it is a store. */
function examine(
  path: string,
  files: SalvageFiles,
): { readonly fault: string | undefined; readonly isLogTorn: boolean } {
  if (!isFile(path)) return { fault: undefined, isLogTorn: false };
  using file = new PagedFile(path);
  const { isBroken, isTorn: isLogTorn } = file.frames;
  if (!isMarkedStore(file)) return { fault: undefined, isLogTorn };
  if (files.isSuspect) return { fault: "it could not be written any more", isLogTorn };
  if (isBroken) return { fault: "its log is damaged before its end", isLogTorn };
  return { fault: findStructureFault(file), isLogTorn };
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    // Why it cannot be read is what opening it says.
    return false;
  }
}
