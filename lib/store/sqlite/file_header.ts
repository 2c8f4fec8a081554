import { APPLICATION_ID, PAGE_BYTES, SCHEMA, SCHEMA_VERSION } from "./schema.ts";
import { readPayload, readRecord } from "./page_record.ts";
import type { PagedFile } from "./paged_file.ts";
import { readTreePage } from "./tree_page.ts";

/** What the header of a database file says (https://sqlite.org/fileformat2.html#the_database_header). */
export interface FileHeader {
  readonly applicationId: number;
  readonly version: number;
  /** Pages of the database. */
  readonly count: number;
  readonly firstFree: number;
  readonly freeCount: number;
  /** What is wrong with it, undefined when it is as this program writes it. */
  readonly fault: string | undefined;
}

const MAGIC = new TextEncoder().encode("SQLite format 3\0");

/** Numbers that are the same in every store: place, bytes, value. */
const FIXED: readonly (readonly [place: number, bytes: number, value: number])[] = [
  [16, 2, PAGE_BYTES],
  // Written and read with a write-ahead log, no bytes reserved, and three constants.
  [18, 4, 0x02020040],
  [22, 2, 0x2020],
  // Format of the schema, UTF-8, incremental vacuum.
  [44, 4, 4],
  [56, 4, 1],
  [64, 4, 1],
  [60, 4, SCHEMA_VERSION],
  [68, 4, APPLICATION_ID],
];

/** Reads the header from the first page, undefined when there is none. */
export function readFileHeader(file: PagedFile): FileHeader | undefined {
  const bytes = file.read(1);
  if (bytes === undefined) return undefined;
  const view = new DataView(bytes.buffer);
  const isMagic = MAGIC.every((byte, i) => bytes[i] === byte);
  const wrong = FIXED.find(([place, size, value]) =>
    (size === 2 ? view.getUint16(place) : view.getUint32(place)) !== value
  );
  // As SQLite does: another program may have changed the file without this count.
  const isCounted = view.getUint32(28) !== 0 && view.getUint32(24) === view.getUint32(92);
  return {
    applicationId: view.getUint32(68),
    version: view.getUint32(60),
    count: isCounted ? view.getUint32(28) : file.committedCount,
    firstFree: view.getUint32(32),
    freeCount: view.getUint32(36),
    fault: !isMagic
      ? "its first bytes are not those of a database"
      : wrong && `byte ${wrong[0]} of its header is damaged`,
  };
}

/** A table or an index. */
export interface SchemaRow {
  readonly name: string;
  readonly root: number;
  readonly sql: string;
}

/** The tables and indexes that the schema names, as far as it can be read. */
export function readSchema(file: PagedFile): SchemaRow[] {
  const bytes = file.read(1);
  const page = bytes && readTreePage(bytes, 1);
  if (page === undefined || !page.isTable || !page.isLeaf) return [];
  return page.cells.flatMap((cell) => {
    const payload = readPayload(file, page, cell);
    const [, name, , root, sql] = (payload && readRecord(payload)) ?? [];
    if (typeof name !== "string" || typeof root !== "number") return [];
    return [{ name, root, sql: typeof sql === "string" ? sql : "" }];
  });
}

/** The first table of ours that is missing from a schema or not as it was made. */
export function findChangedTable(rows: readonly SchemaRow[]): string | undefined {
  const sqlOf = new Map(rows.map(({ name, sql }) => [name, normalize(sql)]));
  for (const [statement, name = ""] of SCHEMA.matchAll(/CREATE TABLE (\w+) [^;]+/g)) {
    if (sqlOf.get(name) !== normalize(statement)) return name;
  }
  return undefined;
}

/** SQLite puts names in quotes when a table is renamed. */
function normalize(sql: string): string {
  return sql.replaceAll('"', "").replaceAll(/\s+/g, " ");
}
