import { keyOf } from "./event_row.js";

/** @typedef {import("./view_state.js").EventRef} EventRef */
/** @typedef {import("./result.js").Result} Result */

/** Shows the selected event in the list and, when it is open, in the pane. */
export class SelectedEvent {
  #list;
  #pane;
  /** @type {EventRef | undefined} */
  #event;
  /** @type {Result | undefined} */
  #result;

  /** @param {import("./event_list.js").EventList} list @param {import("./detail_pane.js").DetailPane} pane */
  constructor(list, pane) {
    this.#list = list;
    this.#pane = pane;
  }

  /** Where it stands must be found out anew. */
  forget() {
    this.#event = undefined;
    this.#result = undefined;
  }

  /** @param {import("./view_state.js").ViewState} state @param {Result} result */
  show({ event, open, utc }, result) {
    if (event === undefined) {
      this.forget();
      this.#list.select(-1);
    } else if (result !== this.#result || !isSame(event, this.#event)) {
      this.#event = event;
      this.#result = result;
      void this.#reveal(event, result);
    }
    if (event !== undefined && open) void this.#pane.open(event, utc);
    else if (this.#pane.isOpen) this.#pane.close();
  }

  /** @param {EventRef} event @param {Result} result */
  async #reveal(event, result) {
    if (isSame(event, this.#list.selectedRow)) return;
    try {
      const rank = await result.locate(event);
      if (event === this.#event && result === this.#result) this.#list.select(rank ?? -1, true);
    } catch {
      // The result tells what is wrong; the pane shows the event all the same.
    }
  }
}

/** @param {EventRef} event @param {EventRef | undefined} other */
function isSame(event, other) {
  return other !== undefined && keyOf(event) === keyOf(other);
}
