import { regexpMatches } from "./python_pattern.js";

/**
 * Runs patterns of people, which may take forever: the page ends this thread then. It tells first that it
 * begins.
 *
 * @typedef {{source: string, flags: string, most: number, texts: readonly string[]}} Task
 */

addEventListener("message", (event) => {
  /** @type {Task} */
  const { source, flags, most, texts } = event.data;
  postMessage({});
  const regexp = new RegExp(source, flags);
  postMessage({ matches: texts.map((text) => regexpMatches(text, regexp, most)) });
});
