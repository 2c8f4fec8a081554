import { hashOfState, stateFromHash } from "./view_state.js";

/** @typedef {import("./view_state.js").ViewState} ViewState */

/**
 * How the address changes: `push` as a step that the browser's back button takes back, `replace` as part
 * of the same step, `later` as one of many in a row, of which only the last must be there.
 *
 * @typedef {"push" | "replace" | "later"} AddressChange
 */

/** Browsers refuse an address that changes many times a second. */
const LATER_MS = 250;

/** The state of the page in the browser's address, where links and the back button find it. */
export class AddressBar {
  /** What the address says, or will soon. @type {string} */
  #hash;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #due;

  /** @param {(state: ViewState) => void} onMove The user went back, forward or to a link. */
  constructor(onMove) {
    this.#hash = hashOfState(this.state);
    addEventListener("popstate", () => {
      clearTimeout(this.#due);
      this.#hash = hashOfState(this.state);
      onMove(this.state);
    });
  }

  /** What the address says. @returns {ViewState} */
  get state() {
    return stateFromHash(location.hash);
  }

  /** @param {ViewState} state @param {AddressChange} how */
  change(state, how) {
    const hash = hashOfState(state);
    if (how === "push" && hash !== this.#hash) {
      this.#write();
      history.pushState(null, "", addressOf(hash));
    }
    this.#hash = hash;
    clearTimeout(this.#due);
    if (how === "later") this.#due = setTimeout(() => this.#write(), LATER_MS);
    else this.#write();
  }

  #write() {
    clearTimeout(this.#due);
    if (location.hash !== this.#hash) history.replaceState(null, "", addressOf(this.#hash));
  }
}

/** @param {string} hash */
function addressOf(hash) {
  return `${location.pathname}${location.search}${hash}`;
}
