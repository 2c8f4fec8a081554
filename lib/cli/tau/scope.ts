import type { Criteria } from "../../event/criteria.ts";
import type { RawEvent } from "../../event/raw_event.ts";
import { nextDown } from "../../client/neighbours.ts";
import type { Effect } from "./effect.ts";
import { eventKey, EventWindow, type EventWindowOptions } from "./event_window.ts";
import { Highlighter } from "./highlighter.ts";
import { Histogram, type HistogramData } from "./histogram.ts";
import { ListView } from "./list_view.ts";
import type { PageRequest } from "./page_loader.ts";
import { WaitingEvents } from "./waiting_events.ts";

/** Events of a page: some screens. */
const PAGE_EVENTS = 1000;

/** Events that are left when more are loaded: whoever holds a key down reaches no end. */
const MARGIN_EVENTS = 400;

/** How much a scope loads and holds; tests have less of all. */
export interface ScopeLimits extends EventWindowOptions {
  /** Events of a page. @default {1000} */
  readonly pageEvents?: number;
  /** Events that wait while others are loaded. @default {20_000} */
  readonly maxWaiting?: number;
}

/** Options of {@linkcode Scope}. */
export interface ScopeOptions {
  /** Where it begins. @default {at the newest event} */
  readonly beginning?: Beginning | undefined;
  readonly limits?: ScopeLimits;
}

/** Events that arrive while others are loaded, until these are there. */
const MAX_WAITING = 20_000;

/** Where a scope begins. */
export type Beginning =
  | { readonly kind: "end" }
  | { readonly kind: "event"; readonly timestamp: number; readonly key: string };

/** What a load does to the list. */
interface Load {
  readonly direction: "older" | "newer";
  /** The list is emptied before the first events come; loads that share it empty it once. */
  readonly fresh: { isDone: boolean } | undefined;
  /** What the list then begins or ends with. */
  readonly from: "start" | "end" | "between";
  /** The event that comes next to what it brings; undefined before an afresh one brought anything. */
  neighbour: string | undefined;
}

/**
 * One filter: the list of what it finds, loaded page by page where the list is looked at, joined without a
 * gap with what arrives.
 *
 * Whatever arrives is told before anything is loaded; what arrives while something is loaded waits until
 * that is there. Both know each event, so it comes once.
 */
export class Scope {
  readonly id: number;
  readonly criteria: Criteria;
  readonly list: ListView;
  readonly highlighter: Highlighter;
  histogram: Histogram | undefined;
  /** Why the collector refuses the filter. */
  error: string | undefined;
  readonly #nextId: () => number;
  readonly #beginning: Beginning;
  readonly #pageEvents: number;
  #effects: Effect[] = [];
  readonly #loads = new Map<number, Load>();
  readonly #waiting: WaitingEvents;
  #isFollowing = false;
  #isCounted = false;

  /**
   * @param criteria Without order and limit.
   * @param nextId Gives a number that nothing else has, for it and for each of its loads.
   */
  constructor(
    criteria: Criteria,
    nextId: () => number,
    { beginning = { kind: "end" }, limits = {} }: ScopeOptions = {},
  ) {
    this.list = new ListView(new EventWindow(limits));
    this.#pageEvents = limits.pageEvents ?? PAGE_EVENTS;
    this.#waiting = new WaitingEvents(limits.maxWaiting ?? MAX_WAITING);
    this.id = nextId();
    this.#nextId = nextId;
    this.criteria = criteria;
    this.highlighter = new Highlighter(criteria.content);
    this.#beginning = beginning;
    if (beginning.kind === "event") this.list.want(beginning.timestamp, beginning.key);
  }

  /** Whether events are being looked for. */
  get isLoading(): boolean {
    return this.#loads.size > 0 || (!this.#isFollowing && this.error === undefined);
  }

  /** What is to be done, since it was asked for last. */
  takeEffects(): Effect[] {
    const effects = this.#effects;
    this.#effects = [];
    return effects;
  }

  /** Begins to follow, or does it again after something else was followed. */
  follow(): void {
    this.#loads.clear();
    this.#waiting.clear();
    this.#isFollowing = false;
    this.error = undefined;
    this.#effects.push({ kind: "follow", scope: this.id, criteria: this.criteria });
  }

