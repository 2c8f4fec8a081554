import { byId, make, makeButton } from "./dom.js";
import { makePopup } from "./popup.js";
import { parseRange, PRESETS, rangeText, resolveRange } from "./time_range.js";
import {
  formatClock,
  formatDate,
  formatZone,
  fromInputValue,
  toInputValue,
} from "./time_format.js";

/** @typedef {import("./time_range.js").TimeRange} TimeRange */

/**
 * What the menu tells.
 *
 * @typedef {object} RangeEvents
 * @property {(range: TimeRange) => void} onRange
 * @property {(utc: boolean) => void} onZone
 */

/** The button that shows the range of time, and its menu. */
export class RangeMenu {
  #button = byId("range-button", HTMLButtonElement);
  #menu = byId("range-menu", HTMLElement);
  #presets = byId("range-presets", HTMLElement);
  #from = byId("range-from", HTMLInputElement);
  #to = byId("range-to", HTMLInputElement);
  #error = byId("range-error", HTMLElement);
  #utc = byId("range-utc", HTMLInputElement);
  #events;
  /** @type {TimeRange} */
  #range = { kind: "all" };

  /** @param {RangeEvents} events */
  constructor(events) {
    this.#events = events;
    const popup = makePopup(this.#button, this.#menu, () => this.#fill());
    for (const { text, label } of PRESETS) {
      const range = parseRange(text);
      const item = makeButton(label, () => {
        popup.close();
        if (range !== undefined) events.onRange(range);
      });
      item.dataset["range"] = text;
      this.#presets.append(item);
    }
    byId("range-form", HTMLFormElement).addEventListener("submit", (event) => {
      event.preventDefault();
      const chosen = this.#read();
      if (chosen === undefined) return;
      popup.close();
      events.onRange(chosen);
    });
    this.#utc.addEventListener("change", () => {
      const { start, end } = this.#readEnds(!this.#utc.checked);
      this.#from.value = toInputValue(start, this.#utc.checked);
      this.#to.value = toInputValue(end, this.#utc.checked);
      events.onZone(this.#utc.checked);
    });
  }

  /** @param {TimeRange} range @param {boolean} utc */
  show(range, utc) {
    this.#range = range;
    this.#utc.checked = utc;
    this.#button.textContent = rangeLabel(range, utc);
    const text = rangeText(range);
    for (const item of this.#presets.children) {
      item.setAttribute(
        "aria-pressed",
        String(/** @type {HTMLElement} */ (item).dataset["range"] === text),
      );
    }
  }

  #fill() {
    const { start, end } = resolveRange(this.#range, Date.now() / 1000);
    this.#from.value = toInputValue(start, this.#utc.checked);
    this.#to.value = toInputValue(end, this.#utc.checked);
    this.#showError("");
  }

  /** @param {boolean} utc */
  #readEnds(utc) {
    return {
      start: fromInputValue(this.#from.value, utc),
      end: fromInputValue(this.#to.value, utc),
    };
  }

  /** @returns {TimeRange | undefined} */
  #read() {
    const { start, end } = this.#readEnds(this.#utc.checked);
    if (start === undefined && end === undefined) {
      return this.#showError("Set the beginning, the end, or both.");
    }
    if (start !== undefined && end !== undefined && start >= end) {
      return this.#showError("The end must be after the beginning.");
    }
    this.#showError("");
    return { kind: "between", start, end };
  }

  /** @param {string} text @returns {undefined} */
  #showError(text) {
    this.#error.textContent = text;
    this.#error.hidden = text === "";
  }
}

/**
 * @param {TimeRange} range
 * @param {boolean} utc
 * @returns {string}
 */
export function rangeLabel(range, utc) {
  if (range.kind !== "between") {
    const text = rangeText(range);
    return PRESETS.find((preset) => preset.text === text)?.label ?? `Last ${text}`;
  }
  const { start, end } = range;
  if (start === undefined) return `Until ${moment(end ?? 0, utc)}`;
  if (end === undefined) return `Since ${moment(start, utc)}`;
  const isSameDay = formatDate(start, utc) === formatDate(end, utc);
  return `${moment(start, utc)} – ${isSameDay ? clock(end, utc) : moment(end, utc)}`;
}

/** @param {number} seconds @param {boolean} utc */
function moment(seconds, utc) {
  return `${formatDate(seconds, utc)} ${clock(seconds, utc)}`;
}

/** @param {number} seconds @param {boolean} utc */
function clock(seconds, utc) {
  return formatClock(seconds, utc, Number.isInteger(seconds) ? 0 : 3);
}

/** The zone that times are shown in, as a note. @param {boolean} utc @returns {HTMLElement} */
export function zoneNote(utc) {
  return make("span", "", formatZone(Date.now() / 1000, utc));
}
