import { showAxis } from "./chart_axis.js";
import { showBarTable } from "./bar_table.js";
import { make } from "./dom.js";
import { formatCount, formatInstant, formatSpan, shortCount } from "./time_format.js";

/** @typedef {import("./shape_model.js").Bar} Bar */

/** Height of the chart's drawing, in its own units. */
const HEIGHT = 60;

/** A bar is seen and hit from this width on. */
const MIN_BAR_PX = 5;

/** A pointer that moved less was a click. */
const MIN_BRUSH_PX = 4;

const SVG = "http://www.w3.org/2000/svg";

/**
 * A chart of how many events there are in each stretch of time. A stretch is chosen with the pointer,
 * or with the arrow keys and Enter.
 */
export class Histogram {
  #root;
  #onZoom;
  #svg = document.createElementNS(SVG, "svg");
  #path = document.createElementNS(SVG, "path");
  #brush = document.createElementNS(SVG, "rect");
  #hover = document.createElementNS(SVG, "rect");
  #tip = make("div", "chart-tip");
  #axis = make("div", "chart-axis");
  #most = make("div", "chart-most");
  #table = make("table", "visually-hidden");
  /** @type {readonly Bar[]} */
  #bars = [];
  #utc = false;
  /** Bars chosen by keys or pointer: the first and the current one. @type {{anchor: number, at: number} | undefined} */
  #chosen;
  /** @type {{x: number, pointer: number} | undefined} */
  #drag;

