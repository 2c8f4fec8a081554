import { make, makeButton, showInert } from "./dom.js";
import { inertText } from "./inert_text.js";
import { levelOf } from "./level.js";
import { fetchNeighbours } from "./neighbours.js";
import { formatClock } from "./time_format.js";

/** @typedef {import("./event_row.js").EventRow} EventRow */
/** @typedef {import("./event_frames.js").WholeEvent} WholeEvent */

/** Neighbours shown at first on each side, and how many more come with each wish. */
const FIRST_COUNT = 5;
const MORE_COUNT = 20;

/** The events just before and after one. */
export class ContextView {
  element = make("section", "context");
  #event;
  #utc;
  #options;
  #before = FIRST_COUNT;
  #after = FIRST_COUNT;
  #list = make("ol", "context-list");
  #sameSource = make("input");
  #turn = 0;

  /**
   * @param {WholeEvent} event
   * @param {boolean} utc
   * @param {{signal: AbortSignal, onOpen: (event: import("./view_state.js").EventRef) => void}} options
   */
  constructor(event, utc, options) {
    this.#event = event;
    this.#utc = utc;
    this.#options = options;
    this.#sameSource.type = "checkbox";
    this.#sameSource.checked = true;
    this.#sameSource.addEventListener("change", () => void this.#load());
    const choice = make("label", "context-choice");
    choice.append(this.#sameSource, " same source only");
    const head = make("div", "section-head");
    head.append(make("h3", "", "Context"), choice);
    this.#list.setAttribute("aria-label", "Events before and after");
    this.element.append(
      head,
      makeButton("Earlier", () => {
        this.#before += MORE_COUNT;
        void this.#load();
      }, "quiet"),
      this.#list,
      makeButton("Later", () => {
        this.#after += MORE_COUNT;
        void this.#load();
      }, "quiet"),
    );
    void this.#load();
  }

  async #load() {
    const turn = ++this.#turn;
    const { signal } = this.#options;
    try {
      const { before, after } = await fetchNeighbours(this.#event, {
        before: this.#before,
        after: this.#after,
        sameSource: this.#sameSource.checked,
      }, signal);
      if (signal.aborted || turn !== this.#turn) return;
      const level = levelOf(this.#event.content);
      const here = make("li", `context-here${level === undefined ? "" : ` level-${level}`}`);
      here.setAttribute("aria-current", "true");
      here.append(this.#text(this.#event.timestamp, this.#event.content.slice(0, 300)));
      const toItem = (/** @type {EventRow} */ row) => this.#item(row);
      this.#list.replaceChildren(...before.map(toItem), here, ...after.map(toItem));
    } catch (error) {
      if (signal.aborted || turn !== this.#turn) return;
      const text = error instanceof Error ? error.message : String(error);
      this.#list.replaceChildren(make("li", "detail-problem", text));
    }
  }

  /** @param {EventRow} row */
  #item(row) {
    const level = levelOf(row.text);
    const item = make("li", level === undefined ? "" : `level-${level}`);
    const button = makeButton("", () => {
      this.#options.onOpen({ timestamp: row.timestamp, id: row.id });
    });
    button.append(this.#text(row.timestamp, row.text));
    if (!this.#sameSource.checked) button.title = inertText(row.source);
    item.append(button);
    return item;
  }

  /** @param {number} timestamp @param {string} text */
  #text(timestamp, text) {
    const line = make("span", "context-line");
    const content = make("span");
    showInert(content, text);
    line.append(make("time", "", formatClock(timestamp, this.#utc)), " ", content);
    return line;
  }
}
