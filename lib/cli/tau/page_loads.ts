import type { Criteria } from "../../event/criteria.ts";
import type { Effect } from "./effect.ts";
import type { PageRequest } from "./page_loader.ts";

/** What a load does to the list. */
export interface PageLoad {
  readonly direction: "older" | "newer";
  /** The list is emptied before the first events come; loads that share it empty it once. */
  readonly fresh: { isDone: boolean } | undefined;
  /** What the list then begins or ends with. */
  readonly from: "start" | "end" | "between";
  /** The event that comes next to what it brings; undefined before an afresh one brought anything. */
  neighbour: string | undefined;
}

/** Options of {@linkcode PageLoads}. */
export interface PageLoadsOptions {
  /** What is loaded, without order and limit. */
  readonly criteria: Criteria;
  /** Events of a page. */
  readonly pageEvents: number;
  /** Gives a number that nothing else has, for each load. */
  readonly nextId: () => number;
}

/** The pages of a list that are being loaded. */
export class PageLoads {
  readonly #options: PageLoadsOptions;
  readonly #loads = new Map<number, PageLoad>();
  #effects: Effect[] = [];

  constructor(options: PageLoadsOptions) {
    this.#options = options;
  }

  /** How many there are. */
  get size(): number {
    return this.#loads.size;
  }

  /** Whether some load is such a one. */
  some(is: (load: PageLoad) => boolean): boolean {
    return this.#loads.values().some(is);
  }

  /** A load that is under way. */
  get(id: number): PageLoad | undefined {
    return this.#loads.get(id);
  }

  /** What is to be done, since it was asked for last. */
  takeEffects(): Effect[] {
    const effects = this.#effects;
    this.#effects = [];
    return effects;
  }

  /** Begins to load. */
  start(load: PageLoad, request: Partial<PageRequest>): void {
    const { criteria, pageEvents: count, nextId } = this.#options;
    const id = nextId();
    this.#loads.set(id, load);
    const { direction } = load;
    this.#effects.push({
      kind: "load",
      load: id,
      request: { criteria, direction, count, ...request },
    });
  }

  /** A load has ended; false when it was given up before. */
  end(id: number): boolean {
    return this.#loads.delete(id);
  }

  /** What a load brings is not wanted any more. */
  giveUp(id: number): void {
    this.#loads.delete(id);
    this.#effects.push({ kind: "giveUp", load: id });
  }

  /** As {@linkcode PageLoads.giveUp}, of all. */
  giveUpAll(): void {
    for (const id of [...this.#loads.keys()]) this.giveUp(id);
  }

  /** Forgets all: whoever loads has given up by itself. */
  clear(): void {
    this.#loads.clear();
  }
}
