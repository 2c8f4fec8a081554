import { type Criteria, type Cursor, timeSpan } from "../../event/criteria.ts";
import { compileCriteria, type Matcher } from "../../event/matcher.ts";
import {
  type CountedLabels,
  EventCounter,
  NO_LABELS,
  type PartialCounts,
} from "../event_counter.ts";
import { EventReadError } from "../store.ts";
import {
  commonLabels,
  countBlock,
  type CountBy,
  isOfRows,
  isWithin,
  needsLabels,
} from "./block_counter.ts";
import { matchList, type ScanLimits, underDeadline } from "./block_matcher.ts";
import { type BlockSpan, type ListedLabels, readSummary } from "./block_summary.ts";
import { readBlock } from "./block_table.ts";
import type { Database } from "./database.ts";
import type { DigestCache, KnownDigest } from "./digest_cache.ts";
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
  readonly #limits: ScanLimits;
  readonly #part: ScanPart;
  readonly #countBy: CountBy;
  readonly #counter: EventCounter;
  readonly #digests: DigestCache;
  readonly #asksForLabels: boolean;
  /** Whether labels match: most blocks have the same ones as others. */
  readonly #labelMatches = new Map<CountedLabels, boolean>();

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
    digests: DigestCache,
  ) {
    this.#database = database;
    this.#matcher = compileCriteria(criteria);
    const { since = 0 } = criteria;
    this.#limits = { ...timeSpan(criteria), since, until };
    this.#part = part;
    this.#countBy = countBy;
    this.#digests = digests;
    this.#asksForLabels = needsLabels(this.#matcher, countBy);
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
      const found = matchList(journal, this.#matcher, this.#limits);
      for (const { event } of found) this.#counter.add(event);
      yield { scanned: journal.length };
    }
    for (const { id } of spans) yield this.#countBlock(id);
  }

  #countBlock(id: number): CountStep {
    try {
      return this.#database.snapshot(() => {
        const summary = readSummary(this.#database, id);
        if (summary === undefined) return { scanned: 0 };
        return { scanned: this.#countSpan(summary.span, summary.labels) };
      });
    } catch (error) {
      if (!(error instanceof EventReadError)) throw error;
      return { scanned: 0, damaged: { block: id, reason: error.message } };
    }
  }

  /** Counts a block in the cheapest way that tells; returns how many events it has. */
  #countSpan(span: BlockSpan, listed: ListedLabels): number {
    const isOfRowsAlone = isOfRows(span, this.#matcher, this.#limits.until);
    const known = isOfRowsAlone ? this.#digests.get(span.id, span.events) : undefined;
    if (known !== undefined && this.#countDigest(span.id, known)) return span.events;
    const labels = this.#asksForLabels
      ? commonLabels(listed, this.#matcher, this.#countBy)
      : NO_LABELS;
    if (labels === "none") return 0;
    if (isOfRowsAlone && labels !== undefined && isWithin(span, this.#matcher, this.#counter)) {
      this.#counter.addMany(span.events, this.#counter.bucketOf(span.minTimestamp), labels);
      return span.events;
    }
    using block = readBlock(this.#database, span.id);
    if (block === undefined) return 0;
    const made = isOfRowsAlone && known === undefined
      ? this.#digests.make(span.id, block)
      : undefined;
    if (made === undefined || !this.#countDigest(span.id, made)) {
      countBlock(block, this.#matcher, this.#limits, this.#counter, this.#countBy);
    }
    return block.count;
  }

  /** Says whether the digest told what was asked. */
  #countDigest(id: number, known: KnownDigest): boolean {
    if (!known.digest.tells(this.#limits, this.#counter)) return false;
    const labels = this.#asksForLabels
      ? this.#digests.labelsOf(id, known).map((item) => this.#matches(item) ? item : undefined)
      : undefined;
    known.digest.addTo(this.#counter, this.#limits, labels);
    return true;
  }

  #matches(labels: CountedLabels): boolean {
    const known = this.#labelMatches.get(labels);
    if (known !== undefined) return known;
    const matches = underDeadline(this.#matcher, () => this.#matcher.matchesLabels(labels));
    this.#labelMatches.set(labels, matches);
    return matches;
  }
}
