import { formatCount } from "./time_format.js";

/** The button that says how many events are new below what is seen, and goes there. */
export class NewPill {
  #button;
  /** How many there were when the end went out of sight. */
  #left = 0;

  /** @param {HTMLButtonElement} button @param {() => void} onClick */
  constructor(button, onClick) {
    this.#button = button;
    button.addEventListener("click", onClick);
  }

  /** The end of the list went out of sight, or came back. @param {number} total */
  leave(total) {
    this.#left = total;
  }

  /** Events were found before some rank: they are not new. @param {number} from @param {number} difference */
  shift(from, difference) {
    if (from < this.#left) this.#left += difference;
  }

  /** @param {boolean} isAway Whether the end is out of sight. @param {number} total */
  show(isAway, total) {
    const isShown = isAway && total > this.#left;
    this.#button.hidden = !isShown;
    if (isShown) this.#button.textContent = `${formatCount(total - this.#left)} new ↓`;
  }
}
