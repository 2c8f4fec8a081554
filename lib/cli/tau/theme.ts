import type { Level } from "../../web/level.js";
import { sourceColor } from "../source_color.ts";
import { PLAIN, type Style, style } from "../screen/style.ts";

/** Characters that are drawn beside text. */
export interface Glyphs {
  /** Parts of a cell from empty to full. */
  readonly bars: readonly string[];
  readonly ellipsis: string;
  readonly pointer: string;
  readonly mark: string;
  readonly dot: string;
  readonly down: string;
}

/** For terminals that show all characters. */
export const UNICODE_GLYPHS: Glyphs = {
  bars: [..." ▁▂▃▄▅▆▇█"],
  ellipsis: "…",
  pointer: "▲",
  mark: "◆",
  dot: "●",
  down: "↓",
};

/** For those that show ASCII only. */
export const ASCII_GLYPHS: Glyphs = {
  bars: [" ", ".", "#"],
  ellipsis: "~",
  pointer: "^",
  mark: "*",
  dot: "*",
  down: "v",
};

/** How the parts of the screen look; without colours the rest of each style tells them apart. */
export const STYLES = {
  bar: style({ reverse: true }),
  barError: style({ reverse: true, bold: true }),
  faint: style({ faint: true }),
  label: style({ fg: "cyan" }),
  histogram: style({ fg: "cyan" }),
  histogramHere: style({ fg: "brightYellow", bold: true }),
  match: style({ fg: "black", bg: "yellow", bold: true, underline: true }),
  mark: style({ fg: "brightMagenta", bold: true }),
  error: style({ fg: "brightRed", bold: true }),
  good: style({ fg: "green", bold: true }),
  warning: style({ fg: "yellow", bold: true }),
  heading: style({ bold: true }),
  plain: PLAIN,
} as const;

const LEVEL_STYLES: Readonly<Record<Level, Style>> = {
  error: style({ fg: "brightRed" }),
  warning: style({ fg: "yellow" }),
  info: PLAIN,
  debug: style({ faint: true }),
};

/** How the content of an event looks. */
export function levelStyle(level: Level | undefined): Style {
  return level === undefined ? PLAIN : LEVEL_STYLES[level];
}

/** How a source looks: the same source always has the same colour. */
export function sourceStyle(source: string): Style {
  return style({ fg: sourceColor(source) });
}
