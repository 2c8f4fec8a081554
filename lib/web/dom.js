import { inertPieces } from "./inert_text.js";

/**
 * The element of the page with an id.
 *
 * @template {HTMLElement} T
 * @param {string} id
 * @param {new () => T} type
 * @returns {T}
 */
export function byId(id, type) {
  const element = document.getElementById(id);
  if (element instanceof type) return element;
  throw new Error(`The page has no ${type.name} '${id}'`);
}

/**
 * An element with a class and a text.
 *
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {string} [className]
 * @param {string} [text] Shown as it is.
 * @returns {HTMLElementTagNameMap[K]}
 */
export function make(tag, className = "", text = "") {
  const element = document.createElement(tag);
  if (className !== "") element.className = className;
  if (text !== "") element.textContent = text;
  return element;
}

/**
 * A button.
 *
 * @param {string} text
 * @param {() => void} onClick
 * @param {string} [className]
 * @returns {HTMLButtonElement}
 */
export function makeButton(text, onClick, className = "") {
  const button = make("button", className, text);
  button.type = "button";
  button.addEventListener("click", onClick);
  return button;
}

/**
 * Shows a text from outside in an element: as text only, what would be obeyed or not be seen as marks.
 *
 * @param {Element} element
 * @param {string} text
 * @param {readonly number[]} [matches] Starts and ends of what is highlighted.
 * @param {boolean} [keepsLines]
 */
export function showInert(element, text, matches = [], keepsLines = false) {
  if (matches.length === 0) {
    const pieces = inertPieces(text, keepsLines);
    const [first] = pieces;
    if (pieces.length === 1 && first !== undefined && !first.isMark) {
      element.textContent = first.text;
    } else {
      element.replaceChildren(...pieces.map(toNode));
    }
    return;
  }
  /** @type {Node[]} */
  const nodes = [];
  let done = 0;
  for (let i = 0; i < matches.length; i += 2) {
    const start = matches[i] ?? 0;
    const end = matches[i + 1] ?? start;
    if (start > done) nodes.push(...nodesOf(text.slice(done, start), keepsLines));
    const mark = document.createElement("mark");
    mark.append(...nodesOf(text.slice(start, end), keepsLines));
    nodes.push(mark);
    done = end;
  }
  if (done < text.length) nodes.push(...nodesOf(text.slice(done), keepsLines));
  element.replaceChildren(...nodes);
}

/** @param {string} text @param {boolean} keepsLines */
function nodesOf(text, keepsLines) {
  return inertPieces(text, keepsLines).map(toNode);
}

/** @param {import("./inert_text.js").TextPiece} piece @returns {Node} */
function toNode({ text, isMark }) {
  if (!isMark) return document.createTextNode(text);
  return make("span", "hidden-character", text);
}
