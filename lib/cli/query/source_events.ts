import { type EventFinder, exactSource } from "../../client/neighbours.ts";
import type { Criteria } from "../../event/criteria.ts";
import type { Event } from "../../event/event.ts";
import { MAX_PATTERN_LENGTH } from "../../event/pattern.ts";

/** How much longer each page is than the one before it. */
const PAGE_GROWTH = 8;

/** Events handed on at once: enough to share what work on them costs, little memory. */
const CHUNK_EVENTS = 256;

/**
 * The events of the source of one, from its time on, some at once.
 *
 * They are asked for in pages that grow: most who ask need few, for which a search is cheap, and a source
 * that is needed whole is read in few goes.
 *
 * @param firstPage How many events are surely of use.
 */
export async function* sourceEvents(
  finder: EventFinder,
  { source, timestamp }: Event,
  firstPage: number,
): AsyncGenerator<readonly Event[], void> {
  const pattern = exactSource(source);
  const isLong = pattern.length > MAX_PATTERN_LENGTH;
  const criteria: Criteria = isLong ? {} : { source: pattern };
  let start = timestamp;
  let seen = new Set<string>();
  for (let limit = firstPage;; limit *= PAGE_GROWTH) {
    let found = 0;
    let chunk: Event[] = [];
    for await (const event of finder.find({ ...criteria, start, limit })) {
      found++;
      if (event.timestamp === start && seen.has(event.id)) continue;
      if (event.timestamp !== start) seen = new Set();
      start = event.timestamp;
      seen.add(event.id);
      if (event.source === source) chunk.push(event);
      if (chunk.length < CHUNK_EVENTS) continue;
      yield chunk;
      chunk = [];
    }
    yield chunk;
    if (found < limit) return;
  }
}
