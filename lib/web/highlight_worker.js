import { regexpMatches } from "./python_pattern.js";

/**
 * Runs patterns of people, which may take forever: the page ends this thread then.
 *
 * @typedef {{turn: number, source: string, flags: string, most: number, texts: readonly string[]}} Task
 */

addEventListener("message", (event) => {
  /** @type {Task} */
  const { turn, source, flags, most, texts } = event.data;
  const regexp = new RegExp(source, flags);
  postMessage({ turn, matches: texts.map((text) => regexpMatches(text, regexp, most)) });
});
