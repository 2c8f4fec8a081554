import { make } from "./dom.js";
import { formatCount } from "./time_format.js";

/** More rows would be no help to those who do not see the chart. */
const MAX_ROWS = 24;

/**
 * Tells the numbers of a chart as a table, several bars a row.
 *
 * @param {HTMLTableElement} table
 * @param {readonly import("./shape_model.js").Bar[]} bars
 * @param {(seconds: number) => string} when Shows a time.
 */
export function showBarTable(table, bars, when) {
  const step = Math.ceil(bars.length / MAX_ROWS);
  const rows = [];
  for (let at = 0; at < bars.length; at += step) {
    const part = bars.slice(at, at + step);
    const count = part.reduce((sum, bar) => sum + bar.count, 0);
    const head = make("th", "", when(part[0]?.start ?? 0));
    head.scope = "row";
    const row = make("tr");
    row.append(head, make("td", "", formatCount(count)));
    rows.push(row);
  }
  table.replaceChildren(make("caption", "", "Number of events from each time on"), ...rows);
}
