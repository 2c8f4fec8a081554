import { make, showInert } from "./dom.js";
import { shortCount } from "./time_format.js";

/**
 * Something that can be put into a field.
 *
 * @typedef {{readonly key: string, readonly count: number}} Suggestion
 */

/**
 * What a field with suggestions works with.
 *
 * @typedef {object} SuggestParts
 * @property {HTMLInputElement} input
 * @property {HTMLUListElement} list
 * @property {(wanted: string) => Promise<readonly Suggestion[]>} fetch The suggestions, the most frequent
 *   first; those that do not hold the text may be among them.
 * @property {(text: string) => string} typed What of the field's text is looked for among them.
 * @property {(text: string, key: string) => string} chosen The field's text after a choice.
 * @property {() => void} onChosen
 */

/** More would be no help. */
const MOST_SHOWN = 12;

/** A field that suggests values that occur; any other may be typed. */
export class SuggestBox {
  #parts;
  /** @type {readonly Suggestion[]} */
  #all = [];
  /** @type {readonly Suggestion[]} */
  #shown = [];
  #active = -1;
  #turn = 0;

  /** @param {SuggestParts} parts */
  constructor(parts) {
    this.#parts = parts;
    const { input, list } = parts;
    list.hidden = true;
    input.addEventListener("focus", () => void this.#open());
    input.addEventListener("click", () => void this.#open());
    input.addEventListener("input", () => {
      this.#active = -1;
      void this.#open();
    });
    input.addEventListener("blur", () => this.#close());
    input.addEventListener("keydown", (event) => this.#typed(event));
    // The field keeps the focus.
    list.addEventListener("pointerdown", (event) => event.preventDefault());
    list.addEventListener("click", (event) => this.#clicked(event));
  }

  async #open() {
    const turn = ++this.#turn;
    // What was suggested for another text cannot be chosen until the answer comes.
    this.#show();
    /** @type {readonly Suggestion[]} */
    let all = [];
    try {
      all = await this.#parts.fetch(this.#wanted);
    } catch {
      // Typing works without suggestions; the result tells what is wrong with the collector.
    }
    // An answer to what was typed before may come last.
    if (turn !== this.#turn) return;
    this.#all = all;
    this.#show();
  }

  /** The text that is looked for. */
  get #wanted() {
    const { input, typed } = this.#parts;
    return typed(input.value).replace(/\\(.)/g, "$1").replace(/\$$/, "").toLowerCase();
  }

  #show() {
    const { input, list } = this.#parts;
    if (document.activeElement !== input) return;
    const wanted = this.#wanted;
    const active = this.#shown[this.#active];
    const matching = this.#all.filter(({ key }) => {
      return key !== "" && key.toLowerCase().includes(wanted);
    });
    const isOnly = matching.length === 1 && matching[0]?.key.toLowerCase() === wanted;
    this.#shown = isOnly ? [] : matching.slice(0, MOST_SHOWN);
    list.replaceChildren(...this.#shown.map(({ key, count }, at) => {
      const item = make("li");
      item.id = `${list.id}-${at}`;
      item.setAttribute("role", "option");
      item.setAttribute("aria-selected", "false");
      const name = make("span", "suggest-key");
      showInert(name, key);
      item.append(name, " ", make("span", "suggest-count", shortCount(count)));
      return item;
    }));
    list.hidden = this.#shown.length === 0;
    input.setAttribute("aria-expanded", String(!list.hidden));
    this.#activate(this.#shown.findIndex(({ key }) => key === active?.key));
  }

  #close() {
    const { input, list } = this.#parts;
    this.#turn++;
    list.hidden = true;
    this.#active = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  }

  /** @param {KeyboardEvent} event */
  #typed(event) {
    const { list } = this.#parts;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (list.hidden) return void this.#open();
      // Up from the field itself goes to the last one.
      const count = this.#shown.length;
      const isDown = event.key === "ArrowDown";
      const next = isDown ? this.#active + 1 : Math.max(0, this.#active) - 1;
      this.#activate((next + count) % count);
    } else if (event.key === "Enter" && this.#active >= 0) {
      event.preventDefault();
      this.#choose(this.#active);
    } else if (event.key === "Enter") {
      this.#close();
    } else if (event.key === "Escape" && !list.hidden) {
      event.stopPropagation();
      this.#close();
    }
  }

  /** @param {number} index -1 for none. */
  #activate(index) {
    const { input, list } = this.#parts;
    this.#active = index;
    [...list.children].forEach((item, at) => {
      item.setAttribute("aria-selected", String(at === this.#active));
      if (at === this.#active) item.scrollIntoView({ block: "nearest" });
    });
    if (index === -1) input.removeAttribute("aria-activedescendant");
    else input.setAttribute("aria-activedescendant", `${list.id}-${index}`);
  }

  /** @param {MouseEvent} event */
  #clicked({ target }) {
    const at = [...this.#parts.list.children].findIndex((item) => {
      return target instanceof Node && item.contains(target);
    });
    if (at >= 0) this.#choose(at);
  }

  /** @param {number} index */
  #choose(index) {
    const { input, chosen, onChosen } = this.#parts;
    const suggestion = this.#shown[index];
    if (suggestion === undefined) return;
    input.value = chosen(input.value, suggestion.key);
    this.#close();
    onChosen();
  }
}
