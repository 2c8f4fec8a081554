import { fetchRows } from "./api.js";
import { exactPattern, inclusiveEnd } from "./criteria.js";
import { nextDown, nextUp } from "./double.js";
import { keyOf } from "./event_row.js";

/** @typedef {import("./event_row.js").EventRow} EventRow */

/** Events of one moment that are looked through for an event; with more its neighbours may be wrong. */
const MAX_TIES = 5000;

/**
 * The events just before and after one in the order of a result: by timestamp, those of one moment as
 * they arrived.
 *
 * @param {EventRow | import("./event_frames.js").WholeEvent} event
 * @param {{before: number, after: number, sameSource: boolean}} options
 * @param {AbortSignal} signal
 * @returns {Promise<{before: EventRow[], after: EventRow[]}>}
 */
export async function fetchNeighbours(event, { before, after, sameSource }, signal) {
  const { timestamp, source } = event;
  const criteria = sameSource ? { source: exactPattern(source) } : {};
  const [earlier, ties, later] = await Promise.all([
    fetchRows({
      ...criteria,
      end: inclusiveEnd(nextDown(timestamp)),
      order: "desc",
      limit: before,
    }, signal),
    fetchRows({
      ...criteria,
      start: timestamp,
      end: inclusiveEnd(timestamp),
      order: "asc",
      limit: MAX_TIES,
    }, signal),
    fetchRows({ ...criteria, start: nextUp(timestamp), order: "asc", limit: after }, signal),
  ]);
  const key = keyOf(event);
  const at = ties.rows.findIndex((row) => keyOf(row) === key);
  const tiesBefore = at === -1 ? [] : ties.rows.slice(0, at);
  const tiesAfter = at === -1 ? [] : ties.rows.slice(at + 1);
  const allBefore = [...earlier.rows.reverse(), ...tiesBefore];
  return {
    before: allBefore.slice(Math.max(0, allBefore.length - before)),
    after: [...tiesAfter, ...later.rows].slice(0, after),
  };
}
