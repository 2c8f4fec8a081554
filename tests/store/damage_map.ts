import { readFileHeader, readSchema } from "../../lib/store/sqlite/file_header.ts";
import { walkTree } from "../../lib/store/sqlite/page_tree.ts";
import { PagedFile } from "../../lib/store/sqlite/paged_file.ts";
import { pagesOf, readProven } from "../../lib/store/sqlite/proven_record.ts";
import { FREE, PointerMap } from "../../lib/store/sqlite/pointer_map.ts";
import { PAGE_BYTES } from "../../lib/store/sqlite/schema.ts";

/** What the pages of a sound database are. */
export interface DamageMap {
  /** The pages that the record with each arrival number stands in. */
  readonly pagesOfArrival: ReadonlyMap<number, readonly number[]>;
  /** The root of each table. */
  readonly roots: ReadonlyMap<string, number>;
  /** Pages of B-trees that lead to other pages, and those of blocks that hold rows. */
  readonly interior: readonly number[];
  readonly leaves: readonly number[];
  /** All that are not free. */
  readonly used: readonly number[];
  /** The first page of the list of free pages, 0 when there is none. */
  readonly trunk: number;
  readonly count: number;
}

/** Looks which record each page of a sound database belongs to. */
export function mapPages(path: string): DamageMap {
  using file = new PagedFile(path);
  const pagesOfArrival = new Map<number, readonly number[]>();
  const interior: number[] = [];
  const leaves: number[] = [];
  const roots = new Map(readSchema(file).map(({ name, root }) => [name, root]));
  for (const [name, root] of roots) {
    const options = { mayVisit: () => true, onFault: () => {} };
    for (const { page } of root === 0 ? [] : walkTree(file, root, options)) {
      if (!page.isLeaf) interior.push(page.number);
      else if (name === "block_data") leaves.push(page.number);
      for (const cell of name === "block_data" || name === "journal" ? page.cells : []) {
        const record = page.isLeaf ? readProven(file, page, cell) : undefined;
        const pages = pagesOf(file, page, cell);
        if (record?.kind === "block") {
          for (const { arrival } of record.stored) pagesOfArrival.set(arrival, pages);
        } else if (record?.kind === "row") {
          for (let i = 0; i < record.events; i++) {
            pagesOfArrival.set(record.firstArrival + i, pages);
          }
        }
      }
    }
  }
  const { firstFree: trunk = 0 } = readFileHeader(file) ?? {};
  const map = new PointerMap(file);
  const used = Array.from({ length: file.count }, (_, i) => i + 1)
    .filter((page) => map.read(page)?.kind !== FREE);
  return { pagesOfArrival, roots, interior, leaves, used, trunk, count: file.count };
}

/** The pages in which two states of a database differ. */
export function changedPages(before: Uint8Array, after: Uint8Array): Set<number> {
  const pages = new Set<number>();
  for (let start = 0; start < before.length; start += PAGE_BYTES) {
    const a = before.subarray(start, start + PAGE_BYTES);
    const b = after.subarray(start, start + PAGE_BYTES);
    if (a.length !== b.length || a.some((byte, i) => byte !== b[i])) {
      pages.add(start / PAGE_BYTES + 1);
    }
  }
  return pages;
}
