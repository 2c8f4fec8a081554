import { findChangedTable, readFileHeader, readSchema } from "./file_header.ts";
import { headOf, readFirstValues, readPayload, readRecord } from "./page_record.ts";
import { countLevels, walkTree } from "./page_tree.ts";
import type { PagedFile } from "./paged_file.ts";
import {
  FIRST_OVERFLOW,
  FREE,
  LATER_OVERFLOW,
  LOCK_PAGE,
  PointerMap,
  ROOT,
  TREE,
} from "./pointer_map.ts";
import { readProven } from "./proven_record.ts";
import { PAGE_BYTES } from "./schema.ts";
import { fitsTable } from "./table_shape.ts";
import { type Cell, OVERFLOW_BYTES, type TreePage } from "./tree_page.ts";

/** Greater row ids are damaged ones: no store gives so many. */
const MAX_ROWID = 2 ** 52;

/** SQLite's own, of the names of `counter`. */
const COUNTER_INDEX = "sqlite_autoindex_counter_1";

/** Rows of a trunk of the list of free pages at most. */
const MAX_TRUNK_ENTRIES = PAGE_BYTES / 4 - 2;

/**
 * Checks how the pages of a database hang together: header, schema, all B-trees, the list of free pages,
 * the pointer map. Reads none of the pages in which blocks go on, nor the leaves of the index of ids, so it
 * takes milliseconds: what is wrong there costs one block, or time when ids are looked for.
 *
 * What it finds sound, SQLite can write to without losing more than it finds damaged.
 *
 * @returns What is wrong, undefined when nothing is.
 */
export function findStructureFault(file: PagedFile): string | undefined {
  try {
    new StructureCheck(file).run();
    return undefined;
  } catch (error) {
    if (error instanceof StructureFault) return error.message;
    throw error;
  }
}

class StructureFault extends Error {}

function assertSound(isSound: boolean, describe: () => string): void {
  if (!isSound) throw new StructureFault(describe());
}

class StructureCheck {
  readonly #file: PagedFile;
  readonly #map: PointerMap;
  readonly #count: number;
  /** Of each page what the pages that lead to it say: its kind and parent, 0 when none does. */
  readonly #kinds: Uint8Array;
  readonly #parents: Uint32Array;
  #overflowPages = 0;
  /** Row ids by table. */
  readonly #rowids = new Map<string, number[]>();

  constructor(file: PagedFile) {
    const header = readFileHeader(file);
    assertSound(header !== undefined, () => "it has no header");
    const { fault, count = 0 } = header ?? {};
    assertSound(fault === undefined, () => `${fault}`);
    assertSound(
      count <= file.committedCount,
      () => `it has ${file.committedCount} of ${count} pages`,
    );
    this.#file = file;
    this.#map = new PointerMap(file);
    this.#count = count;
    this.#kinds = new Uint8Array(count + 1);
    this.#parents = new Uint32Array(count + 1);
  }

