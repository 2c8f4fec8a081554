import { type Criteria, type Cursor, timeSpan } from "../../event/criteria.ts";
import { compileCriteria, type Matcher } from "../../event/matcher.ts";
import { EventCounter, type PartialCounts } from "../event_counter.ts";
import { EventReadError } from "../store.ts";
import {
  commonLabels,
  countBlock,
  type CountBy,
  isWithin,
  needsLabels,
  NO_LABELS,
} from "./block_counter.ts";
import { matchList, type ScanLimits } from "./block_matcher.ts";
import { type BlockSpan, type ListedLabels, readSummary } from "./block_summary.ts";
import { readBlock } from "./block_table.ts";
import type { Database } from "./database.ts";
import type { ScanStep } from "./scan.ts";
import type { ScanPart } from "./scan_part.ts";

/** One step of counting: how many events it looked at. */
export type CountStep = Omit<ScanStep, "found">;

/**
 * Counts one part of the store's events. As with a search no transaction stays open between the steps,
 * and blocks that went away meanwhile are passed over.
 */
export class CountScan {
  readonly #database: Database;
  readonly #matcher: Matcher;
  readonly #until: Cursor;
  readonly #part: ScanPart;
  readonly #countBy: CountBy;
  readonly #counter: EventCounter;

  /**
   * @param until The last arrival number to count.
   * @throws {CriteriaError} When a pattern is refused.
   */
  constructor(
    database: Database,
    criteria: Criteria,
    until: Cursor,
    part: ScanPart,
    countBy: CountBy,
  ) {
    this.#database = database;
    this.#matcher = compileCriteria(criteria);
    this.#until = until;
    this.#part = part;
    this.#countBy = countBy;
    this.#counter = new EventCounter(countBy);
  }

  /** What the steps up to now have counted. */
  get counts(): PartialCounts {
    return this.#counter.partial();
  }

  /** The steps: a block each. */
  *steps(): Generator<CountStep> {
    const { spans, journal } = this.#part;
    if (journal.length > 0) {
      const found = matchList(journal, this.#matcher, this.#limits());
      for (const { event } of found) this.#counter.add(event);
      yield { scanned: journal.length };
    }
    for (const { id } of spans) yield this.#countBlock(id);
  }

  #countBlock(id: number): CountStep {
    try {
      return this.#database.snapshot(() => {
        const summary = readSummary(this.#database, id);
        const known = summary && this.#countSummary(summary.span, summary.labels);
        if (known !== undefined) return { scanned: known };
        using block = readBlock(this.#database, id);
        if (block === undefined) return { scanned: 0 };
        countBlock(block, this.#matcher, this.#limits(), this.#counter, this.#countBy);
        return { scanned: block.count };
      });
    } catch (error) {
      if (!(error instanceof EventReadError)) throw error;
      return { scanned: 0, damaged: { block: id, reason: error.message } };
    }
  }

  /** Counts a block by what its summary says, if that is enough; returns how many events it spared. */
  #countSummary(span: BlockSpan, listed: ListedLabels): number | undefined {
    const asks = needsLabels(this.#matcher, this.#countBy);
    const labels = asks ? commonLabels(listed, this.#matcher, this.#countBy) : NO_LABELS;
    if (labels === "none") return 0;
    const counter = this.#counter;
    if (labels === undefined || !isWithin(span, this.#matcher, this.#until, counter)) {
      return undefined;
    }
    counter.addMany(span.events, counter.bucketOf(span.minTimestamp), labels);
    return span.events;
  }

  #limits(): ScanLimits {
    const { since = 0 } = this.#matcher.criteria;
    const { start, end } = timeSpan(this.#matcher.criteria);
    return { start, end, since, until: this.#until };
  }
}
