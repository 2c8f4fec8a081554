import { makeInertLine } from "../../base/inert_text.ts";
import { anywherePattern } from "../../web/anywhere_pattern.js";
import { firstCommands } from "../../web/first_commands.js";
import { separateTags } from "../joined_tags.ts";
import type { CellGrid } from "../screen/cell_grid.ts";
import { foldText } from "../screen/fold_text.ts";
import { formatFilter } from "./filter_text.ts";
import type { Model } from "./model.ts";
import { STYLES } from "./theme.ts";

/** Says why there is no event to see, and what to do about it, in as many rows as that takes. */
export function drawNothing(grid: CellGrid, model: Model): void {
  const { row, rows } = model.layout.list;
  const isBroken = model.scope.error !== undefined || model.connection.kind === "lost";
  const lines = linesFor(model).flatMap((line) => foldText(makeInertLine(line), grid.columns - 2));
  for (const [i, line] of lines.slice(0, rows).entries()) {
    const style = line.startsWith(" ") ? STYLES.plain : STYLES.faint;
    grid.put(row + i, 1, line, isBroken ? STYLES.error : style);
  }
}

/** Those that begin with a blank can be typed as they are. */
function linesFor({ address, connection, filter, ranges, scope }: Model): readonly string[] {
  if (scope.error !== undefined) return [scope.error];
  if (connection.kind === "lost") return [`Waiting for the collector: ${connection.reason}`];
  if (scope.isLoading) return ["Searching"];
  if (Object.keys(filter).length > 0 || ranges.current !== undefined) {
    return [
      "No event matches the filter; / changes it, Esc clears it",
      ...hintFor("source", filter.source),
      ...hintFor("id", filter.id),
      ...tagHint(filter.tags),
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

/** Most people take a source for something that is searched. */
function hintFor(name: "source" | "id", pattern: string | undefined): readonly string[] {
  const anywhere = pattern === undefined ? undefined : anywherePattern(pattern);
  if (anywhere === undefined) return [];
  return [
    `A pattern of ${name} matches from the beginning; anywhere:`,
    `  ${formatFilter({ [name]: anywhere })}`,
  ];
}

/** Most lists of tags have commas. */
function tagHint(tags: readonly string[] = []): readonly string[] {
  const separate = separateTags(tags);
  if (separate === undefined) return [];
  return [
    "A pattern of tag matches one tag, and none has a comma; events with all of them:",
    `  ${formatFilter({ tags: separate })}`,
  ];
}
