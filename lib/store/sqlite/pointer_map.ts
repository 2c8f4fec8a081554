import type { PagedFile } from "./paged_file.ts";
import { PAGE_BYTES } from "./schema.ts";

/** What a page is, by the pointer map (https://sqlite.org/fileformat2.html#pointer_map_or_ptrmap_pages). */
export const ROOT = 1;
export const FREE = 2;
export const FIRST_OVERFLOW = 3;
export const LATER_OVERFLOW = 4;
export const TREE = 5;

const ENTRY_BYTES = 5;

/** A page of the map and the pages that it is about. */
const GROUP_PAGES = Math.floor(PAGE_BYTES / ENTRY_BYTES) + 1;

/** SQLite leaves the page out that has the byte at 1 GiB, for its locks. */
export const LOCK_PAGE = (1 << 30) / PAGE_BYTES + 1;

/** An entry of the map. */
export interface PageOrigin {
  readonly kind: number;
  /** The page that points to it, 0 for a root and a free page. */
  readonly parent: number;
}

/** Tells of each page what it is and which page points to it. Keeps one page of the map. */
export class PointerMap {
  readonly #file: PagedFile;
  #number = 0;
  #view: DataView | undefined;

  constructor(file: PagedFile) {
    this.#file = file;
  }

  /** Whether a page is one of the map. */
  static isPart(number: number): boolean {
    return number >= 2 && mapPageOf(number) === number;
  }

  /** The entry of a page, undefined when its page of the map is not there. */
  read(number: number): PageOrigin | undefined {
    if (number < 3) return undefined;
    const mapPage = mapPageOf(number);
    if (mapPage !== this.#number) {
      const bytes = this.#file.read(mapPage);
      this.#view = bytes && new DataView(bytes.buffer);
      this.#number = mapPage;
    }
    const at = ENTRY_BYTES * (number - mapPage - 1);
    if (this.#view === undefined || at < 0 || at + ENTRY_BYTES > PAGE_BYTES) return undefined;
    return { kind: this.#view.getUint8(at), parent: this.#view.getUint32(at + 1) };
  }
}

/** The page of the map that is about a page. It never is the lock page, by the size of our pages. */
function mapPageOf(number: number): number {
  return Math.floor((number - 2) / GROUP_PAGES) * GROUP_PAGES + 2;
}
