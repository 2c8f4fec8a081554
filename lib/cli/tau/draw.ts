import type { CellGrid } from "../screen/cell_grid.ts";
import type { ScreenAbilities } from "../screen/frame_writer.ts";
import { drawHistogram } from "./draw_histogram.ts";
import { drawList } from "./draw_list.ts";
import { drawDetail, drawHelp } from "./draw_overlay.ts";
import { drawHeader } from "./draw_header.ts";
import { drawPrompt } from "./draw_prompt.ts";
import { drawStatus } from "./draw_status.ts";
import type { Model } from "./model.ts";
import { ASCII_GLYPHS, UNICODE_GLYPHS } from "./theme.ts";

/** Draws all that the model knows into a blank grid of its size. */
export function draw(
  grid: CellGrid,
  model: Model,
  { unicode }: Pick<ScreenAbilities, "unicode">,
): void {
  const glyphs = unicode ? UNICODE_GLYPHS : ASCII_GLYPHS;
  if (model.help !== undefined) return drawHelp(grid, model);
  if (model.detail === undefined) drawList(grid, model, glyphs);
  else drawDetail(grid, model);
  drawHistogram(grid, model, glyphs);
  drawHeader(grid, model, glyphs);
  if (drawPrompt(grid, model, glyphs)) drawStatus(grid, model, glyphs);
}
