import { inclusiveEnd, toParameters } from "./criteria.js";
import { FrameReader, readWholeEvents } from "./event_frames.js";
import { exactPattern } from "./value_pattern.js";

/** @typedef {import("./criteria.js").Criteria} Criteria */
/** @typedef {import("./event_row.js").EventRow} EventRow */

/**
 * What `/stats` answers.
 *
 * @typedef {object} Counts
 * @property {number} matched
 * @property {number} scanned
 * @property {number} elapsed_ms
 * @property {number} cursor
 * @property {readonly (readonly [start: number, count: number])[]} buckets
 * @property {readonly {readonly key: string, readonly count: number}[]} groups
 * @property {number} other_events
 * @property {{events: number, oldest: number | null, newest: number | null}} store
 */

/** A request that the collector refused. */
export class Problem extends Error {
  /** The parameter that is wrong, where one is. @type {string | undefined} */
  parameter;
  /** @type {number} */
  status;

  /** @param {string} message @param {number} status @param {string | undefined} parameter */
  constructor(message, status, parameter) {
    super(message);
    this.status = status;
    this.parameter = parameter;
  }
}

/** The collector has too much to do; that passes. */
const UNAVAILABLE = 503;

/** Whether the same request may succeed later. @param {unknown} error @returns {boolean} */
export function isPassing(error) {
  return !(error instanceof Problem) || error.status === UNAVAILABLE;
}

/** Of one event only: all versions of an id at one moment, of which there is one. */
const SINGLE = 1;

/**
 * Counts events.
 *
 * @param {Criteria} criteria
 * @param {{interval?: number, by?: "source" | "tag", top?: number}} options
 * @param {AbortSignal} signal
 * @returns {Promise<Counts>}
 * @throws {Problem}
 */
export async function fetchCounts(criteria, options, signal) {
  const response = await ask(`stats?${toParameters(criteria, options)}`, signal);
  return await response.json();
}

/**
 * Finds events.
 *
 * @param {Criteria} criteria
 * @param {AbortSignal} signal
 * @returns {Promise<{rows: EventRow[], cursor: number}>} `cursor`: what arrived up to there was searched.
 * @throws {Problem}
 */
export async function fetchRows(criteria, signal) {
  const response = await ask(`events?${toParameters(criteria, { format: "theia" })}`, signal);
  const reader = new FrameReader();
  /** @type {EventRow[]} */
  const rows = [];
  for await (const chunk of chunksOf(response)) {
    for (const row of reader.push(chunk)) rows.push(row);
  }
  if (!reader.isComplete) throw new TypeError("The answer ended within an event");
  return { rows, cursor: Number(response.headers.get("theia-cursor") ?? 0) };
}

/**
 * Everything of one event.
 *
 * @param {import("./view_state.js").EventRef} event
 * @param {AbortSignal} signal
 * @returns {Promise<import("./event_frames.js").WholeEvent | undefined>} Undefined when it is not stored.
 * @throws {Problem}
 */
export async function fetchEvent({ id, timestamp }, signal) {
  const { pattern, isExact } = exactPattern(id);
  const criteria = {
    id: pattern,
    start: timestamp,
    end: inclusiveEnd(timestamp),
    ...(isExact ? { limit: SINGLE } : {}),
  };
  const response = await ask(`events?${toParameters(criteria, { format: "theia" })}`, signal);
  for (const event of readWholeEvents(new Uint8Array(await response.arrayBuffer()))) {
    if (isExact || event.id === id) return event;
  }
  return undefined;
}

/**
 * Where a result can be downloaded.
 *
 * @param {Criteria} criteria
 * @param {"theia" | "json" | "text"} format
 * @returns {string}
 */
export function downloadUrl(criteria, format) {
  return `events?${toParameters(criteria, { format, download: 1 })}`;
}

/** @param {string} path @param {AbortSignal} signal @returns {Promise<Response>} */
async function ask(path, signal) {
  const response = await fetch(path, { signal, cache: "no-store" });
  if (response.ok) return response;
  const text = await response.text();
  let problem = /** @type {{detail?: string, title?: string, parameter?: string}} */ ({});
  try {
    problem = JSON.parse(text);
  } catch {
    // A proxy in between answers as it likes.
  }
  const message = problem.detail ?? problem.title ?? `${response.status} ${response.statusText}`;
  throw new Problem(message, response.status, problem.parameter);
}

/** @param {Response} response @returns {AsyncGenerator<Uint8Array, void>} */
async function* chunksOf(response) {
  const reader = response.body?.getReader();
  if (reader === undefined) return;
  for (let next = await reader.read(); !next.done; next = await reader.read()) yield next.value;
}
