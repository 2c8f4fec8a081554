/**
 * What terminals are told beside text: the sequences of ECMA-48 and of xterm that all of today's know, or
 * pass over.
 *
 * @module
 */

/** Terminals that know it show what comes until the end at once, without a half-drawn frame between. */
export const BEGIN_UPDATE = "\x1b[?2026h";

/** Ends what {@linkcode BEGIN_UPDATE} begins. */
export const END_UPDATE = "\x1b[?2026l";

/** Hides the cursor. */
export const HIDE_CURSOR = "\x1b[?25l";

/** Shows the cursor. */
export const SHOW_CURSOR = "\x1b[?25h";

/**
 * Takes the screen: the other buffer, no line wrap, mouse buttons and wheel reported in decimal numbers,
 * pastes marked.
 */
export const ENTER_SCREEN = "\x1b[?1049h\x1b[?7l\x1b[?1000h\x1b[?1006h\x1b[?2004h" + HIDE_CURSOR;

/**
 * Gives the screen back as it was. It begins by ending whatever sequence was cut off before it, and clears
 * what some terminals would leave where they became larger meanwhile.
 */
export const LEAVE_SCREEN =
  "\x1b\\\x1b[?2026l\x1b[0m\x1b[2J\x1b[?2004l\x1b[?1006l\x1b[?1000l\x1b[?7h" +
  SHOW_CURSOR + "\x1b[?1049l";

/** Moves the cursor; row and column count from 0. */
export function moveTo(row: number, column: number): string {
  return `\x1b[${row + 1};${column + 1}H`;
}

/** Asks the terminal to put a text into the clipboard (OSC 52); many ask their user or pass over it. */
export function copyToClipboard(text: string): string {
  return `\x1b]52;c;${new TextEncoder().encode(text).toBase64()}\x1b\\`;
}
