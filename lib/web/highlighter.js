import { MatchThread } from "./match_thread.js";
import { highlightingOf, literalMatches } from "./python_pattern.js";

/** @typedef {import("./event_row.js").EventRow} EventRow */
/** @typedef {import("./python_pattern.js").Highlighting} Highlighting */

/** More than this in one line would be a wall of colour. */
const MOST_MATCHES = 50;

/**
 * Finds where the searched pattern matches, to highlight it: texts at once, patterns in a thread that is
 * ended when it takes too long, after which nothing is highlighted.
 */
export class Highlighter {
  #onFound;
  /** @type {Highlighting} */
  #highlighting = { kind: "none" };
  /** @type {MatchThread | undefined} */
  #thread;
  /** @type {readonly EventRow[] | undefined} */
  #pending;

  /** @param {() => void} onFound Matches of rows were set. */
  constructor(onFound) {
    this.#onFound = onFound;
  }

  /** Looks for another pattern from now on. @param {string} pattern */
  use(pattern) {
    if (this.#pending !== undefined) this.#endThread();
    this.#highlighting = highlightingOf(pattern);
  }

  /** Sets the matches of rows that have none yet, now or soon. @param {readonly EventRow[]} rows */
  highlight(rows) {
    const highlighting = this.#highlighting;
    if (highlighting.kind === "none") return;
    const fresh = rows.filter((row) => row.matches === undefined);
    if (fresh.length === 0) return;
    if (highlighting.kind === "literal") {
      const { text } = highlighting;
      for (const row of fresh) row.matches = literalMatches(row.text, text, MOST_MATCHES);
      if (fresh.some((row) => row.matches?.length !== 0)) this.#onFound();
    } else if (this.#pending === undefined) {
      void this.#find(highlighting, fresh);
    }
  }

  /**
   * Where a text that is shown elsewhere matches: nowhere, when that takes too long to find out.
   *
   * @param {string} text
   * @returns {Promise<readonly number[]>}
   */
  async matchesOf(text) {
    const highlighting = this.#highlighting;
    if (highlighting.kind === "none") return [];
    if (highlighting.kind === "literal") {
      return literalMatches(text, highlighting.text, MOST_MATCHES);
    }
    const thread = new MatchThread();
    const matches = await thread.find(highlighting, [text], MOST_MATCHES);
    thread.close();
    return matches?.[0] ?? [];
  }

  /** @param {{source: string, flags: string}} pattern @param {readonly EventRow[]} rows */
  async #find(pattern, rows) {
    this.#thread ??= new MatchThread();
    this.#pending = rows;
    const matches = await this.#thread.find(pattern, rows.map(({ text }) => text), MOST_MATCHES);
    // Another pattern is looked for meanwhile.
    if (this.#pending !== rows) return;
    if (matches === undefined) {
      this.#endThread();
      this.#highlighting = { kind: "none" };
      return;
    }
    this.#pending = undefined;
    rows.forEach((row, at) => row.matches = matches[at]);
    this.#onFound();
  }

  #endThread() {
    this.#thread?.close();
    this.#thread = undefined;
    this.#pending = undefined;
  }
}
