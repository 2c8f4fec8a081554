import { make } from "./dom.js";
import { niceInterval } from "./interval.js";
import { formatClock, formatDate, zoneOffset } from "./time_format.js";

/** Labels are at least so far apart. */
const LABEL_PX = 110;

/** Room that the last label needs. */
const LAST_LABEL_PX = 64;

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
  const step = niceInterval(span, Math.max(1, Math.floor(width / LABEL_PX)));
  const offset = zoneOffset(first.start, utc);
  for (let at = Math.ceil((first.start + offset) / step - 1e-9);; at++) {
    const seconds = at * step - offset;
    const left = (seconds - first.start) / span;
    if (!(left * width < width - LAST_LABEL_PX)) return;
    const label = make("span", "", axisLabel(seconds, step, utc));
    label.style.left = `${(100 * left).toFixed(3)}%`;
    axis.append(label);
  }
}

/** @param {number} seconds @param {number} step Between two labels. @param {boolean} utc */
function axisLabel(seconds, step, utc) {
  const date = formatDate(seconds, utc);
  if (step >= 86_400) return date;
  const clock = formatClock(seconds, utc, step < 1 ? 3 : 0);
  if (step < 60) return clock;
  // Midnight tells the day.
  return clock === "00:00:00" ? date.slice(5) : clock.slice(0, 5);
}
