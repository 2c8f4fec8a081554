import { make } from "./dom.js";

/**
 * Copies a text. Browsers offer their clipboard to pages of this machine or by HTTPS only; elsewhere an
 * older way is taken.
 *
 * @param {string} text
 * @returns {Promise<boolean>} Whether it worked.
 */
export async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyBySelection(text);
  }
}

/** @param {string} text */
function copyBySelection(text) {
  const before = document.activeElement;
  const area = make("textarea", "visually-hidden");
  area.value = text;
  document.body.append(area);
  area.select();
  const isDone = document.execCommand("copy");
  area.remove();
  if (before instanceof HTMLElement) before.focus();
  return isDone;
}
