/**
 * One event as one line of text: what `query` prints.
 *
 * @module
 */

import { reprFloat } from "./float_spec.ts";
import { compileFormat, type FieldDecorator, type FieldType, FormatError } from "./str_format.ts";
import { compileStrftime } from "./strftime.ts";

/** The format of a line unless another is given. */
export const DEFAULT_EVENT_FORMAT = "{timestamp:15} [{source:10}] {tags:15}: {content}";

/** The format of timestamps unless another is given. */
export const DEFAULT_TIMESTAMP_FORMAT = "%Y-%m-%d %H:%M:%S.%f%Z";

/** Options of {@linkcode compileEventLine}. */
export interface EventLineOptions {
  /**
   * A `str.format` string with the fields `id`, `timestamp`, `source`, `tags` and `content`.
   *
   * @default {DEFAULT_EVENT_FORMAT}
   */
  readonly format?: string;
  /**
   * A `strftime` format for the timestamp, which makes it text to the format; empty leaves it a
   * number.
   *
   * @default {DEFAULT_TIMESTAMP_FORMAT}
   */
  readonly timestampFormat?: string;
  /**
   * `"UTC"` or a name of the IANA database.
   *
   * @default {the zone of the process}
   */
  readonly timeZone?: string;
  /** Adds to the text of each field, such as colours. @default {nothing is added} */
  readonly decorate?: FieldDecorator | undefined;
}

/** What a line shows of an event. */
export interface EventLineFields {
  /** The id. */
  readonly id: string;
  /** Seconds since 1970. */
  readonly timestamp: number;
  /** The source. */
  readonly source: string;
  /** The tags; a line shows them joined by commas. */
  readonly tags: readonly string[];
  /** The content. */
  readonly content: string;
}

type LineWriter = (event: EventLineFields, timestamp: string | number) => string;

/**
 * Compiles the format of lines once, so that many events can be printed fast.
 *
 * A timestamp that is no date of the years 1 to 9999 is shown as the number itself, formatted as a
 * number where the format can do that and as text where it cannot (`{timestamp:s}`).
 *
 * @param options The formats.
 * @returns A function from an event to its line, without a line end. It throws a `FormatError` for
 * what only the event can show, such as `{content[0]}` of an empty content.
 * @throws {FormatError} when the format cannot be used.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * const line = compileEventLine({ timeZone: "UTC" });
 * assert.equal(
 *   line({ id: "7", timestamp: 1e9, source: "/web", tags: ["a", "b"], content: "up" }),
 *   "2001-09-09 01:46:40.000000 [/web      ] a,b            : up",
 * );
 * ```
 */
export function compileEventLine(
  options: EventLineOptions = {},
): (event: EventLineFields) => string {
  const { format = DEFAULT_EVENT_FORMAT, timestampFormat = DEFAULT_TIMESTAMP_FORMAT } = options;
  const { decorate } = options;
  if (timestampFormat === "") {
    const writeNumber = compileLine(format, "number", decorate);
    return (event) => writeNumber(event, event.timestamp);
  }
  const { timeZone } = options;
  const write = compileLine(format, "text", decorate);
  const writeDateless = compileDatelessLine(format, write, decorate);
  const strftime = compileStrftime(timestampFormat, timeZone === undefined ? {} : { timeZone });
  return (event) => {
    let timestamp: string;
    try {
      timestamp = strftime(event.timestamp);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      return writeDateless(event, event.timestamp);
    }
    return write(event, timestamp);
  };
}

function compileLine(
  format: string,
  timestamp: FieldType,
  decorate: FieldDecorator | undefined,
): LineWriter {
  const write = compileFormat(format, {
    id: "text",
    timestamp,
    source: "text",
    tags: "text",
    content: "text",
  }, decorate);
  return (event, value) =>
    write({
      id: event.id,
      timestamp: value,
      source: event.source,
      tags: event.tags.join(","),
      content: event.content,
    });
}

/**
 * The line of a timestamp without a date; a format that was accepted must not fail because of one
 * such event.
 */
function compileDatelessLine(
  format: string,
  writeText: LineWriter,
  decorate: FieldDecorator | undefined,
): LineWriter {
  try {
    return compileLine(format, "number", decorate);
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    return (event, value) => writeText(event, reprFloat(Number(value)));
  }
}
