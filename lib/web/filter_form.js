import { fetchCounts } from "./api.js";
import { makeCriteria } from "./criteria.js";
import { byId } from "./dom.js";
import { SuggestBox } from "./suggest_box.js";
import { escapePattern, sourcePattern, tagPattern } from "./value_pattern.js";

/** @typedef {{content: string, source: string, tags: string}} Filters */

const NAMES = /** @type {const} */ (["content", "source", "tags"]);

/** Suggestions are asked for again after so long. */
const FRESH_MS = 10_000;

/** Suggestions asked for at once: where there are more, typing asks for those that hold the text. */
const MOST_SUGGESTIONS = 500;

/** @typedef {import("./suggest_box.js").Suggestion} Suggestion */
/** @typedef {{groups: readonly Suggestion[], isAll: boolean}} Suggestions */

/** The fields that say which events are wanted. */
export class FilterForm {
  #fields = {
    content: byId("content", HTMLInputElement),
    source: byId("source", HTMLInputElement),
    tags: byId("tags", HTMLInputElement),
  };
  #onFilters;
  #range;
  /** @type {Map<string, {atMs: number, answer: Promise<Suggestions>}>} */
  #suggestions = new Map();

  /**
   * @param {(filters: Filters) => void} onFilters
   * @param {() => {start: number | undefined, end: number | undefined}} range The range that is shown.
   */
  constructor(onFilters, range) {
    this.#onFilters = onFilters;
    this.#range = range;
    byId("search", HTMLFormElement).addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
    for (const name of NAMES) {
      this.#fields[name].addEventListener("input", () => this.showError(name, ""));
      // Leaving a field does not search: the address would fill with halves of patterns.
    }
    this.#suggest("source", "source-list", (text) => text, (_, key) => sourcePattern(key));
    this.#suggest("tag", "tags-list", lastTag, (text, key) => {
      return text.slice(0, text.length - lastTag(text).length) + tagPattern(key);
    });
  }

  /** Puts the cursor into the search field. */
  focus() {
    this.#fields.content.focus();
    this.#fields.content.select();
  }

  /** @param {Filters} filters */
  show(filters) {
    for (const name of NAMES) {
      if (this.#fields[name].value !== filters[name]) this.#fields[name].value = filters[name];
    }
  }

  /**
   * Shows what is wrong with a field.
   *
   * @param {string} name
   * @param {string} text Empty when nothing is.
   * @returns {boolean} Whether there is such a field.
   */
  showError(name, text) {
    const known = NAMES.find((known) => known === name);
    if (known === undefined) return false;
    const error = byId(`${known}-error`, HTMLElement);
    error.textContent = text;
    error.hidden = text === "";
    this.#fields[known].setAttribute("aria-invalid", String(text !== ""));
    return true;
  }

  /** Nothing is wrong any more. */
  clearErrors() {
    for (const name of NAMES) this.showError(name, "");
  }

  #submit() {
    const { content, source, tags } = this.#fields;
    this.#onFilters({
      content: content.value,
      source: source.value.trim(),
      tags: tags.value.trim().replace(/^,+|,+$/g, ""),
    });
  }

  /**
   * @param {"source" | "tag"} by
   * @param {string} listId
   * @param {(text: string) => string} typed
   * @param {(text: string, key: string) => string} chosen
   */
  #suggest(by, listId, typed, chosen) {
    new SuggestBox({
      input: this.#fields[by === "source" ? "source" : "tags"],
      list: byId(listId, HTMLUListElement),
      fetch: (wanted) => this.#suggestionsOf(by, wanted),
      typed,
      chosen,
      onChosen: () => this.#submit(),
    });
  }

  /** @param {"source" | "tag"} by @param {string} wanted */
  async #suggestionsOf(by, wanted) {
    const most = await this.#fetchSuggestions(by, "");
    if (most.isAll || wanted === "") return most.groups;
    return (await this.#fetchSuggestions(by, wanted)).groups;
  }

  /**
   * @param {"source" | "tag"} by
   * @param {string} wanted What they hold.
   * @returns {Promise<Suggestions>}
   */
  #fetchSuggestions(by, wanted) {
    const pattern = wanted === "" ? "" : `(?i).*${escapePattern(wanted)}.*`;
    const filters = { content: "", source: "", tags: "", [by === "tag" ? "tags" : by]: pattern };
    const criteria = makeCriteria(filters, this.#range());
    const key = `${by} ${JSON.stringify(criteria)}`;
    const known = this.#suggestions.get(key);
    const nowMs = performance.now();
    if (known !== undefined && nowMs - known.atMs < FRESH_MS) return known.answer;
    const options = { by, top: MOST_SUGGESTIONS };
    const answer = fetchCounts(criteria, options, new AbortController().signal)
      .then((counts) => ({ groups: counts.groups, isAll: counts.other_events === 0 }));
    // One that failed is asked for again with the next key.
    answer.catch(() => this.#suggestions.delete(key));
    for (const [old, { atMs }] of this.#suggestions) {
      if (nowMs - atMs >= FRESH_MS) this.#suggestions.delete(old);
    }
    this.#suggestions.set(key, { atMs: nowMs, answer });
    return answer;
  }
}

/** The tag that is being typed, of several. @param {string} text */
function lastTag(text) {
  return /[^,]*$/.exec(text)?.[0].trimStart() ?? "";
}
