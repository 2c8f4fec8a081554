import { highlightingOf, literalMatches } from "./python_pattern.js";

/** @typedef {import("./event_row.js").EventRow} EventRow */
/** @typedef {import("./python_pattern.js").Highlighting} Highlighting */

/** More than this in one line would be a wall of colour. */
const MOST_MATCHES = 50;

/** What takes longer for a screen of cut lines takes forever for some of them. */
const PATIENCE_MS = 1000;

/**
 * Finds where the searched pattern matches, to highlight it: texts at once, patterns in a thread that is
 * ended when it takes too long, after which nothing is highlighted.
 */
export class Highlighter {
  #onFound;
  /** @type {Highlighting} */
  #highlighting = { kind: "none" };
  /** @type {Worker | undefined} */
  #worker;
  #turn = 0;
  /** @type {readonly EventRow[] | undefined} */
  #pending;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /** @param {() => void} onFound Matches of rows were set. */
  constructor(onFound) {
    this.#onFound = onFound;
  }

  /** Looks for another pattern from now on. @param {string} pattern */
  use(pattern) {
    this.#giveUp();
    this.#highlighting = highlightingOf(pattern);
  }

  /** Sets the matches of rows that have none yet, now or soon. @param {readonly EventRow[]} rows */
  highlight(rows) {
    const { kind } = this.#highlighting;
    if (kind === "none") return;
    const fresh = rows.filter((row) => row.matches === undefined);
    if (fresh.length === 0) return;
    if (kind === "literal") {
      const { text } = this.#highlighting;
      for (const row of fresh) row.matches = literalMatches(row.text, text, MOST_MATCHES);
      if (fresh.some((row) => row.matches?.length !== 0)) this.#onFound();
    } else if (this.#pending === undefined) {
      this.#send(fresh);
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
    const { source, flags } = highlighting;
    const worker = startWorker();
    try {
      return await new Promise((resolve) => {
        worker.onmessage = ({ data }) => resolve(data.matches[0]);
        worker.postMessage({ turn: 0, source, flags, most: MOST_MATCHES, texts: [text] });
        setTimeout(() => resolve([]), PATIENCE_MS);
      });
    } finally {
      worker.terminate();
    }
  }

  /** @param {readonly EventRow[]} rows */
  #send(rows) {
    if (this.#highlighting.kind !== "regexp") return;
    const { source, flags } = this.#highlighting;
    this.#worker ??= this.#startWorker();
    this.#pending = rows;
    const texts = rows.map(({ text }) => text);
    this.#worker.postMessage({ turn: ++this.#turn, source, flags, most: MOST_MATCHES, texts });
    this.#timer = setTimeout(() => {
      this.#giveUp();
      this.#highlighting = { kind: "none" };
    }, PATIENCE_MS);
  }

  #startWorker() {
    const worker = startWorker();
    worker.onmessage = ({ data: { turn, matches } }) => {
      if (turn !== this.#turn || this.#pending === undefined) return;
      clearTimeout(this.#timer);
      this.#pending.forEach((row, at) => row.matches = matches[at]);
      this.#pending = undefined;
      this.#onFound();
    };
    return worker;
  }

  #giveUp() {
    clearTimeout(this.#timer);
    if (this.#pending !== undefined) {
      this.#worker?.terminate();
      this.#worker = undefined;
    }
    this.#pending = undefined;
    this.#turn++;
  }
}

function startWorker() {
  return new Worker(new URL("highlight_worker.js", import.meta.url), { type: "module" });
}
