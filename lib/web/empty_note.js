import { make, makeButton } from "./dom.js";

const REFUSED = "refused";

/** Says why there is nothing to see, and what to do about it. */
export class EmptyNote {
  #root;
  #events;
  #shown = "";

  /**
   * @param {HTMLElement} root
   * @param {{onAllTime: () => void, onNoFilters: () => void}} events
   */
  constructor(root, events) {
    this.#root = root;
    this.#events = events;
  }

  hide() {
    this.#root.hidden = true;
    this.#shown = "";
  }

  /** Nothing was searched. @param {string} reason */
  showRefused(reason) {
    this.#shown = REFUSED;
    this.#root.hidden = false;
    this.#root.replaceChildren(make("h2", "", "The search was refused"), make("p", "", reason));
  }

  /**
   * @param {number} total
   * @param {import("./view_state.js").ViewState} state
   * @param {boolean} isCounted Whether it is known what there is.
   */
  show(total, state, isCounted) {
    if (this.#shown === REFUSED) return;
    if (total > 0 || !isCounted) return this.hide();
    const hasFilters = state.content !== "" || state.source !== "" || state.tags !== "";
    const hasRange = state.range.kind !== "all";
    const shown = `${hasFilters} ${hasRange} ${state.live}`;
    if (shown === this.#shown) return;
    this.#shown = shown;
    this.#root.hidden = false;
    const parts = hasFilters || hasRange
      ? this.#nothingFound(hasFilters, hasRange)
      : nothingStored();
    if (state.live) parts.push(make("p", "", "New events appear here as they arrive."));
    this.#root.replaceChildren(...parts);
  }

  /** @param {boolean} hasFilters @param {boolean} hasRange @returns {HTMLElement[]} */
  #nothingFound(hasFilters, hasRange) {
    /** @type {HTMLElement[]} */
    const parts = [make("h2", "", "No events match")];
    if (hasRange) parts.push(makeButton("Show all time", this.#events.onAllTime));
    if (hasFilters) parts.push(makeButton("Clear filters", this.#events.onNoFilters));
    return parts;
  }
}

/** @returns {HTMLElement[]} */
function nothingStored() {
  const hint = make("p", "", "Send some, such as by ");
  hint.append(make("code", "", "theia watch -f /var/log/syslog"));
  return [make("h2", "", "No events yet"), hint];
}
