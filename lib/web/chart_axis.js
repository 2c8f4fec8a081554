import { axisTicks } from "./axis_ticks.js";
import { make } from "./dom.js";
import { formatClock, formatDate } from "./time_format.js";

/** Labels are at least so far apart. */
const LABEL_PX = 110;

/** Room that the last label needs. */
const LAST_LABEL_PX = 64;

/** A character of a label has at most about so many, the room to the next label included. */
const CHARACTER_PX = 7.5;

/**
 * Labels a chart's time, at times that are easy to read off.
 *
 * @param {HTMLElement} axis
 * @param {readonly import("./shape_model.js").Bar[]} bars
 * @param {number} width In pixels.
 * @param {boolean} utc
 */
export function showAxis(axis, bars, width, utc) {
  const first = bars[0];
  const last = bars.at(-1);
  axis.replaceChildren();
  if (first === undefined || last === undefined) return;
  const span = last.end - first.start;
  const most = Math.max(1, Math.floor(width / LABEL_PX));
  const { unit, step, ticks } = axisTicks(first.start, last.end, most, utc);
  let free = -Infinity;
  for (const [i, seconds] of ticks.entries()) {
    const left = (seconds - first.start) / span;
    if (!(left * width < width - LAST_LABEL_PX)) return;
    if (left * width < free) continue;
    const day = i === 0 && unit === "time" ? dayLabel(seconds, utc) : "";
    const text = `${day}${axisLabel(seconds, unit, step, utc)}`;
    const label = make("span", "", text);
    label.style.left = `${(100 * left).toFixed(3)}%`;
    axis.append(label);
    free = left * width + text.length * CHARACTER_PX;
  }
}

/** Which day the times are of, where it is not today. @param {number} seconds @param {boolean} utc */
function dayLabel(seconds, utc) {
  const date = formatDate(seconds, utc);
  const today = formatDate(Date.now() / 1000, utc);
  // Midnight tells the day by itself.
  if (date === today || formatClock(seconds, utc, 0) === "00:00:00") return "";
  return `${date.slice(0, 5) === today.slice(0, 5) ? date.slice(5) : date} `;
}

/**
 * @param {number} seconds
 * @param {import("./axis_ticks.js").Ticks["unit"]} unit
 * @param {number} step Between two labels.
 * @param {boolean} utc
 */
function axisLabel(seconds, unit, step, utc) {
  const date = formatDate(seconds, utc);
  if (unit === "year") return date.slice(0, -6);
  if (unit === "month") return date.slice(0, -3);
  if (unit === "day") return date;
  const clock = formatClock(seconds, utc, step < 1 ? 3 : 0);
  if (step < 60) return clock;
  // Midnight tells the day.
  return clock === "00:00:00" ? date.slice(5) : clock.slice(0, 5);
}