  run(): void {
    this.#claim(1, ROOT, 0);
    const schema = readSchema(this.#file);
    const changed = findChangedTable(schema);
    assertSound(changed === undefined, () => `table '${changed}' is missing from its schema`);
    this.#checkTree("sqlite_schema", 1);
    for (const { name, root } of schema) if (root !== 0) this.#checkTree(name, root);
    this.#checkFreePages();
    this.#checkMap();
    const rootOf = new Map(schema.map(({ name, root }) => [name, root]));
    this.#checkBlocks(rootOf.get("block_data") ?? 0);
    this.#checkCounters(rootOf.get("counter") ?? 0, rootOf.get(COUNTER_INDEX) ?? 0);
  }

  #checkTree(name: string, root: number): void {
    if (root !== 1) this.#claim(root, ROOT, 0);
    const rowids: number[] = [];
    const pages = walkTree(this.#file, root, {
      ...this.#levelsOf(name, root),
      mayVisit: (number, parent) => {
        if (parent !== 0) this.#claim(number, TREE, parent);
        return true;
      },
      onFault: (number) => {
        throw new StructureFault(`page ${number} is none of table '${name}'`);
      },
    });
    let journalEnd = 0;
    for (const { page, parent, after, upTo } of pages) {
      const isFull = parent === 0 || !page.isLeaf || page.cells.length > 0;
      assertSound(
        page.isExact && isFull,
        () => `page ${page.number} of table '${name}' is damaged`,
      );
      let before = after;
      for (const cell of page.cells) {
        assertSound(
          !page.isTable || cell.rowid > before && cell.rowid <= upTo && cell.rowid <= MAX_ROWID,
          () => `row ${cell.rowid} of table '${name}' is in the wrong place`,
        );
        before = cell.rowid;
        if (page.isTable && page.isLeaf) {
          this.#checkRow(name, page, cell);
          rowids.push(cell.rowid);
          if (name === "journal") journalEnd = this.#checkArrivals(page, cell, journalEnd);
        }
        if (cell.overflow === 0) continue;
        this.#claim(cell.overflow, FIRST_OVERFLOW, page.number);
        this.#overflowPages += Math.ceil((cell.payload - cell.local) / OVERFLOW_BYTES);
      }
    }
    this.#rowids.set(name, rowids);
  }

  /**
   * The leaves of the index of ids are by far the most; one that is damaged names all blocks. Of a tree
   * of one level that is the root, of which more depends.
   */
  #levelsOf(name: string, root: number): { readonly levels?: number } {
    return name === "id_page" ? { levels: Math.max(1, countLevels(this.#file, root) - 1) } : {};
  }

  #checkRow(name: string, page: TreePage, cell: Cell): void {
    // A record of a block that is malformed costs that block only, unlike one of another table.
    const types = headOf(page, cell)?.types;
    const isSound = types === undefined ? name === "block_data" : fitsTable(name, types);
    assertSound(isSound, () => `row ${cell.rowid} of table '${name}' is malformed`);
    if (name !== "sqlite_sequence") return;
    const last = readRecord(readPayload(this.#file, page, cell) ?? new Uint8Array())?.[1];
    assertSound(
      typeof last === "number" && last >= 0 && last <= MAX_ROWID,
      () => `the last row id in table '${name}' is ${last}`,
    );
  }

  /** The arrival numbers of a row of the journal must end before those of the next. */
  #checkArrivals(page: TreePage, cell: Cell, end: number): number {
    const events = Number(readFirstValues(page, cell, 2)[1]);
    assertSound(
      cell.rowid > end && events > 0,
      () => `the arrival numbers from ${cell.rowid} on are given twice`,
    );
    return cell.rowid + events - 1;
  }

  #checkFreePages(): void {
    const { firstFree = 0, freeCount = 0 } = readFileHeader(this.#file) ?? {};
    let count = 0;
    for (let trunk = firstFree; trunk !== 0;) {
      this.#claim(trunk, FREE, 0);
      const bytes = this.#file.read(trunk) ?? new Uint8Array(PAGE_BYTES);
      const view = new DataView(bytes.buffer);
      const entries = view.getUint32(4);
      assertSound(entries <= MAX_TRUNK_ENTRIES, () => `the list of free pages is damaged`);
      for (let i = 0; i < entries; i++) this.#claim(view.getUint32(8 + 4 * i), FREE, 0);
      count += 1 + entries;
      trunk = view.getUint32(0);
    }
    assertSound(count === freeCount, () => `it has ${count} free pages, not ${freeCount}`);
  }

  /** The pointer map must say the same as the pages, and account for all of them. */
  #checkMap(): void {
    const hasNext = new Uint8Array(this.#count + 1);
    let overflowPages = 0;
    for (let number = 3; number <= this.#count; number++) {
      if (PointerMap.isPart(number) || number === LOCK_PAGE) continue;
      const { kind, parent } = this.#map.read(number) ?? { kind: 0, parent: 0 };
      const expected = this.#kinds[number] || LATER_OVERFLOW;
      const isParent = expected !== LATER_OVERFLOW
        ? parent === this.#parents[number]
        : parent <= this.#count && hasNext[parent] === 0 && this.#isOverflow(parent);
      assertSound(
        kind === expected && isParent,
        () => `the pointer map is wrong about page ${number}, or nothing leads there`,
      );
      if (kind === LATER_OVERFLOW) hasNext[parent] = 1;
      if (kind === FIRST_OVERFLOW || kind === LATER_OVERFLOW) overflowPages++;
    }
    assertSound(
      overflowPages === this.#overflowPages,
      () => `it has ${overflowPages} pages of long rows, not ${this.#overflowPages}`,
    );
  }

  #isOverflow(number: number): boolean {
    const { kind } = this.#map.read(number) ?? { kind: 0 };
    return kind === FIRST_OVERFLOW || kind === LATER_OVERFLOW;
  }

  /** Whole data without a summary can be saved; a summary without data is what searches report. */
  #checkBlocks(root: number): void {
    const summaries = new Set(this.#rowids.get("block"));
    const ids = this.#rowids.get("block_data") ?? [];
    if (ids.every((id) => summaries.has(id))) return;
    for (const { page } of walkTree(this.#file, root, { mayVisit: () => true, onFault() {} })) {
      for (const cell of page.isLeaf ? page.cells : []) {
        const isLost = !summaries.has(cell.rowid) &&
          readProven(this.#file, page, cell) !== undefined;
        assertSound(!isLost, () => `block ${cell.rowid} has no summary`);
      }
    }
  }

  /** SQLite looks counters up in an index, which must name the same. */
  #checkCounters(table: number, index: number): void {
    const [rows, entries] = [table, index].map((root) => {
      const names: string[] = [];
      for (const { page } of walkTree(this.#file, root, { mayVisit: () => true, onFault() {} })) {
        for (const cell of page.isLeaf ? page.cells : []) {
          const [name, rowid] = readFirstValues(page, cell, 2);
          names.push(`${name} ${page.isTable ? cell.rowid : rowid}`);
        }
      }
      return names.sort().join("\n");
    });
    assertSound(rows === entries, () => "the index of counters does not name the counters");
  }

  #claim(number: number, kind: number, parent: number): void {
    assertSound(
      number >= 1 && number <= this.#count && number !== LOCK_PAGE &&
        !PointerMap.isPart(number) && this.#kinds[number] === 0,
      () => `page ${parent} leads to page ${number}, which is another one's or not there`,
    );
    this.#kinds[number] = kind;
    this.#parents[number] = parent;
  }
}
