import type { InputEvent, KeyName } from "./input_event.ts";

const FINAL_KEYS: ReadonlyMap<string, KeyName> = new Map([
  ["A", "up"],
  ["B", "down"],
  ["C", "right"],
  ["D", "left"],
  ["H", "home"],
  ["F", "end"],
  ["Z", "backtab"],
  ["M", "enter"],
]);

const NUMBERED_KEYS: ReadonlyMap<number, KeyName> = new Map([
  [1, "home"],
  [2, "insert"],
  [3, "delete"],
  [4, "end"],
  [5, "pageup"],
  [6, "pagedown"],
  [7, "home"],
  [8, "end"],
]);

/** Bits of the second parameter, less one. */
const ALT = 2;
const CTRL = 4;

/** A report of the mouse: button, column and row, then `M` for pressed and `m` for released. */
const MOUSE = /^<(\d{1,4});(\d{1,5});(\d{1,5})([Mm])$/;

const PARAMETERS = /^(\d*)(?:;(\d*))?([A-Za-z~])$/;

/** Bits of the button number: moved while pressed, the wheel. */
const MOTION = 32;
const WHEEL = 64;

/** The key of a sequence after `ESC O`; undefined where nobody needs it. */
export function readSs3(final: number): InputEvent | undefined {
  const key = FINAL_KEYS.get(String.fromCharCode(final));
  return key === undefined ? undefined : { kind: "key", key };
}

/** What a sequence after `ESC [` says; undefined where nobody needs it. */
export function readCsi(text: string): InputEvent | undefined {
  const mouse = MOUSE.exec(text);
  if (mouse !== null) return readMouse(mouse);
  const match = PARAMETERS.exec(text);
  if (match === null) return undefined;
  const [, first = "", second = "", final = ""] = match;
  const key = final === "~" ? NUMBERED_KEYS.get(Number(first)) : FINAL_KEYS.get(final);
  if (key === undefined) return undefined;
  const modifiers = Math.max(0, Number(second) - 1);
  return {
    kind: "key",
    key,
    ...((modifiers & CTRL) === 0 ? {} : { ctrl: true }),
    ...((modifiers & ALT) === 0 ? {} : { alt: true }),
  };
}

function readMouse([, code = "", column = "", row = "", final]: RegExpExecArray):
  | InputEvent
  | undefined {
  const button = Number(code);
  const place = { row: Math.max(0, Number(row) - 1), column: Math.max(0, Number(column) - 1) };
  if ((button & WHEEL) !== 0) {
    // Bits 0 and 1 are the direction: up, down, and to the sides.
    const direction = button & 3;
    if (direction > 1) return undefined;
    return { kind: "mouse", action: direction === 0 ? "wheelup" : "wheeldown", ...place };
  }
  if ((button & MOTION) !== 0 || (button & 3) !== 0) return undefined;
  return { kind: "mouse", action: final === "M" ? "press" : "release", ...place };
}
