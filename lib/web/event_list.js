import { make } from "./dom.js";
import { RowPool } from "./row_pool.js";
import { ScrollScale } from "./scroll_scale.js";

/** @typedef {import("./event_row.js").EventRow} EventRow */
/** @typedef {import("./bucket.js").NoteRow} NoteRow */

/** Height of a row, as in the style sheet. */
const ROW_PX = 22;

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
 * there, and otherwise where it is, whatever comes.
 */
export class EventList {
  #scroller;
  #events;
  #spacer = make("div", "list-spacer");
  #window = make("div", "list-window");
  #pool = new RowPool(this.#window);
  #scale = new ScrollScale();
  /** @type {ListSource} */
  #source = NOTHING;
  /** @type {import("./row_view.js").RowStyle} */
  #style = { utc: false, showsDate: false };
  #sticks = true;
  #selectedRank = -1;
  #isScheduled = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #settling;
  #viewHeight = 0;
  /** Where the scroll bar was seen or put last: an event that tells just that tells nothing. */
  #known = 0;

  /** @param {HTMLElement} scroller @param {ListEvents} events */
  constructor(scroller, events) {
    this.#scroller = scroller;
    this.#events = events;
    this.#window.setAttribute("role", "presentation");
    this.#spacer.setAttribute("role", "presentation");
    this.#spacer.append(this.#window);
    scroller.append(this.#spacer);
    scroller.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    this.#window.addEventListener("click", (event) => this.#clicked(event));
    new ResizeObserver(() => {
      this.#viewHeight = scroller.clientHeight;
      this.#apply();
      this.invalidate();
    }).observe(scroller);
  }

  /** Whether the list stays at its end. */
  get sticks() {
    return this.#sticks;
  }

  /** The rank of the selected row, -1 when none is. */
  get selectedRank() {
    return this.#selectedRank;
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
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    requestAnimationFrame(() => {
      this.#isScheduled = false;
      this.#draw();
    });
  }

  /**
   * Rows moved: what is seen stays where it is.
   *
   * @param {number} from The first rank that moved.
   * @param {number} difference
   * @param {number} until The end of those that moved.
   */
  shift(from, difference, until = Infinity) {
    const top = this.#scale.top / ROW_PX;
    if (this.#selectedRank >= from && this.#selectedRank < until) this.#selectedRank += difference;
    if (!this.#sticks && top >= from && top < until) {
      this.#scale.resize(this.#source.total * ROW_PX, this.#viewHeight);
      this.#scale.moveTo(this.#scale.top + difference * ROW_PX);
    }
    this.invalidate();
  }

  /** Goes to the end and stays there. */
  toEnd() {
    this.#stick(true);
    this.invalidate();
  }

  /** Goes to the beginning. */
  toStart() {
    this.#stick(this.#source.total * ROW_PX <= this.#viewHeight);
    this.#scale.moveTo(0);
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
    if (rank >= 0) this.#reveal(rank, isCentred);
    this.invalidate();
  }

  /** Selects the row so many further, or one that is visible. @param {number} step */
  move(step) {
    const { total } = this.#source;
    if (total === 0) return;
    const first = Math.ceil(this.#scale.top / ROW_PX);
    const last = Math.floor((this.#scale.top + this.#viewHeight) / ROW_PX) - 1;
    const start = step > 0 ? first : Math.min(last, total - 1);
    const next = this.#selectedRank < 0 ? start : this.#selectedRank + step;
    const rank = Math.min(Math.max(0, next), total - 1);
    const row = this.#source.rowAt(rank);
    this.select(rank);
    if (row !== undefined && !("note" in row)) this.#events.onSelect(row, false);
  }

  /** The selected event, where it is loaded. @returns {EventRow | undefined} */
  get selectedRow() {
    const row = this.#source.rowAt(this.#selectedRank);
    return row === undefined || "note" in row ? undefined : row;
  }

  /** @param {number} rank @param {boolean} isCentred */
  #reveal(rank, isCentred) {
    this.#apply();
    const top = rank * ROW_PX;
    const height = this.#viewHeight;
    if (isCentred) {
      this.#scale.moveTo(top - height / 2);
    } else if (top < this.#scale.top) {
      this.#scale.moveTo(top);
    } else if (top + ROW_PX > this.#scale.top + height) {
      this.#scale.moveTo(top + ROW_PX - height);
    } else {
      return;
    }
    this.#stick(this.#scale.isAtEnd);
  }

  #scrolled() {
    const { scrollTop } = this.#scroller;
    if (Math.abs(scrollTop - this.#known) < 1) return;
    this.#known = scrollTop;
    this.#scale.scrolled(scrollTop);
    this.#stick(this.#scale.isAtEnd);
    this.invalidate();
    clearTimeout(this.#settling);
    this.#settling = setTimeout(() => {
      this.#settling = undefined;
      this.invalidate();
    }, SETTLE_MS);
  }

  /** @param {boolean} sticks */
  #stick(sticks) {
    if (sticks === this.#sticks) return;
    this.#sticks = sticks;
    this.#events.onEnd(sticks);
  }

  /** Adapts to the number of rows and the height. */
  #apply() {
    this.#scale.resize(this.#source.total * ROW_PX, this.#viewHeight);
    if (this.#sticks) this.#scale.moveTo(Infinity);
  }

  #draw() {
    this.#apply();
    const { total } = this.#source;
    const { top } = this.#scale;
    const first = Math.floor(top / ROW_PX);
    const count = Math.min(Math.ceil(this.#viewHeight / ROW_PX) + 1, total - first);
    this.#source.want(first - AHEAD_ROWS, first + count + AHEAD_ROWS);
    this.#drawRows(first, Math.max(0, count));
    const height = `${this.#scale.height}px`;
    if (this.#spacer.style.height !== height) this.#spacer.style.height = height;
    if (this.#settling === undefined) this.#placeScrollBar();
    const offset = this.#known + first * ROW_PX - top;
    this.#window.style.transform = `translateY(${Math.round(offset)}px)`;
  }

  /** Where it is is known without asking, which would have the browser lay out everything at once. */
  #placeScrollBar() {
    const scrollTop = Math.round(this.#scale.scrollTop);
    if (scrollTop !== this.#known) this.#scroller.scrollTop = scrollTop;
    this.#known = scrollTop;
    this.#scale.settled(scrollTop);
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
