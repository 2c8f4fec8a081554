import { fetchCounts } from "./api.js";
import { escapePattern, makeCriteria } from "./criteria.js";
import { byId } from "./dom.js";
import { SuggestBox } from "./suggest_box.js";

/** @typedef {{content: string, source: string, tags: string}} Filters */

const NAMES = /** @type {const} */ (["content", "source", "tags"]);

/** Suggestions are asked for again after so long. */
const FRESH_MS = 10_000;

/** Suggestions asked for: typing narrows them down. */
const MOST_SUGGESTIONS = 500;

/** The fields that say which events are wanted. */
export class FilterForm {
  #fields = {
    content: byId("content", HTMLInputElement),
    source: byId("source", HTMLInputElement),
    tags: byId("tags", HTMLInputElement),
  };
  #onFilters;
  #range;
  /** @type {Map<string, {atMs: number, groups: Promise<readonly {key: string, count: number}[]>}>} */
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
    this.#suggest("source", "source-list", (text) => text, (_, key) => `${escapePattern(key)}$`);
    this.#suggest("tag", "tags-list", lastTag, (text, key) => {
      return text.slice(0, text.length - lastTag(text).length) + escapePattern(key);
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
      fetch: () => this.#fetchSuggestions(by),
      typed,
      chosen,
      onChosen: () => this.#submit(),
    });
  }

  /** @param {"source" | "tag"} by */
  #fetchSuggestions(by) {
    const criteria = makeCriteria({ content: "", source: "", tags: "" }, this.#range());
    const key = `${by} ${JSON.stringify(criteria)}`;
    const known = this.#suggestions.get(key);
    const nowMs = performance.now();
    if (known !== undefined && nowMs - known.atMs < FRESH_MS) return known.groups;
    const options = { by, top: MOST_SUGGESTIONS };
    const groups = fetchCounts(criteria, options, new AbortController().signal)
      .then((counts) => counts.groups);
    // One that failed is asked for again with the next key.
    groups.catch(() => this.#suggestions.delete(key));
    this.#suggestions.clear();
    this.#suggestions.set(key, { atMs: nowMs, groups });
    return groups;
  }
}

/** The tag that is being typed, of several. @param {string} text */
function lastTag(text) {
  return /[^,]*$/.exec(text)?.[0].trimStart() ?? "";
}
