// @ts-check
/// <reference lib="dom" />

/** Where the choice is remembered, for theme_boot.js; without one the system decides. */
const STORAGE_KEY = "theia-theme";

/** @typedef {"light" | "dark"} Theme */

/** Shows the page in the chosen theme, and lets a button choose the other one. @param {HTMLButtonElement} button */
export function setUpTheme(button) {
  const prefersDark = matchMedia("(prefers-color-scheme: dark)");

  /** @returns {Theme} */
  function current() {
    const chosen = document.documentElement.dataset["theme"];
    if (chosen === "light" || chosen === "dark") return chosen;
    return prefersDark.matches ? "dark" : "light";
  }

  function label() {
    const text = current() === "dark" ? "Switch to light theme" : "Switch to dark theme";
    button.setAttribute("aria-label", text);
    button.title = text;
  }

  label();
  prefersDark.addEventListener("change", label);
  button.addEventListener("click", () => {
    const next = current() === "dark" ? "light" : "dark";
    document.documentElement.dataset["theme"] = next;
    try {
      localStorage.setItem(STORAGE_KEY, next);
    } catch {
      // A browser that keeps nothing forgets the choice.
    }
    label();
  });
}
