import { type Criteria, type Cursor, withoutOrder } from "../../event/criteria.ts";
import { compileCriteria } from "../../event/matcher.ts";
import type { CountOptions, EventCounts, EventSearch, SearchOptions } from "../store.ts";
import type { ScanPool } from "./scan_pool.ts";

/**
 * A search by the threads of a pool, as the port has it.
 *
 * @param until Nothing that arrived later is looked for.
 */
export function searchScans(
  scans: ScanPool,
  criteria: Criteria,
  until: Cursor,
  options: SearchOptions,
): EventSearch {
  const summary = { matched: 0, scanned: 0, cursor: until };
  return {
    summary,
    async *[Symbol.asyncIterator]() {
      const { linear } = compileCriteria(criteria);
      for await (const item of scans.search(criteria, until, linear, options)) {
        summary.scanned = item.scanned;
        if (item.kind === "end") return;
        summary.matched += item.batch.events.length;
        yield item.batch;
      }
    },
  };
}

/**
 * Counting by the threads of a pool, as the port has it.
 *
 * @param until Nothing that arrived later is counted.
 */
export async function countScans(
  scans: ScanPool,
  criteria: Criteria,
  until: Cursor,
  options: CountOptions = {},
): Promise<EventCounts> {
  const counted = withoutOrder(criteria);
  const { linear } = compileCriteria(counted);
  return await scans.count(counted, until, linear, options);
}
