import { RowView } from "./row_view.js";

/** @typedef {import("./event_row.js").EventRow} EventRow */

/** The elements of the visible rows, which show one event after another. */
export class RowPool {
  #parent;
  /** @type {RowView[]} */
  #views = [];
  #first = 0;

  /** @param {HTMLElement} parent */
  constructor(parent) {
    this.#parent = parent;
  }

  /**
   * Shows the rows of some ranks, and no others.
   *
   * @param {import("./event_list.js").ListSource} source
   * @param {number} first
   * @param {number} count
   * @param {number} selected The rank of the selected row.
   * @param {import("./row_view.js").RowStyle} style
   * @returns {EventRow[]} Those that are loaded.
   */
  show(source, first, count, selected, style) {
    const { total } = source;
    this.#first = first;
    while (this.#views.length < count) {
      const view = new RowView();
      this.#views.push(view);
      this.#parent.append(view.element);
    }
    /** @type {EventRow[]} */
    const shown = [];
    this.#views.forEach((view, at) => {
      view.element.hidden = at >= count;
      if (at >= count) return view.element.removeAttribute("id");
      const rank = first + at;
      const row = source.rowAt(rank);
      view.show(row, rank, total, rank === selected, style);
      if (row !== undefined && !("note" in row)) shown.push(row);
    });
    return shown;
  }

  /** The rank of the row that holds an element, -1 when none does. @param {EventTarget | null} target */
  rankOf(target) {
    const at = this.#views.findIndex(({ element }) => {
      return target instanceof Node && element.contains(target);
    });
    return at === -1 ? -1 : this.#first + at;
  }
}
