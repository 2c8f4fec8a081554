/**
 * Makes a button open and close a menu: a click elsewhere, Escape, or leaving it by Tab closes it.
 *
 * @param {HTMLButtonElement} button
 * @param {HTMLElement} menu
 * @param {() => void} [onOpen]
 * @returns {{close: () => void}}
 */
export function makePopup(button, menu, onOpen = () => {}) {
  /** @param {boolean} isOpen */
  function show(isOpen) {
    menu.hidden = !isOpen;
    button.setAttribute("aria-expanded", String(isOpen));
  }

  function close() {
    if (menu.contains(document.activeElement)) button.focus();
    show(false);
  }

  show(false);
  button.addEventListener("click", () => {
    if (!menu.hidden) return close();
    onOpen();
    show(true);
    keepInView(menu);
    const [first] = menu.querySelectorAll("button, a, input");
    if (first instanceof HTMLElement) first.focus();
  });
  document.addEventListener("pointerdown", ({ target }) => {
    const isInside = target instanceof Node && (menu.contains(target) || button.contains(target));
    if (!isInside && !menu.hidden) show(false);
  });
  menu.addEventListener("focusout", ({ relatedTarget }) => {
    const isInside = relatedTarget instanceof Node &&
      (menu.contains(relatedTarget) || button.contains(relatedTarget));
    if (relatedTarget !== null && !isInside) show(false);
  });
  for (const element of [button, menu]) {
    element.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || menu.hidden) return;
      event.stopPropagation();
      close();
    });
  }
  return { close };
}

/** Moves a menu that would stand out of the window. @param {HTMLElement} menu */
function keepInView(menu) {
  menu.style.translate = "";
  const { left, right } = menu.getBoundingClientRect();
  const room = document.documentElement.clientWidth - 8;
  if (right > room) menu.style.translate = `${Math.round(room - right)}px 0`;
  else if (left < 8) menu.style.translate = `${Math.round(8 - left)}px 0`;
}
