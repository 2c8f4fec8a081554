import type { Event } from "../../event/event.ts";
import { compileEventLine } from "../format/event_line.ts";
import { makeInert } from "../../base/inert_text.ts";
import { type Level, levelOf } from "../../web/level.js";
import { FAINT, sourceCode, wrap } from "./colors.ts";
import { inertEvent } from "./inert_event.ts";
import type { MatchFinder, TextRange } from "./match_finder.ts";

/** Codes of SGR (ECMA-48). */
const MATCH = "1;7";
const SEPARATOR = 36;
const LEVEL_COLORS: Readonly<Record<Level, number | undefined>> = {
  error: 31,
  warning: 33,
  info: undefined,
  debug: FAINT,
};

/** Options of {@linkcode ColoredLine}. */
export interface ColoredLineOptions {
  readonly format: string;
  readonly timestampFormat: string;
  readonly matches: MatchFinder | undefined;
}

/**
 * Writes events as lines with colours: the timestamp faint, each source in a colour of its own, the content
 * by its level, and what the pattern matched marked. What comes from the events is inert.
 */
export class ColoredLine {
  readonly #line: (event: Event) => string;
  readonly #matches: MatchFinder | undefined;
  /** What is being written. */
  #content = "";
  #marks: readonly TextRange[] = [];
  #contentColor: number | undefined;
  #sourceColor = FAINT;
  #isContext = false;

  /** @throws {FormatError} When a format cannot be used. */
  constructor({ format, timestampFormat, matches }: ColoredLineOptions) {
    this.#matches = matches;
    const decorate = (name: string, text: string) => this.#decorate(name, text);
    this.#line = compileEventLine({ format, timestampFormat, decorate });
  }

  /** What stands between groups. */
  separator(text: string): string {
    return wrap(text, SEPARATOR);
  }

  /** @param isContext Whether it is only around one that was asked for, which is shown faint. */
  write(event: Event, isContext: boolean): string {
    const inert = inertEvent(event);
    const ranges = isContext ? [] : this.#matches?.find(event.content) ?? [];
    this.#content = inert.content;
    this.#marks = moveRanges(event.content, ranges);
    const level = levelOf(event.content);
    this.#contentColor = isContext ? FAINT : level && LEVEL_COLORS[level];
    this.#sourceColor = isContext ? FAINT : sourceCode(event.source);
    this.#isContext = isContext;
    return this.#line(inert);
  }

  #decorate(name: string, text: string): string {
    switch (name) {
      case "timestamp":
        return wrap(text, FAINT);
      case "source":
        return wrap(text, this.#sourceColor);
      case "content":
        return this.#decorateContent(text);
      default:
        return this.#isContext ? wrap(text, FAINT) : text;
    }
  }

  #decorateContent(text: string): string {
    const shift = this.#marks.length === 0 ? -1 : text.indexOf(this.#content);
    // What was cut shows the beginning of the content.
    const offset = shift < 0 ? 0 : shift;
    let written = "";
    let at = 0;
    for (const { start, end } of this.#marks) {
      const [from, to] = [start + offset, Math.min(end + offset, text.length)];
      if (from >= to) break;
      written += wrap(text.slice(at, from), this.#contentColor) + wrap(text.slice(from, to), MATCH);
      at = to;
    }
    return written + wrap(text.slice(at), this.#contentColor);
  }
}

/** The same parts of the inert text. */
function moveRanges(content: string, ranges: readonly TextRange[]): readonly TextRange[] {
  let read = 0;
  let written = 0;
  return ranges.map(({ start, end }) => {
    const from = written + makeInert(content.slice(read, start)).length;
    const to = from + makeInert(content.slice(start, end)).length;
    [read, written] = [end, to];
    return { start: from, end: to };
  });
}
