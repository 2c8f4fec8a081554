import { byId, make } from "./dom.js";
import { Histogram } from "./histogram.js";
import { rangeLabel, zoneNote } from "./range_menu.js";
import { ShapeModel } from "./shape_model.js";
import { formatCount } from "./time_format.js";
import { isOpen, resolveRange, widened } from "./time_range.js";

/** @typedef {import("./time_range.js").TimeRange} TimeRange */
/** @typedef {import("./view_state.js").ViewState} ViewState */

/** While events arrive, the chart is drawn so often: more would be restless. */
const DRAW_MS = 500;

/** A single moment is shown with so much time around it. */
const MIN_SPAN_SECONDS = 0.001;

/** The chart over the list: how many events there are and when. */
export class ShapeSection {
  #chart;
  #onRange;
  #model = new ShapeModel();
  /** @type {ViewState | undefined} */
  #state;
  #openedAt = 0;
  #isCounting = true;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /** @param {(range: TimeRange, isZoom: boolean) => void} onRange */
  constructor(onRange) {
    this.#onRange = onRange;
    this.#chart = new Histogram(byId("chart", HTMLElement), (start, end) => {
      onRange({ kind: "between", start, end }, true);
    });
    byId("zoom-out", HTMLButtonElement).addEventListener("click", () => this.#zoomOut());
    byId("unzoom", HTMLButtonElement).addEventListener("click", () => {
      if (this.#state?.zoomedFrom !== undefined) onRange(this.#state.zoomedFrom, false);
    });
    addEventListener("resize", () => this.#drawSoon(0));
  }

  /** Begins with a new result. @param {ViewState} state @param {number} now */
  reset(state, now) {
    this.#model = new ShapeModel();
    this.#state = state;
    this.#openedAt = now;
    this.#isCounting = true;
    this.#drawSoon(0);
  }

  /** The state that is shown changed, but not the result. @param {ViewState} state */
  update(state) {
    this.#state = state;
    this.#drawSoon(0);
  }

  /** @param {import("./result_shape.js").Shape} shape */
  add(shape) {
    this.#isCounting = false;
    this.#model.add(shape);
    this.#drawSoon(0);
  }

  /** Counts events that arrived. @param {readonly {timestamp: number}[]} rows */
  count(rows) {
    for (const { timestamp } of rows) this.#model.count(timestamp);
    this.#drawSoon(DRAW_MS);
  }

  /** Nothing is counted any more, as it was refused. */
  giveUp() {
    this.#isCounting = false;
  }

  /** How many events the list has. @param {number} total */
  showTotal(total) {
    const state = this.#state;
    if (state === undefined) return;
    const count = make("strong", "", formatCount(total));
    const counting = this.#isCounting ? ", counting…" : "";
    byId("summary", HTMLElement).replaceChildren(
      count,
      ` ${total === 1 ? "event" : "events"}${counting} · ${rangeLabel(state.range, state.utc)} · `,
      zoneNote(state.utc),
    );
  }

  /** @param {number} ms */
  #drawSoon(ms) {
    if (this.#timer !== undefined && ms > 0) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#draw();
    }, ms);
  }

  #draw() {
    const state = this.#state;
    if (state === undefined) return;
    const { start, end } = this.#domain(state);
    const bars = start === undefined || end === undefined
      ? []
      : this.#model.bars(start, end, this.#chart.room);
    this.#chart.show(bars, state.utc);
    const unzoom = byId("unzoom", HTMLButtonElement);
    unzoom.hidden = state.zoomedFrom === undefined;
    if (state.zoomedFrom !== undefined) {
      const label = rangeLabel(state.zoomedFrom, state.utc);
      unzoom.textContent = `Back to ${label[0]?.toLowerCase() ?? ""}${label.slice(1)}`;
    }
    // A range up to now has its own menu of longer ones, which go on following.
    byId("zoom-out", HTMLButtonElement).hidden = state.range.kind !== "between" ||
      start === undefined;
  }

  /** What the chart spans. @param {ViewState} state */
  #domain({ range, live }) {
    const { extent } = this.#model;
    const now = live ? Date.now() / 1000 : this.#openedAt;
    const asked = resolveRange(range, isOpen(range) ? now : this.#openedAt);
    const start = asked.start ?? extent?.start;
    const latest = range.kind === "last" ? Math.max(now, extent?.end ?? now) : extent?.end;
    const end = asked.end ?? latest;
    if (start === undefined || end === undefined) return { start: undefined, end: undefined };
    return { start, end: Math.max(end, start + MIN_SPAN_SECONDS) };
  }

  #zoomOut() {
    if (this.#state === undefined) return;
    const { start, end } = this.#domain(this.#state);
    if (start !== undefined && end !== undefined) this.#onRange(widened(start, end), true);
  }
}
