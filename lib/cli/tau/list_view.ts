import type { RawEvent } from "../../event/raw_event.ts";
import { EventWindow } from "./event_window.ts";
import { ListRows, type RowCount, type ShownEvent } from "./list_rows.ts";

/**
 * What the list does when events arrive.
 *
 * - `following`: the newest one is shown and selected.
 * - `browsing`: what is shown stays; new ones are put below it.
 * - `paused`: nothing new is put below it, either.
 */
export type ListMode = "following" | "browsing" | "paused";

/** A selection that is to be made as soon as its event is there. */
interface Wanted {
  readonly timestamp: number;
  readonly key: string | undefined;
  /** How many events are shown above it. */
  readonly above: number;
}

/** The list of events on the screen: which part of the window is shown, and which event is selected. */
export class ListView {
  readonly window: EventWindow;
  mode: ListMode = "following";
  /** Events that arrived since the newest one was shown. */
  unseen = 0;
  /** Columns that the contents are moved to the left. */
  shift = 0;
  #selected = 0;
  #top = 0;
  readonly #rows: ListRows;
  #wanted: Wanted | undefined;
  /** How far the selection is still to be moved, once the events there are loaded. */
  #owed = 0;

  constructor(window: EventWindow = new EventWindow()) {
    this.window = window;
    this.#rows = new ListRows(window);
  }

  /** The place of the selected event in the window. */
  get selected(): number {
    return this.#selected;
  }

