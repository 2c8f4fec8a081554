import { ALL_TIME, isOpen, parseRange, rangeText } from "./time_range.js";

/** @typedef {import("./time_range.js").TimeRange} TimeRange */

/**
 * Everything that a link reproduces.
 *
 * @typedef {object} ViewState
 * @property {string} content Pattern searched in the content.
 * @property {string} source Pattern matched at the start of the source.
 * @property {string} tags Patterns of tags, separated by commas.
 * @property {TimeRange} range
 * @property {TimeRange | undefined} zoomedFrom The range before the first zoom.
 * @property {boolean} live Whether new events are taken in.
 * @property {boolean} utc Whether times are shown in UTC.
 * @property {EventRef | undefined} event The selected event.
 * @property {boolean} open Whether the selected event is expanded.
 */

/**
 * Timestamp and id: what makes an event unique.
 *
 * @typedef {{readonly timestamp: number, readonly id: string}} EventRef
 */

/**
 * Reads the part of an address after `#`; what is missing or wrong is as at the beginning.
 *
 * @param {string} hash With or without `#`.
 * @returns {ViewState}
 */
export function stateFromHash(hash) {
  const parameters = new URLSearchParams(hash.replace(/^#/, ""));
  const range = parseRange(parameters.get("range") ?? "all") ?? ALL_TIME;
  const event = parseEventRef(parameters.get("event") ?? "");
  return {
    content: parameters.get("content") ?? "",
    source: parameters.get("source") ?? "",
    tags: parameters.get("tags") ?? "",
    range,
    zoomedFrom: parseRange(parameters.get("zoomed-from") ?? ""),
    live: parameters.get("live") !== "0" && isOpen(range),
    utc: parameters.get("zone") === "utc",
    event,
    open: event !== undefined && parameters.get("open") === "1",
  };
}

/**
 * The address part that {@linkcode stateFromHash} reads: `#` and what differs from the beginning, or
 * nothing.
 *
 * @param {ViewState} state
 * @returns {string}
 */
export function hashOfState(state) {
  const parameters = new URLSearchParams();
  for (const key of /** @type {const} */ (["content", "source", "tags"])) {
    if (state[key] !== "") parameters.set(key, state[key]);
  }
  if (state.range.kind !== "all") parameters.set("range", rangeText(state.range));
  if (state.zoomedFrom !== undefined) parameters.set("zoomed-from", rangeText(state.zoomedFrom));
  if (!state.live && isOpen(state.range)) parameters.set("live", "0");
  if (state.utc) parameters.set("zone", "utc");
  if (state.event !== undefined) {
    parameters.set("event", `${state.event.timestamp}~${state.event.id}`);
    if (state.open) parameters.set("open", "1");
  }
  const text = parameters.toString();
  return text === "" ? "" : `#${text}`;
}

/** @param {string} text @returns {EventRef | undefined} */
function parseEventRef(text) {
  const at = text.indexOf("~");
  const timestamp = Number(text.slice(0, at));
  const id = text.slice(at + 1);
  if (at <= 0 || id === "" || !Number.isFinite(timestamp)) return undefined;
  return { timestamp, id };
}

/**
 * Whether two states ask for the same events.
 *
 * @param {ViewState} one
 * @param {ViewState} other
 * @returns {boolean}
 */
export function asksTheSame(one, other) {
  return one.content === other.content && one.source === other.source &&
    one.tags === other.tags && rangeText(one.range) === rangeText(other.range);
}
