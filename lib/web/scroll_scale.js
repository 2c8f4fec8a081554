/** Browsers place elements wrongly beyond some ten million pixels. */
const MAX_HEIGHT_PX = 8_000_000;

/** A jump of more than so many screens is a drag of the scroll bar: it means a place, not a distance. */
const JUMP_SCREENS = 3;

/**
 * Translates between the scroll bar of an element of limited height and a list of any height.
 *
 * Small movements, such as of a wheel, move the list by just as many pixels; large ones go to the
 * place in proportion.
 */
export class ScrollScale {
  #listHeight = 0;
  #viewHeight = 0;
  #scrollTop = 0;
  #top = 0;

  /** Height of the element that is scrolled. */
  get height() {
    return Math.max(this.#viewHeight, Math.min(this.#listHeight, MAX_HEIGHT_PX));
  }

  /** First visible pixel of the list. */
  get top() {
    return this.#top;
  }

  /** Where the scroll bar belongs. */
  get scrollTop() {
    return this.#ratio === 1 ? this.#top : this.#top / this.#ratio;
  }

  /** Whether the end of the list is visible. */
  get isAtEnd() {
    return this.#top >= this.#maxTop - 2;
  }

  /** @param {number} listHeight @param {number} viewHeight */
  resize(listHeight, viewHeight) {
    this.#listHeight = listHeight;
    this.#viewHeight = viewHeight;
    this.moveTo(this.#top);
  }

  /** Goes to a place of the list. @param {number} top In pixels. */
  moveTo(top) {
    this.#top = Math.min(Math.max(0, top), this.#maxTop);
  }

  /**
   * The scroll bar was moved.
   *
   * @param {number} scrollTop
   */
  scrolled(scrollTop) {
    const distance = scrollTop - this.#scrollTop;
    this.#scrollTop = scrollTop;
    const isEdge = scrollTop <= 0 || scrollTop >= this.height - this.#viewHeight - 1;
    const isJump = Math.abs(distance) > JUMP_SCREENS * this.#viewHeight;
    if (this.#ratio === 1) this.moveTo(scrollTop);
    else if (isEdge || isJump) this.moveTo(scrollTop * this.#ratio);
    else this.moveTo(this.#top + distance);
  }

  /** The scroll bar was put somewhere, which moves nothing. @param {number} scrollTop */
  settled(scrollTop) {
    this.#scrollTop = scrollTop;
  }

  get #maxTop() {
    return Math.max(0, this.#listHeight - this.#viewHeight);
  }

  /** Pixels of the list for one of the scroll bar. */
  get #ratio() {
    if (this.#listHeight <= MAX_HEIGHT_PX) return 1;
    return this.#maxTop / (this.height - this.#viewHeight);
  }
}
