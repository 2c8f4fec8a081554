import { readFileHeader, readSchema } from "./file_header.ts";
import { PagedFile } from "./paged_file.ts";
import { holdsRecords } from "./record_search.ts";
import { APPLICATION_ID, SCHEMA_VERSION } from "./schema.ts";

/** Whether a file says of itself that it is a store of this version. */
export function isMarkedStore(file: PagedFile): boolean {
  const header = readFileHeader(file);
  return header?.applicationId === APPLICATION_ID && header.version === SCHEMA_VERSION;
}

/**
 * Whether a file that could not be opened is a damaged store, not a file of something else, a store of
 * another version, or one that is only not accessible: it must say so itself or hold a record that
 * proves itself.
 *
 * @param error With which opening it failed.
 */
export function isDamagedStore(path: string, error: unknown): boolean {
  if (!isOfContent(error)) return false;
  using file = new PagedFile(path);
  if (isMarkedStore(file)) return true;
  if (readFileHeader(file)?.applicationId === APPLICATION_ID) return false;
  return readSchema(file).some(({ name }) => name === "block_data") || holdsRecords(file);
}

/** SQLite's primary result codes for what is wrong with the content: unknown names, damage, no database. */
const CONTENT_CODES: readonly number[] = [1, 11, 26];

/** Whether opening failed by what is in the file. */
function isOfContent(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const cause = error.cause ?? error;
  if (cause instanceof Error && "errcode" in cause) {
    return CONTENT_CODES.includes(Number(cause.errcode) & 0xff);
  }
  // A refusal of our own has no cause, a number beyond those of JavaScript no result code.
  return error.cause === undefined || cause instanceof RangeError;
}
