/**
 * What keys do, wherever they mean nothing else.
 *
 * @param {Readonly<Record<string, () => void>>} actions By key.
 * @param {() => void} onEscape
 */
export function setUpKeys(actions, onEscape) {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (document.querySelector("dialog[open]") !== null) return;
    const { target, key } = event;
    const isField = target instanceof HTMLInputElement && target.type !== "checkbox";
    if (key === "Escape") {
      if (isField) target.blur();
      else onEscape();
      return;
    }
    if (isField || target instanceof HTMLTextAreaElement) return;
    const isControl = target instanceof Element &&
      target.closest("button, a, summary, input") !== null;
    if (isControl && (key === " " || key === "Enter")) return;
    const action = actions[key];
    if (action === undefined) return;
    event.preventDefault();
    action();
  });
}
