/** The button that says whether times are local, and changes it. */
export class ZoneButton {
  #button;

  /** @param {HTMLButtonElement} button @param {() => void} onClick */
  constructor(button, onClick) {
    this.#button = button;
    button.addEventListener("click", onClick);
  }

  /** @param {boolean} utc */
  show(utc) {
    this.#button.textContent = utc ? "UTC" : "Local time";
    const label = utc ? "Times in UTC: show local time" : "Local time: show UTC";
    this.#button.setAttribute("aria-label", label);
  }
}
