import type { Criteria } from "../../event/criteria.ts";
import type { RawEvent } from "../../event/raw_event.ts";
import type { Effect } from "./effect.ts";
import { eventKey } from "./event_window.ts";
import { Highlighter } from "./highlighter.ts";
import { Histogram, type HistogramData } from "./histogram.ts";
import type { ListView } from "./list_view.ts";
import { PagedList, type PageLimits } from "./paged_list.ts";

/** Options of {@linkcode Scope}. */
export interface ScopeOptions {
  /** Where it begins. @default {at the newest event} */
  readonly beginning?: Beginning | undefined;
  /** The pattern whose matches are marked. @default {that of the criteria} */
  readonly highlighted?: string | undefined;
  readonly limits?: PageLimits;
}

/** Where a scope begins. */
export type Beginning =
  | { readonly kind: "end" }
  | { readonly kind: "event"; readonly timestamp: number; readonly key: string };

/** One filter: what it finds as a list, how many that are over the time, and what of it is marked. */
export class Scope {
  readonly id: number;
  readonly criteria: Criteria;
  readonly pages: PagedList;
  readonly highlighter: Highlighter;
  histogram: Histogram | undefined;
  /** Why the collector refuses the filter. */
  error: string | undefined;
  readonly #beginning: Beginning;
  #effects: Effect[] = [];
  #isFollowing = false;
  #isCounted = false;

  /**
   * @param criteria Without order and limit.
   * @param nextId Gives a number that nothing else has, for it and for each of its loads.
   */
  constructor(
    criteria: Criteria,
    nextId: () => number,
    { beginning = { kind: "end" }, highlighted = criteria.content, limits = {} }: ScopeOptions = {},
  ) {
    this.id = nextId();
    this.criteria = criteria;
    this.pages = new PagedList(criteria, nextId, limits);
    this.highlighter = new Highlighter(highlighted);
    this.#beginning = beginning;
    if (beginning.kind === "event") this.list.want(beginning.timestamp, beginning.key);
  }

  /** What is shown of it. */
  get list(): ListView {
    return this.pages.list;
  }

  /** Whether events are being looked for. */
  get isLoading(): boolean {
    return this.pages.isLoading || (!this.#isFollowing && this.error === undefined);
  }

  /** What is to be done, since it was asked for last. */
  takeEffects(): Effect[] {
    if (this.error === undefined) this.pages.loadMore();
    const effects = [...this.#effects, ...this.pages.takeEffects()];
    this.#effects = [];
    return effects;
  }

  /** Begins to follow, or does it again after something else was followed. */
  follow(): void {
    this.pages.close();
    this.#isFollowing = false;
    this.error = undefined;
    this.#effects.push({ kind: "follow", scope: this.id, criteria: this.criteria });
  }

  /** Whatever arrives from now on is told. */
  takeFollowing(): void {
    const { pages, list } = this;
    const isFirst = !this.#isFollowing && list.window.length === 0;
    this.#isFollowing = true;
    pages.open();
    if (isFirst && this.#beginning.kind === "event") {
      pages.toTime(this.#beginning.timestamp, this.#beginning.key);
    } else if (list.mode === "following") {
      pages.toEnd();
    } else {
      // What arrived while nobody followed may belong between what is held.
      pages.reload();
    }
  }

  /** Takes what arrives. */
  arrived(events: readonly RawEvent[]): void {
    this.#addToHistogram(events);
    this.pages.arrived(events);
  }

  /** A load can never be done. */
  failed(load: number, reason: string): void {
    if (this.pages.failed(load)) this.error = reason;
  }

  /** Takes counts; undefined where there is nothing to count, or nobody who does. */
  counted(data: HistogramData | undefined): void {
    this.histogram = data === undefined ? undefined : new Histogram(data);
    this.#isCounted = true;
  }

  #addToHistogram(events: readonly RawEvent[]): void {
    const [first] = events;
    if (this.histogram === undefined && this.#isCounted && first !== undefined) {
      const start = Math.floor(first.timestamp);
      this.histogram = new Histogram({ start, interval: 1, counts: [0] });
    }
    for (const { timestamp } of events) this.histogram?.add(timestamp);
  }
}

/** A scope begins at an event. */
export function beginAt(event: RawEvent | undefined): Beginning {
  if (event === undefined) return { kind: "end" };
  return { kind: "event", timestamp: event.timestamp, key: eventKey(event) };
}
