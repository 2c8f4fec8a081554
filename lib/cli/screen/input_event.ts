/** Keys that are no text. */
export type KeyName =
  | "up"
  | "down"
  | "left"
  | "right"
  | "home"
  | "end"
  | "pageup"
  | "pagedown"
  | "insert"
  | "delete"
  | "enter"
  | "tab"
  | "backtab"
  | "backspace"
  | "escape";

/** Something that the person at the terminal did. */
export type InputEvent =
  /** A key that is no text; `ctrl` and `alt` when they were held, where the terminal tells. */
  | { readonly kind: "key"; readonly key: KeyName; readonly ctrl?: boolean; readonly alt?: boolean }
  /** A letter with Ctrl, in lower case, or one of `[ \ ] ^ _ @`. */
  | { readonly kind: "ctrl"; readonly letter: string }
  /** One typed character. */
  | { readonly kind: "text"; readonly text: string; readonly alt?: boolean }
  /** What was pasted, as one piece. */
  | { readonly kind: "paste"; readonly text: string }
  | MouseEvent;

/** A button or the wheel of a mouse; the place counts from 0. */
export interface MouseEvent {
  readonly kind: "mouse";
  readonly action: "press" | "release" | "wheelup" | "wheeldown";
  readonly row: number;
  readonly column: number;
}
