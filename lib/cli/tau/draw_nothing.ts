import { makeInertLine } from "../../base/inert_text.ts";
import { anywherePattern } from "../../web/anywhere_pattern.js";
import { firstCommands } from "../../web/first_commands.js";
import type { CellGrid } from "../screen/cell_grid.ts";
import { cutText, textWidth } from "../screen/cell_text.ts";
import { formatFilter } from "./filter_text.ts";
import type { Model } from "./model.ts";
import { type Glyphs, STYLES } from "./theme.ts";

/** Says why there is no event to see, and what to do about it. */
export function drawNothing(grid: CellGrid, model: Model, { ellipsis }: Glyphs): void {
  const { list } = model.layout;
  const lines = linesFor(model, grid.columns - 2);
  for (const [i, line] of lines.slice(0, list.rows).entries()) {
    const text = cutText(makeInertLine(line), grid.columns - 1, ellipsis);
    grid.put(list.row + i, 1, text, line.startsWith(" ") ? STYLES.plain : STYLES.faint);
  }
}

/** Those that begin with a blank can be typed as they are. */
function linesFor(
  { address, connection, filter, ranges, scope }: Model,
  columns: number,
): readonly string[] {
  // The row at the bottom has often no room for all of it.
  if (scope.error !== undefined) return fold(scope.error, columns);
  if (connection.kind === "lost") {
    return ["Waiting for the collector", "", ...fold(connection.reason, columns)];
  }
  if (scope.isLoading) return ["Searching"];
  if (Object.keys(filter).length > 0 || ranges.current !== undefined) {
    return [
      "No event matches the filter; / changes it, Esc clears it",
      ...hintFor("source", filter.source),
      ...hintFor("id", filter.id),
    ];
  }
  const { watch, send: [command, body] } = firstCommands(address);
  return [
    "No events yet. Follow a file, or send an event, from another terminal:",
    "",
    `  ${watch}`,
    "",
    `  ${command} \\`,
    `    ${body}`,
  ];
}

/** Breaks a text between words; what is longer than a line is cut when it is drawn. */
function fold(text: string, columns: number): readonly string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of makeInertLine(text).split(" ")) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (line === "" || textWidth(longer) <= columns) {
      line = longer;
    } else {
      lines.push(line);
      line = word;
    }
  }
  return [...lines, line];
}

/** Most people take a source for something that is searched. */
function hintFor(name: "source" | "id", pattern: string | undefined): readonly string[] {
  const anywhere = pattern === undefined ? undefined : anywherePattern(pattern);
  if (anywhere === undefined) return [];
  return [
    `A pattern of ${name} matches from the beginning; anywhere:`,
    `  ${formatFilter({ [name]: anywhere })}`,
  ];
}
