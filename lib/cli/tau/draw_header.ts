import type { CellGrid } from "../screen/cell_grid.ts";
import { textWidth } from "../screen/cell_text.ts";
import { formatCount, formatEvents } from "../format/count.ts";
import type { Model } from "./model.ts";
import { type Glyphs, STYLES } from "./theme.ts";

/** Draws where the events come from, whether they come, and how many there are. */
export function drawHeader(grid: CellGrid, model: Model, glyphs: Glyphs): void {
  const { row, rows } = model.layout.header;
  if (rows === 0) return;
  grid.fill(row, 0, grid.columns, STYLES.bar);
  const { text, isGood } = stateText(model);
  const state = ` ${glyphs.dot} ${text} `;
  const { origin, right } = choose(model, grid.columns - textWidth(state));
  const column = grid.put(row, 0, origin, STYLES.bar);
  grid.put(row, column, state, isGood ? STYLES.bar : STYLES.barError);
  grid.put(row, grid.columns - textWidth(right), right, STYLES.bar);
}

/** What stands beside the state: the longest that there is room for. */
function choose(
  model: Model,
  room: number,
): { readonly origin: string; readonly right: string } {
  const { address, scope, now, rate } = model;
  const total = scope.histogram === undefined ? "" : formatEvents(scope.histogram.total);
  const withRate = `${formatRate(rate.rate(now()))}/s  ${total} `;
  const full = ` tau  ${address} `;
  const short = ` ${address.replace(/^wss?:\/\//, "")} `;
  for (const right of [withRate, `${total} `]) {
    for (const origin of [full, short]) {
      if (textWidth(origin) + textWidth(right) <= room) return { origin, right };
    }
  }
  return { origin: short, right: "" };
}

function stateText({ connection, scope, now }: Model): { text: string; isGood: boolean } {
  if (connection.kind === "lost") {
    const seconds = connection.retryAtMs === undefined
      ? undefined
      : Math.max(0, Math.ceil((connection.retryAtMs - now()) / 1000));
    return {
      text: seconds === undefined ? "lost" : `lost, retry in ${seconds} s`,
      isGood: false,
    };
  }
  if (connection.kind === "connecting") return { text: "connecting", isGood: true };
  if (scope.error !== undefined) return { text: "refused", isGood: false };
  if (scope.isLoading) return { text: "searching", isGood: true };
  const { mode } = scope.list;
  if (mode === "paused") return { text: "paused", isGood: false };
  return { text: mode === "following" ? "live" : "browsing", isGood: true };
}

function formatRate(rate: number): string {
  return rate < 10 && rate > 0 ? rate.toFixed(1) : formatCount(Math.round(rate));
}
