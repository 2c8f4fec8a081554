import type { PagedFile } from "./paged_file.ts";
import { readTreePage, type TreePage } from "./tree_page.ts";

/** A page on the way through a B-tree. */
export interface VisitedPage {
  readonly page: TreePage;
  /** The page above, 0 for the root. */
  readonly parent: number;
  /** By the pages above, its row ids are greater than this one. */
  readonly after: number;
  /** By the pages above, its row ids are not greater than this one. */
  readonly upTo: number;
}

/** Deeper than the greatest file that there can be. */
const MAX_DEPTH = 20;

/** What a walk is told. */
export interface TreeWalkOptions {
  /** Whether a page may belong to the tree; asked once per page. */
  readonly mayVisit: (number: number, parent: number) => boolean;
  /** How many levels are read, from the root on; those below are only asked for. @default {all} */
  readonly levels?: number;
  /** Told of a page that cannot be reached or is none of this tree. */
  readonly onFault: (number: number) => void;
}

/** How many levels a B-tree has on its left side, 0 when its root is none. */
export function countLevels(file: PagedFile, root: number): number {
  let levels = 0;
  for (let number = root; levels < MAX_DEPTH; levels++) {
    const bytes = file.read(number);
    const page = bytes && readTreePage(bytes, number);
    if (page === undefined) return levels;
    if (page.isLeaf) return levels + 1;
    number = page.cells[0]?.child ?? page.rightChild;
  }
  return levels;
}

/**
 * Goes over the pages of a B-tree in its order. No page is visited twice, so that it ends whatever the
 * pages hold.
 */
export function* walkTree(
  file: PagedFile,
  root: number,
  { mayVisit, onFault, levels = MAX_DEPTH }: TreeWalkOptions,
): Generator<VisitedPage> {
  const seen = new Set<number>();
  const waiting = [{ number: root, parent: 0, depth: 0, after: 0, upTo: Infinity }];
  let isTable: boolean | undefined;
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { number, parent, depth, after, upTo } = next;
    const isNew = !seen.has(number) && depth < MAX_DEPTH && mayVisit(number, parent);
    seen.add(number);
    if (isNew && depth >= levels) continue;
    const bytes = isNew ? file.read(number) : undefined;
    const page = bytes && readTreePage(bytes, number);
    if (page === undefined || page.isTable !== (isTable ??= page.isTable)) {
      onFault(number);
      continue;
    }
    yield { page, parent, after, upTo };
    if (page.isLeaf) continue;
    const below = { parent: number, depth: depth + 1 };
    const keys = page.cells.map(({ rowid }) => rowid);
    // The last one on top: the first is next.
    waiting.push({ ...below, number: page.rightChild, after: keys.at(-1) ?? after, upTo });
    for (let i = page.cells.length - 1; i >= 0; i--) {
      const { child = 0, rowid = 0 } = page.cells[i] ?? {};
      waiting.push({ ...below, number: child, after: keys[i - 1] ?? after, upTo: rowid });
    }
  }
}
