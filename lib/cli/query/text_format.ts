import { compileEventLine } from "../format/event_line.ts";
import { ColoredLine } from "./colored_line.ts";
import { type EventFormat, SEPARATOR } from "./event_formats.ts";
import { inertEvent } from "./inert_event.ts";
import type { MatchFinder } from "./match_finder.ts";

/** Options of {@linkcode textFormat}. */
export interface TextFormatOptions {
  /** A `str.format` string. */
  readonly format: string;
  /** A `strftime` format. */
  readonly timestampFormat: string;
  /** Whether what a terminal would obey is shown instead. */
  readonly isInert: boolean;
  /** Whether there are colours; the text is inert then. */
  readonly colors: boolean;
  /** Finds what is marked in contents. @default {nothing is marked} */
  readonly matches?: MatchFinder | undefined;
}

/**
 * Lines for people.
 *
 * @throws {FormatError} When a format cannot be used.
 */
export function textFormat(options: TextFormatOptions): EventFormat {
  const { format, timestampFormat, isInert, colors, matches } = options;
  if (colors) {
    const line = new ColoredLine({ format, timestampFormat, matches });
    return {
      separator: line.separator(SEPARATOR),
      line: (event, isContext) => line.write(event, isContext),
    };
  }
  const write = compileEventLine({ format, timestampFormat });
  return {
    separator: SEPARATOR,
    line: (event) => write(isInert ? inertEvent(event) : event),
  };
}
