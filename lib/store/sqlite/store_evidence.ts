import { findChangedTable, readFileHeader, readSchema, type SchemaRow } from "./file_header.ts";
import { readFirstValues, type RecordValue } from "./page_record.ts";
import { walkTree } from "./page_tree.ts";
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
  const schema = readSchema(file);
  if (readFileHeader(file)?.applicationId === APPLICATION_ID) {
    return readVersion(file, schema) === SCHEMA_VERSION;
  }
  return findChangedTable(schema) === undefined || holdsRecords(file);
}

/** The version that the store has besides its header, undefined when it cannot be read. */
function readVersion(file: PagedFile, schema: readonly SchemaRow[]): RecordValue | undefined {
  const root = schema.find(({ name }) => name === "counter")?.root ?? 0;
  const options = { mayVisit: () => true, onFault: () => {} };
  for (const { page } of walkTree(file, root, options)) {
    for (const cell of page.isLeaf ? page.cells : []) {
      const [name, value] = readFirstValues(page, cell, 2);
      if (name === "version") return value;
    }
  }
  return undefined;
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
