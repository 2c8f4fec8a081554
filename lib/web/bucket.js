import { nextUp } from "./double.js";

/** @typedef {import("./event_row.js").EventRow} EventRow */

/**
 * A line of the list that is no event.
 *
 * @typedef {{readonly note: string}} NoteRow
 */

/**
 * The events of a stretch of time: how many there are, and themselves while they are needed. A count
 * is corrected when the events are loaded.
 *
 * @typedef {object} Bucket
 * @property {number} from Its first moment, `-Infinity` when it is open.
 * @property {number} to Its end, which belongs to the next one.
 * @property {number} start Where its events begin, as far as is known.
 * @property {number} seconds How far they extend from there.
 * @property {number} count
 * @property {readonly (EventRow | NoteRow)[] | undefined} rows
 * @property {number} used When its rows were looked at last, in turns.
 */

/**
 * @param {Pick<Bucket, "from" | "to" | "start" | "seconds" | "count">
 *   & {rows?: Bucket["rows"]}} parts
 * @returns {Bucket}
 */
export function makeBucket(parts) {
  return { rows: undefined, used: 0, ...parts };
}

/**
 * Buckets side by side, made of counts: each extends to where the next one begins.
 *
 * @param {readonly (readonly [start: number, count: number])[]} counts Of those that have events.
 * @param {number} seconds How long the stretches are that were counted.
 * @param {{from: number, to: number}} whole Where the first begins and the last ends.
 * @returns {Bucket[]}
 */
export function bucketsOfCounts(counts, seconds, whole) {
  return counts.map(([start, count], index) => {
    const isFirst = index === 0;
    const from = isFirst ? whole.from : Math.max(start, whole.from);
    const to = counts[index + 1]?.[0] ?? whole.to;
    return makeBucket({ from, to, start: Math.max(start, from), seconds, count });
  });
}

/**
 * The bucket of events that are all there are.
 *
 * @param {readonly EventRow[]} rows At least one, in the order of time.
 * @param {number} from
 * @returns {Bucket}
 */
export function bucketOfAll(rows, from) {
  const start = rows[0]?.timestamp ?? 0;
  const to = nextUp(rows.at(-1)?.timestamp ?? 0);
  return makeBucket({ from, to, start, seconds: to - start, count: rows.length, rows });
}

/**
 * The bucket of the newest events. Of those with the least timestamp some may be missing: all of these are
 * left to the bucket before, unless there are no others.
 *
 * @param {readonly EventRow[]} newest At least one, in the order of time.
 * @returns {Bucket}
 */
export function bucketOfNewest(newest) {
  const oldest = newest[0]?.timestamp ?? 0;
  const to = nextUp(newest.at(-1)?.timestamp ?? 0);
  const rows = newest.filter(({ timestamp }) => timestamp > oldest);
  const from = rows.length === 0 ? oldest : nextUp(oldest);
  const stretch = { from, to, start: from, seconds: to - from };
  return rows.length === 0
    ? makeBucket({ ...stretch, count: newest.length })
    : makeBucket({ ...stretch, count: rows.length, rows });
}
