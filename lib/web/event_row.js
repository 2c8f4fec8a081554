/**
 * What the list keeps of an event: enough for a line.
 *
 * @typedef {object} EventRow
 * @property {string} id
 * @property {number} timestamp Seconds since 1970.
 * @property {string} source
 * @property {string} tags Separated by commas.
 * @property {string} text The beginning of the content.
 * @property {number} bytes How long the whole content is.
 * @property {boolean} isCut Whether the content goes on after `text`.
 * @property {number[] | undefined} matches Where the searched pattern matches: starts and ends.
 */

/** Bytes of a content that a row keeps: more than the widest screen shows. */
export const ROW_BYTES = 600;

/**
 * @param {{id: string, timestamp: number, source: string, tags: string}} header
 * @param {string} text
 * @param {number} bytes
 * @returns {EventRow}
 */
export function makeRow(header, text, bytes) {
  const { id, timestamp, source, tags } = header;
  const isCut = bytes > ROW_BYTES;
  return { id, timestamp, source, tags, text, bytes, isCut, matches: undefined };
}

/**
 * What tells an event from all others.
 *
 * @param {import("./view_state.js").EventRef} event
 * @returns {string}
 */
export function keyOf(event) {
  return `${event.timestamp} ${event.id}`;
}
