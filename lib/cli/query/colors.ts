import { colorCode } from "../screen/style.ts";
import { sourceColor } from "../source_color.ts";

/** Codes of SGR (ECMA-48): what a terminal is told by `ESC [ code m`. */
export const FAINT = 90;
/** Bars of charts. */
export const BAR = 36;

/** The colour of a source as tau has it. */
export function sourceCode(source: string): number {
  return colorCode(sourceColor(source));
}

/** Colours each line by itself: pagers end colours at the end of a line. */
export function wrap(text: string, code: number | string | undefined): string {
  if (code === undefined || text === "") return text;
  return text.split("\n").map((line) => line === "" ? "" : `\x1b[${code}m${line}\x1b[0m`).join(
    "\n",
  );
}
