import { make } from "./dom.js";
import { ListPlace } from "./list_place.js";
import { onceAFrame } from "./once_a_frame.js";
import { RowPool } from "./row_pool.js";

/** @typedef {import("./event_row.js").EventRow} EventRow */
/** @typedef {import("./bucket.js").NoteRow} NoteRow */

/** Rows beyond the visible ones that are loaded ahead. */
const AHEAD_ROWS = 100;

/** The scroll bar is put where it belongs when it was not touched for so long. */
const SETTLE_MS = 150;

/**
 * What a list shows.
 *
 * @typedef {object} ListSource
 * @property {number} total
 * @property {(rank: number) => EventRow | NoteRow | undefined} rowAt
 * @property {(first: number, last: number) => void} want
 */

/**
 * What a list tells.
 *
 * @typedef {object} ListEvents
 * @property {(row: EventRow, opens: boolean) => void} onSelect
 * @property {(isAtEnd: boolean) => void} onEnd The end came into view or left it.
 * @property {(rows: readonly EventRow[]) => void} onShown These rows are visible.
 */

/** @type {ListSource} */
const NOTHING = { total: 0, rowAt: () => undefined, want: () => {} };

/**
 * A list of any length, of which only the visible rows are elements. It stays at the end when it is
 * there, at the beginning when it was sent there, and otherwise where it is, whatever comes.
 */
export class EventList {
  #scroller;
  #events;
  #spacer = make("div", "list-spacer");
  #window = make("div", "list-window");
  #pool = new RowPool(this.#window);
  #place;
  /** @type {ListSource} */
  #source = NOTHING;
  /** @type {import("./row_view.js").RowStyle} */
  #style = { utc: false, showsDate: false };
  #selectedRank = -1;
  /** Whether it was told which event that is: not before it is loaded. */
  #isTold = true;
  #drawSoon = onceAFrame(() => this.#draw());
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #settling;
  #viewHeight = 0;
  /** Where the scroll bar was seen or put last: an event that tells just that tells nothing. */
  #known = 0;

  /** @param {HTMLElement} scroller @param {ListEvents} events */
  constructor(scroller, events) {
    this.#scroller = scroller;
    this.#events = events;
    this.#place = new ListPlace(events.onEnd);
    this.#window.setAttribute("role", "presentation");
    this.#spacer.setAttribute("role", "presentation");
    this.#spacer.append(this.#window);
    scroller.append(this.#spacer);
    scroller.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    this.#window.addEventListener("click", (event) => this.#clicked(event));
    new ResizeObserver(() => {
      this.#viewHeight = scroller.clientHeight;
      this.#resize();
      this.invalidate();
    }).observe(scroller);
  }

  /** Whether the list stays at its end. */
  get sticks() {
    return this.#place.isAtEnd;
  }

  /** Shows something else, from its end. @param {ListSource} source */
  show(source) {
    this.#source = source;
    this.#selectedRank = -1;
    this.toEnd();
  }

  /** @param {Partial<import("./row_view.js").RowStyle>} style */
  restyle(style) {
    const next = { ...this.#style, ...style };
    const isSame = next.utc === this.#style.utc && next.showsDate === this.#style.showsDate;
    if (isSame) return;
    this.#style = next;
    this.invalidate();
  }

  /** Rows came or changed: they are drawn with the next frame. */
  invalidate() {
    this.#drawSoon();
  }

  /**
   * Rows moved: what is seen stays where it is.
   *
   * @param {number} from The first rank that moved.
   * @param {number} difference
   * @param {number} until The end of those that moved.
   */
  shift(from, difference, until = Infinity) {
    if (this.#selectedRank >= from && this.#selectedRank < until) this.#selectedRank += difference;
    this.#place.shift(from, difference, until);
    this.invalidate();
  }

  /** Goes to the end and stays there. */
  toEnd() {
    this.#place.toEnd();
    this.invalidate();
  }

  /** Goes to the beginning. */
  toStart() {
    this.#place.toStart();
    this.invalidate();
  }

  /**
   * Selects a row and brings it into view.
   *
   * @param {number} rank -1 for none.
   * @param {boolean} [isCentred] Brings it to the middle.
   */
  select(rank, isCentred = false) {
    this.#selectedRank = rank;
    this.#isTold = true;
    if (rank >= 0) {
      this.#resize();
      this.#place.reveal(rank, isCentred);
    }
    this.invalidate();
  }

  /** Selects the row so many further, or one that is visible. @param {number} step */
  move(step) {
    const { total } = this.#source;
    if (total === 0) return;
    this.#resize();
    const { first, last } = this.#place.whole;
    const start = step > 0 ? first : last;
    const next = this.#selectedRank < 0 ? start : this.#selectedRank + step;
    this.select(Math.min(Math.max(0, next), total - 1));
    this.#isTold = false;
    this.#tellSelected();
  }

  /** The selected event, where it is loaded. @returns {EventRow | undefined} */
  get selectedRow() {
    const row = this.#source.rowAt(this.#selectedRank);
    return row === undefined || "note" in row ? undefined : row;
  }

  #tellSelected() {
    const row = this.selectedRow;
    if (this.#isTold || row === undefined) return;
    this.#isTold = true;
    this.#events.onSelect(row, false);
  }

  #scrolled() {
    const { scrollTop } = this.#scroller;
    if (Math.abs(scrollTop - this.#known) < 1) return;
    this.#known = scrollTop;
    this.#place.scrolled(scrollTop);
    this.invalidate();
    clearTimeout(this.#settling);
    this.#settling = setTimeout(() => {
      this.#settling = undefined;
      this.invalidate();
    }, SETTLE_MS);
  }

  /** Adapts to the number of rows and the height. */
  #resize() {
    this.#place.resize(this.#source.total, this.#viewHeight);
  }

  #draw() {
    this.#resize();
    const { first, count, offset } = this.#place;
    this.#source.want(first - AHEAD_ROWS, first + count + AHEAD_ROWS);
    this.#drawRows(first, count);
    const height = `${this.#place.height}px`;
    if (this.#spacer.style.height !== height) this.#spacer.style.height = height;
    if (this.#settling === undefined) this.#placeScrollBar();
    this.#window.style.transform = `translateY(${Math.round(this.#known + offset)}px)`;
    this.#tellSelected();
  }

  /** Where it is is known without asking, which would have the browser lay out everything at once. */
  #placeScrollBar() {
    const { scrollTop } = this.#place;
    if (scrollTop !== this.#known) this.#scroller.scrollTop = scrollTop;
    this.#known = scrollTop;
    this.#place.settled(scrollTop);
  }

  /** @param {number} first @param {number} count */
  #drawRows(first, count) {
    const selected = this.#selectedRank;
    this.#events.onShown(this.#pool.show(this.#source, first, count, selected, this.#style));
    const isShown = selected >= first && selected < first + count;
    if (isShown) this.#scroller.setAttribute("aria-activedescendant", `row-${selected}`);
    else this.#scroller.removeAttribute("aria-activedescendant");
  }

  /** @param {MouseEvent} event */
  #clicked(event) {
    // Whoever selects text to copy it does not want anything to open.
    if (getSelection()?.isCollapsed === false) return;
    const rank = this.#pool.rankOf(event.target);
    const row = this.#source.rowAt(rank);
    if (row === undefined || "note" in row) return;
    this.select(rank);
    this.#events.onSelect(row, true);
  }
}