  /** The selected event; undefined while there is none. */
  get selectedEvent(): RawEvent | undefined {
    return this.window.at(this.#selected);
  }

  /** The place of the event that is shown first. */
  get top(): number {
    return this.#top;
  }

  /** Rows of the screen that it has. */
  get rows(): number {
    return this.#rows.count;
  }

  /** Says how much room there is, and how much an event needs. */
  resize(rows: number, rowCount: RowCount): void {
    this.#rows.resize(rows, rowCount);
    this.#settle();
  }

  /** Moves the selection by events, also by those that are not loaded yet. */
  move(by: number): void {
    this.#wanted = undefined;
    const last = this.window.length - 1;
    if (by > 0 && this.#selected >= last && !this.window.hasNewer) this.follow();
    if (by < 0) this.#stopFollowing();
    const owed = by * this.#owed < 0 ? 0 : this.#owed;
    const target = this.#selected + owed + by;
    this.#selected = clamp(target, 0, last);
    const canCome = this.window.hasNewer && this.mode !== "paused";
    const isOwed = target < 0 ? this.window.hasOlder : target > last && canCome;
    this.#owed = isOwed && last >= 0 ? target - this.#selected : 0;
    this.#settle();
  }

  /** Moves by screens. */
  page(by: number): void {
    this.move(by * Math.max(1, this.rows - 1));
  }

  /** Moves what is shown, and the selection only as far as it would leave the screen. */
  scroll(by: number): void {
    this.#forgetMoves();
    if (by < 0) this.#stopFollowing();
    if (this.mode === "following") return;
    const last = this.window.length - 1;
    const top = clamp(this.#top + by, 0, Math.max(0, this.#rows.topForEnd()));
    const isAtEnd = by > 0 && top === this.#top;
    this.#top = top;
    if (isAtEnd) this.#selected = clamp(this.#selected + by, 0, last);
    else this.#selected = clamp(this.#selected, top, this.#rows.lastFor(top));
    this.#settle();
  }

  /** Selects an event of the window. */
  select(index: number): void {
    this.#forgetMoves();
    if (index < this.window.length - 1) this.#stopFollowing();
    this.#selected = clamp(index, 0, this.window.length - 1);
    this.#settle();
  }

  /**
   * Selects the event with this key, or else the first one at this time, now and as more of them come.
   *
   * @param above How many events are to be shown above it. @default {half a screen}
   */
  want(timestamp: number, key?: string, above = this.rows >> 1): void {
    this.#stopFollowing();
    this.#owed = 0;
    this.#wanted = { timestamp, key, above };
    this.#selectWanted();
    this.#settle();
  }

  /** From now on the newest event is shown. */
  follow(): void {
    this.mode = "following";
    this.#forgetMoves();
    this.unseen = 0;
    this.#selected = Math.max(0, this.window.length - 1);
    this.#settle();
  }

  /** What arrives is only counted from now on, but for what is older than what is shown. */
  pause(): void {
    this.mode = "paused";
    this.window.hasNewer = true;
  }

  /** Begins anew with other events. */
  clear(): void {
    this.window.clear();
    this.#selected = this.#top = this.#owed = 0;
  }

  /** Takes older events, the newest first. */
  prepend(events: readonly RawEvent[]): void {
    const count = this.window.prepend(events);
    this.#moveBy(count);
    if (this.mode !== "following") this.window.trim("last");
    this.#selectWanted();
    this.#settle();
    if (this.#owed < 0) this.move(0);
  }

  /** Takes newer events, the oldest first. */
  append(events: readonly RawEvent[]): void {
    this.window.append(events);
    this.#moveBy(-this.window.trim("first"));
    this.#selectWanted();
    this.#settle();
    if (this.#owed > 0) this.move(0);
  }

  /**
   * Takes events that arrive.
   *
   * @param isNew Whether they count as unseen; those that a search finds as well do not.
   */
  arrive(events: readonly RawEvent[], isNew = true): void {
    if (isNew && this.mode !== "following") this.unseen += events.length;
    this.window.note(events);
    for (const event of events) {
      const place = this.window.insert(event);
      if (place === undefined) continue;
      if (place <= this.#selected && this.window.length > 1) this.#selected++;
      if (place <= this.#top && this.window.length > 1) this.#top++;
    }
    const isLate = this.mode !== "following" && this.#selected < this.window.length / 2;
    if (isLate) this.window.trim("last");
    else this.#moveBy(-this.window.trim("first"));
    this.#settle();
  }

  /** Lets go what is at this time or later, to be loaded again. */
  cutFrom(timestamp: number): void {
    this.window.cutFrom(timestamp);
    this.#settle();
  }

  /** The events on the screen. */
  shown(): Iterable<ShownEvent> {
    return this.#rows.shown(this.#top);
  }

  /** The place of the event at a row of the list; undefined below the last one. */
  indexAtRow(row: number): number | undefined {
    for (const shown of this.shown()) {
      if (row >= shown.row && row < shown.row + shown.rows) return shown.index;
    }
    return undefined;
  }

  #forgetMoves(): void {
    this.#wanted = undefined;
    this.#owed = 0;
  }

  #stopFollowing(): void {
    if (this.mode === "following") this.mode = "browsing";
  }

  #moveBy(count: number): void {
    this.#selected = Math.max(0, this.#selected + count);
    this.#top = Math.max(0, this.#top + count);
  }

  #selectWanted(): void {
    const wanted = this.#wanted;
    if (wanted === undefined) return;
    const place = wanted.key === undefined ? -1 : this.window.indexOf(wanted.key);
    this.#selected = place >= 0 ? place : this.window.firstAt(wanted.timestamp);
    this.#top = Math.max(0, this.#selected - wanted.above);
  }

  /** Brings selection and top to where they can be, with the selected event on the screen. */
  #settle(): void {
    const last = Math.max(0, this.window.length - 1);
    if (this.mode === "following") {
      this.#selected = last;
      this.#top = this.#rows.topForEnd();
      return;
    }
    this.#selected = clamp(this.#selected, 0, last);
    this.#top = clamp(this.#top, 0, this.#rows.topForEnd());
    if (this.#selected < this.#top) this.#top = this.#selected;
    else this.#top = Math.max(this.#top, this.#rows.topFor(this.#selected));
  }
}

function clamp(value: number, min: number, max: number): number {
  return Math.max(min, Math.min(max, value));
}
