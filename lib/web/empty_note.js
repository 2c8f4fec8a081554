import { anywherePattern } from "./anywhere_pattern.js";
import { copyText } from "./clipboard.js";
import { make, makeButton, showInert } from "./dom.js";
import { firstCommands } from "./first_commands.js";

const REFUSED = "refused";

/** Says why there is nothing to see, and what to do about it. */
export class EmptyNote {
  #root;
  #events;
  #shown = "";

  /**
   * @param {HTMLElement} root
   * @param {{onAllTime: () => void, onNoFilters: () => void, onSource: (pattern: string) => void}} events
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
    const shown = `${hasFilters} ${hasRange} ${state.live} ${state.source}`;
    if (shown === this.#shown) return;
    this.#shown = shown;
    this.#root.hidden = false;
    const parts = hasFilters || hasRange
      ? [
        make("h2", "", "No events match"),
        ...this.#sourceHint(state.source),
        ...this.#waysOut(hasFilters, hasRange),
      ]
      : nothingStored();
    if (state.live) parts.push(make("p", "", "New events appear here as they arrive."));
    this.#root.replaceChildren(...parts);
  }

  /** @param {boolean} hasFilters @param {boolean} hasRange @returns {HTMLElement[]} */
  #waysOut(hasFilters, hasRange) {
    /** @type {HTMLElement[]} */
    const parts = [];
    if (hasRange) parts.push(makeButton("Show all time", this.#events.onAllTime));
    if (hasFilters) parts.push(makeButton("Clear filters", this.#events.onNoFilters));
    return parts;
  }

  /**
   * Most people take a source for something that is searched.
   *
   * @param {string} source
   * @returns {HTMLElement[]}
   */
  #sourceHint(source) {
    const pattern = anywherePattern(source);
    if (pattern === undefined) return [];
    const hint = make("p", "", "A source pattern matches from the beginning of the source: ");
    const code = make("code");
    showInert(code, pattern);
    hint.append(code, " finds it anywhere.");
    return [hint, makeButton("Find it anywhere", () => this.#events.onSource(pattern))];
  }
}

/** @returns {HTMLElement[]} */
function nothingStored() {
  const { watch, send } = firstCommands(location.origin);
  return [
    make("h2", "", "No events yet"),
    make("p", "", "Follow a file:"),
    commandLine(watch),
    make("p", "", "Or send an event:"),
    commandLine(send.join(" ")),
  ];
}

/** A command to be typed or copied. @param {string} text */
function commandLine(text) {
  const line = make("div", "command");
  const copy = makeButton("Copy", async () => {
    copy.textContent = await copyText(text) ? "Copied" : "Select it to copy";
  }, "quiet");
  copy.setAttribute("aria-label", `Copy ${text}`);
  line.append(make("code", "", text), copy);
  return line;
}