  /** Shows the newest events and follows. */
  toEnd(): void {
    this.list.follow();
    if (this.list.window.hasNewer) this.#loadAfresh("end", [{ direction: "older" }]);
  }

  /** Shows the oldest events. */
  toStart(): void {
    if (this.list.window.hasOlder) {
      this.#loadAfresh("start", [{ direction: "newer" }]);
      this.list.want(-Infinity);
    } else {
      this.list.select(0);
    }
  }

  /** Shows the events around a time, and selects the one with the key or the first one from then on. */
  toTime(timestamp: number, key?: string): void {
    const { window } = this.list;
    const place = window.firstAt(timestamp);
    const isHeld = (place > 0 || !window.hasOlder) && (place < window.length || !window.hasNewer) &&
      window.length > 0;
    this.list.want(timestamp, key);
    if (!isHeld) this.#loadAround(timestamp);
  }

  #loadAround(timestamp: number): void {
    if (this.list.mode === "paused") this.list.mode = "browsing";
    const { start = -Infinity, end } = this.criteria;
    const from = { ...this.criteria, start: Math.max(start, timestamp) };
    const before = Math.min(end || Infinity, nextDown(timestamp));
    const to = { ...this.criteria, end: before === 0 ? nextDown(0) : before };
    this.#loadAfresh("between", [
      { direction: "newer", criteria: from },
      { direction: "older", criteria: to },
    ]);
  }

  /** Loads what the list will need soon. */
  loadMore(): void {
    const { list } = this;
    const { window } = list;
    if (!this.#isFollowing || this.error !== undefined) return;
    // More arrived than could wait for a search.
    const isBehind = list.mode === "following" && window.hasNewer && this.#loads.size === 0;
    if (isBehind) return this.toEnd();
    if (window.length === 0) return;
    if ([...this.#loads.values()].some(({ fresh }) => fresh !== undefined)) return;
    // Of a window that is full of large events, the two ends must not take turns.
    const margin = Math.min(
      Math.max(2 * list.rows, MARGIN_EVENTS),
      Math.max(1, (window.length - list.rows) >> 2),
    );
    const isFilled = list.mode === "following" && window.length >= list.rows;
    if (window.hasOlder && list.top < margin && !isFilled) this.#loadNext("older");
    const below = window.length - list.top - list.rows;
    if (window.hasNewer && below < margin && list.mode === "browsing") this.#loadNext("newer");
  }

  /** Whatever arrives from now on is told. */
  takeFollowing(): void {
    const isFirst = !this.#isFollowing && this.list.window.length === 0;
    this.#isFollowing = true;
    this.list.window.hasNewer = true;
    const { list } = this;
    const selected = list.selectedEvent;
    if (isFirst && this.#beginning.kind === "event") {
      this.toTime(this.#beginning.timestamp, this.#beginning.key);
    } else if (list.mode === "following" || selected === undefined) {
      this.toEnd();
    } else {
      // What arrived while nobody followed may belong between what is held.
      list.want(selected.timestamp, eventKey(selected), list.selected - list.top);
      this.#loadAround(selected.timestamp);
    }
  }

  /** Takes what arrives. */
  arrived(events: readonly RawEvent[]): void {
    this.#addToHistogram(events);
    if (this.#loads.size > 0) this.#waiting.add(events);
    this.list.arrive(events);
  }

  /** Takes events of a load. */
  found(id: number, events: readonly RawEvent[]): void {
    const load = this.#loads.get(id);
    if (load === undefined) return;
    this.#freshen(load);
    // What it was to be joined to may have been cut off meanwhile.
    const isApart = load.neighbour !== undefined && load.neighbour !== this.#endOf(load);
    if (isApart) return this.#giveUp(id);
    if (load.direction === "older") this.list.prepend(events);
    else this.list.append(events);
    load.neighbour = this.#endOf(load);
    if (load.from === "end") this.#join();
  }

  /** A load is complete. @param isEnd Whether nothing is beyond it. */
  loaded(id: number, isEnd: boolean): void {
    const load = this.#loads.get(id);
    if (load === undefined) return;
    this.#freshen(load);
    const isApart = load.neighbour !== undefined && load.neighbour !== this.#endOf(load);
    if (isApart) return this.#giveUp(id);
    this.#loads.delete(id);
    const { list } = this;
    if (isEnd && load.direction === "older") list.window.hasOlder = false;
    if (isEnd && load.direction === "newer") list.window.hasNewer = list.mode === "paused";
    this.#join();
  }

  /** A load can never be done. */
  failed(id: number, reason: string): void {
    if (!this.#loads.delete(id)) return;
    this.error = reason;
  }

  /** Takes counts; undefined where there is nothing to count, or nobody who does. */
  counted(data: HistogramData | undefined): void {
    this.histogram = data === undefined ? undefined : new Histogram(data);
    this.#isCounted = true;
  }

  /** Whether a load is one of its own. */
  owns(load: number): boolean {
    return this.#loads.has(load);
  }

  #addToHistogram(events: readonly RawEvent[]): void {
    const [first] = events;
    if (this.histogram === undefined && this.#isCounted && first !== undefined) {
      const start = Math.floor(first.timestamp);
      this.histogram = new Histogram({ start, interval: 1, counts: [0] });
    }
    for (const { timestamp } of events) this.histogram?.add(timestamp);
  }

  /** The event at the end of the window that a load goes on from. */
  #endOf({ direction }: Load): string | undefined {
    const { window } = this.list;
    const event = window.at(direction === "older" ? 0 : window.length - 1);
    return event === undefined ? undefined : eventKey(event);
  }

  #giveUp(id: number): void {
    this.#loads.delete(id);
    this.#effects.push({ kind: "giveUp", load: id });
    this.#join();
  }

  #freshen({ fresh, from }: Load): void {
    if (fresh === undefined || fresh.isDone) return;
    fresh.isDone = true;
    const { list } = this;
    list.clear();
    if (from === "start") list.window.hasOlder = false;
    // All that arrives is told since before the search, so nothing lies beyond what it finds first.
    if (from === "end") list.window.hasNewer = list.mode === "paused";
  }

  /** What arrived while something was loaded comes where it belongs, if the list reaches there. */
  #join(): void {
    const { events, lostFrom } = this.#waiting;
    this.list.arrive(events, false);
    if (this.#loads.size === 0) this.#waiting.clear();
    // What was too much to wait is found by another search.
    const selected = this.list.selectedEvent;
    this.list.cutFrom(lostFrom);
    const isCut = selected !== undefined && selected.timestamp >= lostFrom;
    if (isCut && this.list.mode !== "following") {
      this.toTime(selected.timestamp, eventKey(selected));
    }
  }

  #loadNext(direction: "older" | "newer"): void {
    if ([...this.#loads.values()].some((load) => load.direction === direction)) return;
    const { window } = this.list;
    const isOlder = direction === "older";
    const anchor = window.at(isOlder ? 0 : window.length - 1);
    const ties = window.tiesAt(isOlder ? "first" : "last");
    if (anchor === undefined) return;
    this.#load({ direction, fresh: undefined, from: "between", neighbour: eventKey(anchor) }, {
      anchor: { id: anchor.id, timestamp: anchor.timestamp },
      ties,
    });
  }

  #loadAfresh(
    from: Load["from"],
    parts: readonly (Pick<Load, "direction"> & Partial<Pick<PageRequest, "criteria">>)[],
  ): void {
    if (!this.#isFollowing) return;
    for (const id of this.#loads.keys()) this.#effects.push({ kind: "giveUp", load: id });
    this.#loads.clear();
    this.#waiting.clear();
    const fresh = { isDone: false };
    for (const { direction, ...request } of parts) {
      this.#load({ direction, fresh, from, neighbour: undefined }, request);
    }
  }

  #load(load: Load, request: Partial<PageRequest>): void {
    const id = this.#nextId();
    this.#loads.set(id, load);
    const { direction } = load;
    const { criteria } = this;
    this.#effects.push({
      kind: "load",
      load: id,
      request: { criteria, direction, count: this.#pageEvents, ...request },
    });
  }
}

/** A scope begins at an event. */
export function beginAt(event: RawEvent | undefined): Beginning {
  if (event === undefined) return { kind: "end" };
  return { kind: "event", timestamp: event.timestamp, key: eventKey(event) };
}
