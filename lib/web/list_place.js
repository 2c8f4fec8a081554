import { ScrollScale } from "./scroll_scale.js";

/** Height of a row, as in the style sheet. */
export const ROW_PX = 22;

/**
 * Which rows of a list are seen, and what stays where it is when others come or go: the end, the
 * beginning, or the rows that are seen.
 */
export class ListPlace {
  #scale = new ScrollScale();
  #onEnd;
  /** @type {"end" | "start" | "seen"} */
  #held = "end";
  #total = 0;
  #viewHeight = 0;

  /** @param {(isAtEnd: boolean) => void} onEnd The end is held from now on, or not any more. */
  constructor(onEnd) {
    this.#onEnd = onEnd;
  }

  /** Whether the end is held. */
  get isAtEnd() {
    return this.#held === "end";
  }

  /** The first row that is seen, be it only in part. */
  get first() {
    return Math.floor(this.#scale.top / ROW_PX);
  }

  /** How many rows are seen. */
  get count() {
    const most = Math.ceil(this.#viewHeight / ROW_PX) + 1;
    return Math.max(0, Math.min(most, this.#total - this.first));
  }

  /** By how many pixels the first row stands above what is seen, as a number of at most 0. */
  get offset() {
    return this.first * ROW_PX - this.#scale.top;
  }

  /** The first and the last row that are seen as a whole. @returns {{first: number, last: number}} */
  get whole() {
    const { top } = this.#scale;
    const last = Math.floor((top + this.#viewHeight) / ROW_PX) - 1;
    return { first: Math.ceil(top / ROW_PX), last: Math.min(last, this.#total - 1) };
  }

  /** Height of what the scroll bar scrolls. */
  get height() {
    return this.#scale.height;
  }

  /** Where the scroll bar belongs. */
  get scrollTop() {
    return Math.round(this.#scale.scrollTop);
  }

  /** @param {number} total How many rows there are. @param {number} viewHeight In pixels. */
  resize(total, viewHeight) {
    this.#total = total;
    this.#viewHeight = viewHeight;
    this.#scale.resize(total * ROW_PX, viewHeight);
    const isAllSeen = total > 0 && total * ROW_PX <= viewHeight;
    if (this.#held === "start" && isAllSeen) this.#hold("end");
    if (this.#held === "end") this.#scale.moveTo(Infinity);
  }

  /**
   * Rows moved; the list must be resized after that.
   *
   * @param {number} from The first rank that moved.
   * @param {number} difference
   * @param {number} until The end of those that moved.
   */
  shift(from, difference, until) {
    const top = this.#scale.top / ROW_PX;
    if (this.#held !== "seen" || top < from || top >= until) return;
    const next = this.#scale.top + difference * ROW_PX;
    this.#total += difference;
    this.#scale.resize(this.#total * ROW_PX, this.#viewHeight);
    this.#scale.moveTo(next);
  }

  /** Goes to the end and stays there. */
  toEnd() {
    this.#hold("end");
  }

  /** Goes to the beginning and stays there, also when it is yet to be found out what that is. */
  toStart() {
    this.#hold("start");
    this.#scale.moveTo(0);
  }

  /**
   * Brings a row into view.
   *
   * @param {number} rank
   * @param {boolean} isCentred Brings it to the middle.
   */
  reveal(rank, isCentred) {
    const { top: before } = this.#scale;
    const top = rank * ROW_PX;
    const lowest = top + ROW_PX - this.#viewHeight;
    if (isCentred) this.#scale.moveTo(top - this.#viewHeight / 2);
    else if (top < before) this.#scale.moveTo(top);
    else if (lowest > before) this.#scale.moveTo(lowest);
    else if (this.#held !== "start") return;
    this.#hold(this.#scale.isAtEnd ? "end" : "seen");
  }

  /** The scroll bar was moved. @param {number} scrollTop */
  scrolled(scrollTop) {
    this.#scale.scrolled(scrollTop);
    this.#hold(this.#scale.isAtEnd ? "end" : "seen");
  }

  /** The scroll bar was put somewhere, which moves nothing. @param {number} scrollTop */
  settled(scrollTop) {
    this.#scale.settled(scrollTop);
  }

  /** @param {"end" | "start" | "seen"} held */
  #hold(held) {
    const wasAtEnd = this.isAtEnd;
    this.#held = held;
    if (this.isAtEnd !== wasAtEnd) this.#onEnd(this.isAtEnd);
  }
}
