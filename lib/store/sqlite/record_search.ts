import { readFileHeader, readSchema } from "./file_header.ts";
import { walkTree } from "./page_tree.ts";
import type { PagedFile } from "./paged_file.ts";
import { FREE, PointerMap, ROOT, TREE } from "./pointer_map.ts";
import { looksLikeRow, type ProvenRecord, readProven } from "./proven_record.ts";
import { PAGE_BYTES } from "./schema.ts";
import { readTreePage, TABLE_LEAF, type TreePage } from "./tree_page.ts";

/** More pages than this are not looked at to tell whether a file is a store: 1 GiB. */
const MAX_EVIDENCE_PAGES = (1 << 30) / PAGE_BYTES;

/** A record that was found, or one that had to be there and does not prove itself. */
export type FoundRecord = ProvenRecord | {
  readonly kind: "damaged";
  readonly table: RecordTable;
  /** The id of the block, or the first arrival number of the row of the journal. */
  readonly number: number;
};

/** The tables that hold events. */
type RecordTable = "block_data" | "journal";

/**
 * Finds the records of a damaged database that prove themselves.
 *
 * First those that the B-trees lead to, as far as these can be followed. Then those in pages to which
 * nothing leads any more, except free pages: what these hold was deleted. Blocks come before the rows
 * of the journal that were sealed into them. So of two records that are versions of each other, the one
 * to be taken comes first.
 */
export function* findRecords(file: PagedFile): Generator<FoundRecord> {
  const free = new FreePages(file);
  const visited = new Set<number>();
  const rows = leavesOf(file, "journal", free, visited);
  for (const number of leavesOf(file, "block_data", free, visited)) {
    yield* readCells(file, number, "block_data");
  }
  const others: number[] = [];
  for (let number = 2; number <= file.count; number++) {
    if (visited.has(number) || free.has(number)) continue;
    const page = readLeaf(file, number);
    if (page?.cells.some((cell) => looksLikeRow(page, cell)) === true) others.push(number);
    else if (page !== undefined) yield* readCells(file, number);
  }
  for (const number of rows) yield* readCells(file, number, "journal");
  for (const number of others) yield* readCells(file, number);
}

/** The leaves to which the B-tree of a table leads; adds all its pages to `visited`. */
function leavesOf(
  file: PagedFile,
  table: RecordTable,
  free: FreePages,
  visited: Set<number>,
): number[] {
  const root = readSchema(file).find(({ name }) => name === table)?.root ?? 0;
  const leaves: number[] = [];
  const pages = walkTree(file, root, {
    mayVisit: (number) => number > 1 && !visited.has(number) && !free.has(number),
    onFault: () => {},
  });
  for (const { page } of pages) {
    visited.add(page.number);
    if (page.isLeaf) leaves.push(page.number);
  }
  return leaves;
}

/** Whether a file holds at least one block or row of the journal that proves itself. */
export function holdsRecords(file: PagedFile): boolean {
  for (let number = 2; number <= Math.min(file.count, MAX_EVIDENCE_PAGES); number++) {
    const page = readLeaf(file, number);
    const isProof = page?.cells.some((cell) => {
      const { kind } = readProven(file, page, cell) ?? {};
      return kind === "block" || kind === "row";
    });
    if (isProof === true) return true;
  }
  return false;
}

/** @param table The one that the page is known to be of. */
function* readCells(
  file: PagedFile,
  number: number,
  table?: RecordTable,
): Generator<FoundRecord> {
  const page = readLeaf(file, number);
  for (const cell of page?.cells ?? []) {
    const record = page && readProven(file, page, cell);
    if (record !== undefined) yield record;
    else if (table !== undefined) yield { kind: "damaged", table, number: cell.rowid };
  }
}

function readLeaf(file: PagedFile, number: number): TreePage | undefined {
  const bytes = file.read(number);
  return bytes?.[0] === TABLE_LEAF ? readTreePage(bytes, number) : undefined;
}

/** The pages that hold nothing: by the pointer map and, where that is damaged, by the list of them. */
class FreePages {
  readonly #map: PointerMap;
  readonly #listed = new Set<number>();
  readonly #count: number;

  constructor(file: PagedFile) {
    this.#map = new PointerMap(file);
    this.#count = file.count;
    let trunk = readFileHeader(file)?.firstFree ?? 0;
    while (trunk > 1 && !this.#listed.has(trunk)) {
      const bytes = file.read(trunk);
      if (bytes === undefined) return;
      this.#listed.add(trunk);
      const view = new DataView(bytes.buffer);
      const entries = Math.min(view.getUint32(4), PAGE_BYTES / 4 - 2);
      for (let i = 0; i < entries; i++) this.#listed.add(view.getUint32(8 + 4 * i));
      trunk = view.getUint32(0);
    }
  }

  has(number: number): boolean {
    if (PointerMap.isPart(number)) return true;
    const { kind, parent } = this.#map.read(number) ?? { kind: 0, parent: 0 };
    // A whole entry decides: damage hardly makes one of another kind that is whole.
    if (kind === FREE && parent === 0) return true;
    const isInUse = kind === ROOT && parent === 0 ||
      kind === TREE && parent >= 1 && parent <= this.#count;
    return !isInUse && this.#listed.has(number);
  }
}
