/** What takes longer for a screen of cut lines takes forever for some of them. */
const PATIENCE_MS = 2000;

/** A thread that finds where a pattern matches texts, and is ended when that takes too long. */
export class MatchThread {
  #worker = new Worker(new URL("highlight_worker.js", import.meta.url), { type: "module" });
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  /** @type {(matches: number[][] | undefined) => void} */
  #settle = () => {};

  constructor() {
    // Until the thread has begun, it is the machine that takes so long and not the pattern.
    this.#worker.onmessage = ({ data }) => {
      if (data.matches === undefined) this.#timer = setTimeout(() => this.close(), PATIENCE_MS);
      else this.#end(data.matches);
    };
    this.#worker.onerror = () => this.close();
  }

  /**
   * Finds the matches in some texts; one must have ended before the next.
   *
   * @param {{source: string, flags: string}} pattern
   * @param {readonly string[]} texts
   * @param {number} most Matches of a text.
   * @returns {Promise<number[][] | undefined>} Starts and ends by text; undefined when the thread was ended.
   */
  find({ source, flags }, texts, most) {
    return new Promise((resolve) => {
      this.#settle = resolve;
      this.#worker.postMessage({ source, flags, most, texts });
    });
  }

  close() {
    this.#worker.terminate();
    this.#end(undefined);
  }

  /** @param {number[][] | undefined} matches */
  #end(matches) {
    clearTimeout(this.#timer);
    this.#settle(matches);
  }
}
