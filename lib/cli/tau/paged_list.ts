import { nextDown } from "../../base/doubles.ts";
import { type Criteria, timeSpan } from "../../event/criteria.ts";
import type { RawEvent } from "../../event/raw_event.ts";
import type { Effect } from "./effect.ts";
import { eventKey, EventWindow, type EventWindowOptions } from "./event_window.ts";
import { ListView } from "./list_view.ts";
import type { PageRequest } from "./page_loader.ts";
import { type PageLoad, PageLoads } from "./page_loads.ts";
import { WaitingEvents } from "./waiting_events.ts";

/** Events of a page: some screens. */
const PAGE_EVENTS = 1000;

/** Events that are left when more are loaded: whoever holds a key down reaches no end. */
const MARGIN_EVENTS = 400;

/** Events that arrive while others are loaded, until these are there. */
const MAX_WAITING = 20_000;

/** How much a list loads and holds; tests have less of all. */
export interface PageLimits extends EventWindowOptions {
  /** Events of a page. @default {1000} */
  readonly pageEvents?: number;
  /** Events that wait while others are loaded. @default {20_000} */
  readonly maxWaiting?: number;
}

/**
 * The list of what criteria find, loaded page by page where it is looked at, joined without a gap with what
 * arrives.
 *
 * Whatever arrives is told before anything is loaded; what arrives while something is loaded waits until
 * that is there. Both know each event, so it comes once.
 */
export class PagedList {
  readonly list: ListView;
  readonly #criteria: Criteria;
  readonly #waiting: WaitingEvents;
  readonly #loads: PageLoads;
  /** Whether what arrives is told. */
  #isOpen = false;

  /**
   * @param criteria Without order and limit.
   * @param nextId Gives a number that nothing else has, for each load.
   */
  constructor(criteria: Criteria, nextId: () => number, limits: PageLimits = {}) {
    this.#criteria = criteria;
    this.list = new ListView(new EventWindow(limits));
    this.#loads = new PageLoads({ criteria, nextId, pageEvents: limits.pageEvents ?? PAGE_EVENTS });
    this.#waiting = new WaitingEvents(limits.maxWaiting ?? MAX_WAITING);
  }

  /** Whether events are being looked for. */
  get isLoading(): boolean {
    return this.#loads.size > 0;
  }

  /** What is to be done, since it was asked for last. */
  takeEffects(): Effect[] {
    return this.#loads.takeEffects();
  }

  /** What arrives is told from now on, and what arrived before can be loaded. */
  open(): void {
    this.#isOpen = true;
    this.list.window.hasNewer = true;
  }

  /** Nothing is told, and nothing loaded. */
  close(): void {
    this.#isOpen = false;
    this.#loads.clear();
    this.#waiting.clear();
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

  /** Loads the events around the selected one anew. */
  reload(): void {
    const { list } = this;
    const { selectedEvent } = list;
    if (selectedEvent === undefined) return this.toEnd();
    const { timestamp } = selectedEvent;
    list.want(timestamp, eventKey(selectedEvent), list.selected - list.top);
    this.#loadAround(timestamp);
  }

  #loadAround(timestamp: number): void {
    if (this.list.mode === "paused") this.list.mode = "browsing";
    const { start, end } = timeSpan(this.#criteria);
    const from = { ...this.#criteria, start: Math.max(start, timestamp) };
    const before = Math.min(end, nextDown(timestamp));
    const to = { ...this.#criteria, end: before === 0 ? nextDown(0) : before };
    this.#loadAfresh("between", [
      { direction: "newer", criteria: from },
      { direction: "older", criteria: to },
    ]);
  }

  /** Loads what the list will need soon. */
  loadMore(): void {
    const { list } = this;
    const { window } = list;
    if (!this.#isOpen) return;
    // More arrived than could wait for a search.
    const isBehind = list.mode === "following" && window.hasNewer && this.#loads.size === 0;
    if (isBehind) return this.toEnd();
    if (window.length === 0) return;
    if (this.#loads.some(({ fresh }) => fresh !== undefined)) return;
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

  /** Takes what arrives. */
  arrived(events: readonly RawEvent[]): void {
    if (this.#loads.size > 0) this.#waiting.add(events);
    this.list.arrive(events);
  }

  /** Takes events of a load. */
  found(id: number, events: readonly RawEvent[]): void {
    const load = this.#loads.get(id);
    if (load === undefined) return;
    this.#freshen(load);
    if (this.#isApart(load)) return this.#giveUp(id);
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
    if (this.#isApart(load)) return this.#giveUp(id);
    this.#loads.end(id);
    const { list } = this;
    if (isEnd && load.direction === "older") list.window.hasOlder = false;
    if (isEnd && load.direction === "newer") list.window.hasNewer = list.mode === "paused";
    this.#join();
  }

  /** A load can never be done; false when it is none of this list. */
  failed(id: number): boolean {
    return this.#loads.end(id);
  }

  /** Whether what it was to be joined to was cut off meanwhile. */
  #isApart(load: PageLoad): boolean {
    return load.neighbour !== undefined && load.neighbour !== this.#endOf(load);
  }

  /** The event at the end of the window that a load goes on from. */
  #endOf({ direction }: PageLoad): string | undefined {
    const { window } = this.list;
    const event = window.at(direction === "older" ? 0 : window.length - 1);
    return event === undefined ? undefined : eventKey(event);
  }

  #giveUp(id: number): void {
    this.#loads.giveUp(id);
    this.#join();
  }

  #freshen({ fresh, from }: PageLoad): void {
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
    if (this.#loads.some((load) => load.direction === direction)) return;
    const { window } = this.list;
    const isOlder = direction === "older";
    const anchor = window.at(isOlder ? 0 : window.length - 1);
    const ties = window.tiesAt(isOlder ? "first" : "last");
    if (anchor === undefined) return;
    this.#loads.start(
      { direction, fresh: undefined, from: "between", neighbour: eventKey(anchor) },
      {
        anchor: { id: anchor.id, timestamp: anchor.timestamp },
        ties,
      },
    );
  }

  #loadAfresh(
    from: PageLoad["from"],
    parts: readonly (Pick<PageLoad, "direction"> & Partial<Pick<PageRequest, "criteria">>)[],
  ): void {
    if (!this.#isOpen) return;
    this.#loads.giveUpAll();
    this.#waiting.clear();
    const fresh = { isDone: false };
    for (const { direction, ...request } of parts) {
      this.#loads.start({ direction, fresh, from, neighbour: undefined }, request);
    }
  }
}