  /**
   * @param {HTMLElement} root
   * @param {(start: number, end: number) => void} onZoom
   */
  constructor(root, onZoom) {
    this.#root = root;
    this.#onZoom = onZoom;
    this.#svg.setAttribute("preserveAspectRatio", "none");
    this.#svg.setAttribute("aria-hidden", "true");
    this.#path.setAttribute("class", "chart-bars");
    this.#brush.setAttribute("class", "chart-brush");
    this.#hover.setAttribute("class", "chart-hover");
    this.#svg.append(this.#hover, this.#path, this.#brush);
    this.#tip.hidden = true;
    this.#tip.setAttribute("role", "status");
    this.#axis.setAttribute("aria-hidden", "true");
    this.#most.setAttribute("aria-hidden", "true");
    root.append(this.#svg, this.#axis, this.#most, this.#tip, this.#table);
    root.addEventListener("pointerdown", (event) => this.#pressed(event));
    root.addEventListener("pointermove", (event) => this.#moved(event));
    root.addEventListener("pointerup", (event) => this.#released(event));
    root.addEventListener("pointerleave", () => this.#left());
    root.addEventListener("keydown", (event) => this.#typed(event));
    root.addEventListener("blur", () => this.#choose(undefined));
  }

  /** How many bars there is room for. */
  get room() {
    return Math.max(10, Math.floor(this.#root.clientWidth / MIN_BAR_PX));
  }

  /**
   * @param {readonly Bar[]} bars Side by side.
   * @param {boolean} utc
   */
  show(bars, utc) {
    const isSameScale = bars.length === this.#bars.length &&
      bars[0]?.start === this.#bars[0]?.start;
    this.#bars = bars;
    this.#utc = utc;
    if (!isSameScale && this.#drag === undefined) this.#chosen = undefined;
    this.#draw();
  }

  #draw() {
    const bars = this.#bars;
    const most = bars.reduce((max, { count }) => Math.max(max, count), 0);
    this.#svg.setAttribute("viewBox", `0 0 ${Math.max(1, bars.length)} ${HEIGHT}`);
    const gap = bars.length * 4 < this.#root.clientWidth ? 0.2 : 0;
    let path = "";
    bars.forEach(({ count }, at) => {
      if (count === 0) return;
      // Even a single event must be seen.
      const height = Math.max(1.5, count / most * HEIGHT);
      path += `M${at} ${HEIGHT}v${-height.toFixed(2)}h${1 - gap}V${HEIGHT}z`;
    });
    this.#path.setAttribute("d", path);
    this.#most.textContent = most === 0 ? "" : shortCount(most);
    showAxis(this.#axis, bars, this.#root.clientWidth, this.#utc);
    this.#drawChosen();
    this.#describe();
  }

  #describe() {
    const total = this.#bars.reduce((sum, { count }) => sum + count, 0);
    const first = this.#bars[0];
    const last = this.#bars.at(-1);
    const range = first === undefined || last === undefined
      ? ""
      : ` from ${this.#when(first.start)} to ${this.#when(last.end)}`;
    this.#root.setAttribute("aria-label", `Events over time: ${formatCount(total)}${range}`);
    showBarTable(this.#table, this.#bars, (seconds) => this.#when(seconds));
  }

  /** @param {PointerEvent} event */
  #pressed(event) {
    if (event.button !== 0 || this.#bars.length === 0) return;
    this.#drag = { x: event.clientX, pointer: event.pointerId };
    this.#root.setPointerCapture(event.pointerId);
    const at = this.#barAt(event.clientX);
    this.#choose({ anchor: at, at });
  }

  /** @param {PointerEvent} event */
  #moved(event) {
    if (this.#bars.length === 0) return;
    const at = this.#barAt(event.clientX);
    if (this.#drag !== undefined && this.#chosen !== undefined) {
      this.#choose({ anchor: this.#chosen.anchor, at });
    } else {
      this.#hint(at, at);
    }
  }

  /** @param {PointerEvent} event */
  #released(event) {
    const drag = this.#drag;
    this.#drag = undefined;
    if (drag === undefined || this.#chosen === undefined) return;
    if (Math.abs(event.clientX - drag.x) < MIN_BRUSH_PX) return this.#choose(undefined);
    this.#zoom();
  }

  #left() {
    if (this.#drag === undefined && this.#chosen === undefined) this.#hideTip();
  }

  /** @param {KeyboardEvent} event */
  #typed(event) {
    const steps = { ArrowLeft: -1, ArrowRight: 1, Home: -Infinity, End: Infinity };
    const step = steps[/** @type {keyof typeof steps} */ (event.key)];
    if (step !== undefined && this.#bars.length > 0) {
      const start = this.#chosen?.at ?? (step > 0 ? -1 : this.#bars.length);
      const at = Math.min(Math.max(0, start + step), this.#bars.length - 1);
      this.#choose({ anchor: event.shiftKey ? this.#chosen?.anchor ?? at : at, at });
    } else if (event.key === "Enter" && this.#chosen !== undefined) {
      this.#zoom();
    } else if (event.key === "Escape" && this.#chosen !== undefined) {
      this.#choose(undefined);
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  }

  #zoom() {
    if (this.#chosen === undefined) return;
    const { anchor, at } = this.#chosen;
    const first = this.#bars[Math.min(anchor, at)];
    const last = this.#bars[Math.max(anchor, at)];
    this.#choose(undefined);
    if (first !== undefined && last !== undefined) this.#onZoom(first.start, last.end);
  }

  /** @param {{anchor: number, at: number} | undefined} chosen */
  #choose(chosen) {
    this.#chosen = chosen;
    this.#drawChosen();
  }

  #drawChosen() {
    const chosen = this.#chosen;
    this.#brush.setAttribute("height", String(HEIGHT));
    if (chosen === undefined) {
      this.#brush.setAttribute("width", "0");
      return this.#hideTip();
    }
    const first = Math.min(chosen.anchor, chosen.at);
    const last = Math.max(chosen.anchor, chosen.at);
    this.#brush.setAttribute("x", String(first));
    this.#brush.setAttribute("width", String(last - first + 1));
    this.#hint(first, last);
  }

  /** Tells what some bars are. @param {number} first @param {number} last */
  #hint(first, last) {
    const bars = this.#bars.slice(first, last + 1);
    const [start] = bars;
    const end = bars.at(-1);
    if (start === undefined || end === undefined) return;
    this.#hover.setAttribute("x", String(first));
    this.#hover.setAttribute("width", String(last - first + 1));
    this.#hover.setAttribute("height", String(HEIGHT));
    const count = bars.reduce((sum, bar) => sum + bar.count, 0);
    const span = formatSpan(end.end - start.start);
    const events = count === 1 ? "event" : "events";
    const text = `${this.#when(start.start)} – ${this.#when(end.end)} (${span}): ` +
      `${formatCount(count)} ${events}`;
    // It would be read out again.
    if (this.#tip.textContent !== text) this.#tip.textContent = text;
    this.#tip.hidden = false;
    const middle = (first + last + 1) / 2 / this.#bars.length;
    const room = this.#root.clientWidth - this.#tip.offsetWidth;
    const left = middle * this.#root.clientWidth - this.#tip.offsetWidth / 2;
    this.#tip.style.left = `${Math.min(Math.max(0, left), Math.max(0, room))}px`;
  }

  #hideTip() {
    this.#tip.hidden = true;
    this.#hover.setAttribute("width", "0");
  }

  /** @param {number} seconds */
  #when(seconds) {
    const [first] = this.#bars;
    const width = first === undefined ? 1 : first.end - first.start;
    return formatInstant(seconds, this.#utc, width < 1 ? 3 : 0);
  }

  /** @param {number} x @returns {number} */
  #barAt(x) {
    const { left, width } = this.#svg.getBoundingClientRect();
    const at = Math.floor((x - left) / width * this.#bars.length);
    return Math.min(Math.max(0, at), this.#bars.length - 1);
  }
}
