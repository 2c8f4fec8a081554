import { nextDown } from "./double.js";

/**
 * Criteria as the collector takes them.
 *
 * @typedef {object} Criteria
 * @property {string} [id]
 * @property {string} [source]
 * @property {number} [start]
 * @property {number} [end] Inclusive.
 * @property {readonly string[]} [tags]
 * @property {string} [content]
 * @property {"asc" | "desc"} [order]
 * @property {number} [limit]
 * @property {number} [since]
 */

/**
 * What a state asks for, seen from a moment.
 *
 * @param {{content: string, source: string, tags: string}} filters
 * @param {{start: number | undefined, end: number | undefined}} range `end` belongs to it no more.
 * @returns {Criteria}
 */
export function makeCriteria(filters, range) {
  /** @type {Criteria} */
  const criteria = {};
  if (filters.content !== "") criteria.content = filters.content;
  if (filters.source !== "") criteria.source = filters.source;
  const tags = splitTags(filters.tags);
  if (tags.length > 0) criteria.tags = tags;
  if (range.start !== undefined) criteria.start = range.start;
  if (range.end !== undefined) criteria.end = beforeEnd(range.end);
  return criteria;
}

/**
 * The last moment before an end. An end of 0 would be open.
 *
 * @param {number} end
 * @returns {number}
 */
export function beforeEnd(end) {
  return inclusiveEnd(nextDown(end));
}

/**
 * An end that belongs to the range. 0 would be an open end: the number before it takes its place.
 *
 * @param {number} end
 * @returns {number}
 */
export function inclusiveEnd(end) {
  return end === 0 ? -Number.MIN_VALUE : end;
}

/** Patterns of tags that are separated by commas. @param {string} text @returns {string[]} */
export function splitTags(text) {
  return text.split(",").map((tag) => tag.trim()).filter((tag) => tag !== "");
}

/**
 * Parameters of `/events` and `/stats`.
 *
 * @param {Criteria} criteria
 * @param {Readonly<Record<string, string | number | undefined>>} [more]
 * @returns {URLSearchParams}
 */
export function toParameters(criteria, more = {}) {
  const parameters = new URLSearchParams();
  for (const [key, value] of Object.entries({ ...criteria, ...more })) {
    if (value === undefined) continue;
    for (const item of Array.isArray(value) ? value : [value]) parameters.append(key, String(item));
  }
  return parameters;
}
