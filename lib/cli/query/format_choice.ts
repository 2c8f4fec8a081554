import { compilePattern } from "../../event/pattern.ts";
import type { Environment } from "../environment.ts";
import { FormatError } from "../format/str_format.ts";
import { optionName } from "../option.ts";
import type { OutputStream } from "../terminal.ts";
import { UsageError } from "../usage_error.ts";
import {
  csvFormat,
  type EventFormat,
  jsonFormat,
  logfmtFormat,
  rawFormat,
} from "./event_formats.ts";
import { MatchFinder } from "./match_finder.ts";
import { QUERY_OPTIONS, type QueryValues } from "./query_options.ts";
import { textFormat } from "./text_format.ts";

/**
 * How events are printed to a stream.
 *
 * @throws {UsageError} When a format cannot be used.
 */
export function chooseFormat(
  values: QueryValues,
  { noColor }: Environment,
  { isTerminal }: OutputStream,
): EventFormat {
  switch (values.format) {
    case "json":
      return jsonFormat(isTerminal);
    case "logfmt":
      return logfmtFormat(isTerminal);
    case "csv":
      return csvFormat(isTerminal);
    case "raw":
      return rawFormat(isTerminal);
    default: {
      return chooseText(values, isTerminal, wantsColors(values, { noColor }, { isTerminal }));
    }
  }
}

/** Whether text for a stream has colours. */
export function wantsColors(
  { color }: Pick<QueryValues, "color">,
  { noColor }: Pick<Environment, "noColor">,
  { isTerminal }: Pick<OutputStream, "isTerminal">,
): boolean {
  return color === "always" || (color === "auto" && isTerminal && !noColor);
}

function chooseText(values: QueryValues, isInert: boolean, colors: boolean): EventFormat {
  const { formatOutput: format, formatTimestamp: timestampFormat, content } = values;
  const matches = colors && content
    ? new MatchFinder(compilePattern(content, "search"))
    : undefined;
  try {
    return textFormat({ format, timestampFormat, isInert, colors, matches });
  } catch (cause) {
    if (!(cause instanceof FormatError)) throw cause;
    const option = optionName(QUERY_OPTIONS.formatOutput);
    throw new UsageError(`Cannot use option '${option}': ${cause.message}`, { cause });
  }
}
