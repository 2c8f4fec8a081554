import type { Cursor } from "../../event/criteria.ts";
import { sqlInteger } from "./literal.ts";
import { NAMES } from "./tables.ts";

/** Arrival numbers from one to another, both included. */
export interface ArrivalRange {
  readonly first: Cursor;
  readonly last: Cursor;
}

/** Which rows of the table are events of the store at one moment. */
export interface Visible {
  /** Later numbers are of inserts that are not done, or came later. */
  readonly until: Cursor;
  /** Numbers of inserts that were given up; some of their rows may be there all the same. */
  readonly gaps: readonly ArrivalRange[];
  /** Whether events were ever deleted. */
  readonly hasDeleted: boolean;
}

/** The condition for visible rows. */
export function sqlVisible({ until, gaps, hasDeleted }: Visible): string {
  return [
    `arrival <= ${sqlInteger(until)}`,
    ...gaps.filter(({ first }) => first <= until).map(({ first, last }) =>
      `NOT (arrival >= ${sqlInteger(first)} AND arrival <= ${sqlInteger(last)})`
    ),
    ...(hasDeleted ? [`arrival GLOBAL NOT IN (SELECT arrival FROM ${NAMES.deleted})`] : []),
  ].join(" AND ");
}

/** Whether an arrival number is of an insert that was given up. */
export function isInGap({ gaps }: Visible, arrival: Cursor): boolean {
  return gaps.some(({ first, last }) => arrival >= first && arrival <= last);
}

/** Ranges in order, those that touch joined. */
export function joinRanges(ranges: readonly ArrivalRange[]): readonly ArrivalRange[] {
  const joined: { first: Cursor; last: Cursor }[] = [];
  for (const range of ranges.toSorted((a, b) => a.first - b.first)) {
    const before = joined.at(-1);
    if (before === undefined || range.first > before.last + 1) joined.push({ ...range });
    else before.last = Math.max(before.last, range.last);
  }
  return joined;
}
