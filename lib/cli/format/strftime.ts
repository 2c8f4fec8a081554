/**
 * Python's `datetime.fromtimestamp(seconds).strftime(format)` in the C locale on glibc.
 *
 * @module
 */

import { compileClock, type LocalTime } from "./local_time.ts";
import { type Directive, DIRECTIVES } from "./strftime_directives.ts";

/** Options of {@linkcode compileStrftime}. */
export interface StrftimeOptions {
  /**
   * `"UTC"` or a name of the IANA database.
   *
   * @default {the zone of the process, which is `TZ` where that is set}
   */
  readonly timeZone?: string;
}

type Writer = (time: LocalTime) => string;

/** A directive as written: `%`, flags, width, modifier, letter. */
interface Conversion {
  readonly source: string;
  readonly pad: "" | "0" | "_" | "-";
  readonly upper: boolean;
  readonly swap: boolean;
  readonly width: number;
  readonly modifier: string;
  readonly letter: string;
}

const CONVERSION = /%([-_0^#]*)(\d*)([EO]?)([\s\S]?)/uy;

/** Stands for Python's `%f` while the rest is read by glibc's rules; it cannot be in a format. */
const MICROSECOND_MARK = "\0";
const MICROSECOND_DIGITS = 6;

/**
 * Python offers glibc this many characters at first, and twice as many until 256 for each one of
 * the format.
 */
const FIRST_BUFFER = 1024;
const BUFFER_PER_CHARACTER = 256;

/**
 * Compiles a `strftime` format once, so that many timestamps can be formatted fast.
 *
 * Known are glibc's directives with the flags `-` `_` `0` `^` `#`, widths and the modifiers `E` and
 * `O`, and Python's `%f`. `%z` and `%Z` write nothing, because the dates have no zone to Python.
 * Unknown directives are printed as they are. As in Python, a result that is out of all proportion
 * to the format (`%99999d`) is the empty text.
 *
 * @param format The format.
 * @param options The time zone.
 * @returns A function from seconds since 1970 to the text. It throws a `RangeError` when they are
 * no date between 0001-01-02 and 9999-12-31; who calls it decides what to print then.
 * @throws {TypeError} when the format has a NUL character.
 * @throws {RangeError} when the time zone is unknown.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * const format = compileStrftime("%Y-%m-%d %-H:%M:%S.%f", { timeZone: "UTC" });
 * assert.equal(format(1e9 + 0.5), "2001-09-09 1:46:40.500000");
 * assert.throws(() => format(1e18), RangeError);
 * ```
 */
export function compileStrftime(
  format: string,
  options: StrftimeOptions = {},
): (seconds: number) => string {
  if (format.includes(MICROSECOND_MARK)) {
    throw new TypeError(
      `Cannot compile the time format as it must not have NUL characters: ${format}`,
    );
  }
  const clock = compileClock(options.timeZone);
  const prepared = format.replace(/%([\s\S])/gu, replacePythonDirective);
  const limit = bufferSize([...prepared.replaceAll(MICROSECOND_MARK, "000000")].length);
  const write = compileWriter(prepared, limit);
  return (seconds) => {
    const text = write(clock(seconds));
    // Each code point is at most two units, so most texts need not be counted.
    return text.length >= limit && [...text].length >= limit ? "" : text;
  };
}

/** Python replaces these three itself, before the C library sees the format. */
function replacePythonDirective(pair: string, letter: string): string {
  if (letter === "f") return MICROSECOND_MARK;
  return letter === "z" || letter === "Z" ? "" : pair;
}

function bufferSize(formatLength: number): number {
  let size = FIRST_BUFFER;
  while (size < BUFFER_PER_CHARACTER * formatLength) size *= 2;
  return size;
}

function compileWriter(format: string, limit: number): Writer {
  const writers: Writer[] = [];
  let position = 0;
  while (position < format.length) {
    if (format[position] === "%") {
      const conversion = parseConversion(format, position, limit);
      writers.push(compileConversion(conversion, limit));
      position += conversion.source.length;
    } else if (format[position] === MICROSECOND_MARK) {
      writers.push((time) => String(time.microsecond).padStart(MICROSECOND_DIGITS, "0"));
      position += 1;
    } else {
      const [literal] = /^[^%\0]+/.exec(format.slice(position))!;
      writers.push(() => literal);
      position += literal.length;
    }
  }
  return (time) => {
    let text = "";
    for (const write of writers) text += write(time);
    return text;
  };
}

function parseConversion(format: string, position: number, limit: number): Conversion {
  CONVERSION.lastIndex = position;
  const [source, flags = "", width = "", modifier = "", letter = ""] = CONVERSION.exec(format)!;
  const pads = flags.replace(/[\^#]/g, "");
  return {
    source: letter === MICROSECOND_MARK ? source.slice(0, -1) : source,
    pad: pads.slice(-1) as Conversion["pad"],
    upper: flags.includes("^"),
    swap: flags.includes("#"),
    width: Math.min(Number(width), limit),
    modifier,
    letter,
  };
}

function compileConversion(conversion: Conversion, limit: number): Writer {
  const { modifier, letter, upper, width } = conversion;
  // An empty `%z` is not even padded, unlike an empty `%Z`.
  if (letter === "z") return () => "";
  const directive = DIRECTIVES.get(letter);
  if (directive === undefined || (modifier !== "" && directive.refuses.includes(modifier))) {
    return compileUnknown(conversion);
  }
  if (directive.kind === "number") return compileNumber(directive, conversion);
  if (directive.kind === "text") return compileText(directive, conversion);
  const write = compileWriter(directive.format, limit);
  if (!upper && width === 0) return write;
  return (time) => padText(upper ? write(time).toUpperCase() : write(time), conversion);
}

/** Written as it is, though with the effect of its flags. */
function compileUnknown(conversion: Conversion): Writer {
  const { source, letter, upper, swap } = conversion;
  // Of the months, glibc looks at the flag before it finds that it does not know `%Eb`.
  const large = upper || (swap && letter !== "" && "bBh".includes(letter));
  const text = padText(large ? source.toUpperCase() : source, conversion);
  return () => text;
}

function compileNumber(directive: Directive & { kind: "number" }, conversion: Conversion): Writer {
  const { value, digits } = directive;
  const { width } = conversion;
  const pad = conversion.pad || directive.pad;
  const size = pad === "-" ? width : Math.max(digits, width);
  const fill = pad === "0" ? "0" : " ";
  return (time) => String(value(time)).padStart(size, fill);
}

function compileText(directive: Directive & { kind: "text" }, conversion: Conversion): Writer {
  const { value } = directive;
  const small = directive.swap === "lower" && (conversion.swap || conversion.letter === "P");
  const large = !small && (conversion.upper || (conversion.swap && directive.swap === "upper"));
  return (time) => {
    const text = value(time);
    return padText(small ? text.toLowerCase() : large ? text.toUpperCase() : text, conversion);
  };
}

function padText(text: string, { width, pad }: Conversion): string {
  return width === 0
    ? text
    : text.padStart(width + text.length - [...text].length, pad === "0" ? "0" : " ");
}
