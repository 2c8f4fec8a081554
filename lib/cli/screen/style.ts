/** The colours that every terminal has, in the order of their codes; people choose how they look. */
const COLORS = [
  "black",
  "red",
  "green",
  "yellow",
  "blue",
  "magenta",
  "cyan",
  "white",
  "brightBlack",
  "brightRed",
  "brightGreen",
  "brightYellow",
  "brightBlue",
  "brightMagenta",
  "brightCyan",
  "brightWhite",
] as const;

/** One of the sixteen colours of a terminal. */
export type Color = typeof COLORS[number];

/** How a cell looks. */
export interface StyleInit {
  /** Colour of the text. @default {the terminal's} */
  readonly fg?: Color | undefined;
  /** Colour behind it. @default {the terminal's} */
  readonly bg?: Color | undefined;
  /** @default {false} */
  readonly bold?: boolean;
  /** @default {false} */
  readonly faint?: boolean;
  /** @default {false} */
  readonly underline?: boolean;
  /** Text and background change places. @default {false} */
  readonly reverse?: boolean;
}

/** A style as a number, so that cells are compared fast; made by {@linkcode style}. */
export type Style = number;

/** As the terminal shows text by itself. */
export const PLAIN: Style = 0;

const BG_SHIFT = 5;
const COLOR_MASK = 31;
/** The code for a colour behind text is that much larger. */
const TO_BACKGROUND = 10;
const BOLD = 1 << 10;
const FAINT = 1 << 11;
const UNDERLINE = 1 << 12;
const REVERSE = 1 << 13;

/** Makes a style. */
export function style(init: StyleInit): Style {
  return colorNumber(init.fg) | colorNumber(init.bg) << BG_SHIFT |
    (init.bold ? BOLD : 0) | (init.faint ? FAINT : 0) | (init.underline ? UNDERLINE : 0) |
    (init.reverse ? REVERSE : 0);
}

/** The style, with text and background changing places besides. */
export function reversed(base: Style): Style {
  return base | REVERSE;
}

/** Whether a blank in this style looks like one in no style, so that clearing makes it. */
export function isBlankPlain(base: Style): boolean {
  return (base & (COLOR_MASK << BG_SHIFT | UNDERLINE | REVERSE)) === 0;
}

/**
 * The escape sequence that sets a style, whatever was set before.
 *
 * @param colors Whether colours are wanted; without them the rest of the style stays.
 */
export function styleSequence(value: Style, colors: boolean): string {
  let codes = "0";
  if (value & BOLD) codes += ";1";
  if (value & FAINT) codes += ";2";
  if (value & UNDERLINE) codes += ";4";
  if (value & REVERSE) codes += ";7";
  if (colors) {
    const fg = COLORS[(value & COLOR_MASK) - 1];
    const bg = COLORS[(value >> BG_SHIFT & COLOR_MASK) - 1];
    if (fg !== undefined) codes += `;${colorCode(fg)}`;
    if (bg !== undefined) codes += `;${colorCode(bg) + TO_BACKGROUND}`;
  }
  return `\x1b[${codes}m`;
}

function colorNumber(color: Color | undefined): number {
  return color === undefined ? 0 : COLORS.indexOf(color) + 1;
}

/** The code of SGR (ECMA-48; the bright ones as of aixterm) for text of a colour. */
export function colorCode(color: Color): number {
  const index = COLORS.indexOf(color);
  return index < 8 ? 30 + index : 90 + index - 8;
}
