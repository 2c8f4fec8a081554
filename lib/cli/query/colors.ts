import { sourceColorIndex } from "../source_color.ts";

/** Codes of SGR (ECMA-48): what a terminal is told by `ESC [ code m`. */
export const FAINT = 90;
/** Bars of charts. */
export const BAR = 36;

/** Those that no level has and that are seen on dark and on light, in tau's order. */
const SOURCE_COLORS: readonly number[] = [36, 32, 35, 34, 96, 92, 95, 94];

/** The same for the same source wherever it is shown. */
export function sourceColor(source: string): number {
  return SOURCE_COLORS[sourceColorIndex(source)] ?? FAINT;
}

/** Colours each line by itself: pagers end colours at the end of a line. */
export function wrap(text: string, code: number | string | undefined): string {
  if (code === undefined || text === "") return text;
  return text.split("\n").map((line) => line === "" ? "" : `\x1b[${code}m${line}\x1b[0m`).join(
    "\n",
  );
}
