import { make, showInert } from "./dom.js";
import { inertText } from "./inert_text.js";
import { levelOf } from "./level.js";
import { formatBytes, formatClock, formatDate } from "./time_format.js";

/** @typedef {import("./event_row.js").EventRow} EventRow */
/** @typedef {import("./bucket.js").NoteRow} NoteRow */

/**
 * How rows are shown.
 *
 * @typedef {object} RowStyle
 * @property {boolean} utc
 * @property {boolean} showsDate
 */

/** A line of the list that shows one event after another. */
export class RowView {
  /** @type {HTMLElement} */
  element = make("div", "row");
  #time = make("span", "row-time");
  #source = make("span", "row-source");
  #sourceText = make("bdi");
  #content = make("span", "row-content");
  #tags = make("span", "row-tags");
  /** @type {EventRow | NoteRow | undefined | null} */
  #shown = null;
  /** @type {readonly number[] | undefined} */
  #matches;
  #style = "";

  constructor() {
    this.element.setAttribute("role", "option");
    this.#source.append(this.#sourceText);
    this.element.append(this.#time, this.#source, this.#content, this.#tags);
  }

  /**
   * Shows an event at a rank.
   *
   * @param {EventRow | NoteRow | undefined} row Undefined while it is loaded.
   * @param {number} rank
   * @param {number} total
   * @param {boolean} isSelected
   * @param {RowStyle} style
   */
  show(row, rank, total, isSelected, style) {
    const { element } = this;
    set(element, "id", `row-${rank}`);
    set(element, "aria-posinset", String(rank + 1));
    set(element, "aria-setsize", String(total));
    set(element, "aria-selected", String(isSelected));
    const styleKey = `${style.utc}${style.showsDate}`;
    const matches = row !== undefined && !("note" in row) ? row.matches : undefined;
    if (row === this.#shown && styleKey === this.#style && matches === this.#matches) return;
    this.#shown = row;
    this.#style = styleKey;
    this.#matches = matches;
    if (row === undefined) this.#showEmpty("row loading", "…");
    else if ("note" in row) this.#showEmpty("row note", row.note);
    else this.#showEvent(row, style);
  }

  /** @param {string} className @param {string} text */
  #showEmpty(className, text) {
    this.element.className = className;
    for (const cell of [this.#time, this.#sourceText, this.#tags]) cell.textContent = "";
    this.#content.textContent = text;
    this.#source.removeAttribute("title");
  }

  /** @param {EventRow} row @param {RowStyle} style */
  #showEvent(row, { utc, showsDate }) {
    const level = levelOf(row.text);
    this.element.className = level === undefined ? "row" : `row level-${level}`;
    const clock = formatClock(row.timestamp, utc);
    const date = formatDate(row.timestamp, utc);
    this.#time.textContent = showsDate ? `${date.slice(2)} ${clock}` : clock;
    showInert(this.#sourceText, row.source);
    showInert(this.#content, row.text, row.matches);
    if (row.isCut) this.#content.append(make("span", "row-more", ` … ${formatBytes(row.bytes)}`));
    showInert(this.#tags, row.tags.replaceAll(",", " "));
    this.#source.title = inertText(row.source);
  }
}

/** @param {Element} element @param {string} name @param {string} value */
function set(element, name, value) {
  if (element.getAttribute(name) !== value) element.setAttribute(name, value);
}
