import type { Criteria } from "../../event/criteria.ts";
import { timeSpan } from "../../event/criteria.ts";
import { compilePattern, type Pattern, type PatternMode } from "../../event/pattern.ts";
import { sqlDouble, sqlInteger, sqlText } from "./literal.ts";
import { toRe2 } from "./re2.ts";

/** What of criteria the server can do. */
export interface Filter {
  /** Conditions for the span of time and the arrival; they hold exactly. */
  readonly span: readonly string[];
  /** Conditions that every matching event fulfils; others may, too, unless the filter is exact. */
  readonly patterns: readonly string[];
  /** Whether the server finds exactly what matches. */
  readonly isExact: boolean;
}

/** A tag pattern without special characters matches the one tag that is written so. */
const PLAIN_TAG = /^[A-Za-z0-9_/:@ -]+$/;

/** The server takes statements of some hundred kilobytes; what is beyond is left to our own rule. */
const MAX_CONDITION_CHARS = 64 << 10;

/**
 * Translates criteria whose patterns were compiled before without an error.
 */
export function toFilter(criteria: Criteria): Filter {
  const { id, source, content, tags = [], since = 0 } = criteria;
  const { start, end } = timeSpan(criteria);
  const span = [
    ...(start > -Infinity ? [`time >= ${sqlDouble(start)}`] : []),
    ...(end < Infinity ? [`time <= ${sqlDouble(end)}`] : []),
    ...(since > 0 ? [`arrival > ${sqlInteger(since)}`] : []),
  ];
  const plainTags = tags.filter((tag) => PLAIN_TAG.test(tag));
  const tagPatterns = tags.filter((tag) => !PLAIN_TAG.test(tag));
  const patterns = [
    ...plainTags.map((tag) => `has(tags, ${sqlText(tag)})`),
    ...conditions("id", id, "match"),
    ...conditions("source", source, "match"),
    ...tagPatterns.flatMap((tag) => anyTag(compilePattern(tag, "fullmatch"))),
    ...conditions("content", content, "search"),
  ];
  let room = MAX_CONDITION_CHARS;
  const kept = patterns.filter((condition) => (room -= condition.length) >= 0);
  const isExact = !id && !source && !content && tagPatterns.length === 0 &&
    kept.length === patterns.length;
  return { span, patterns: kept, isExact };
}

/**
 * A pattern that could run away is left to our own rule alone, so that it is refused by its deadline
 * whatever the server would say. Rows that are not `plain` hold bytes that are no UTF-8, which we read
 * as U+FFFD and re2 does not, or NUL, at which old releases may end a text. They are left to our own
 * rule.
 */
function conditions(
  column: string,
  source: string | undefined,
  mode: PatternMode,
): readonly string[] {
  if (!source) return [];
  const pattern = compilePattern(source, mode);
  if (!pattern.linear) return [];
  const [literal] = pattern.literals;
  const found = [
    ...(literal === undefined ? [] : [`position(${column}, ${sqlText(literal)}) > 0`]),
    ...matchCondition(column, pattern),
  ];
  return found.map((condition) => `(plain = 0 OR ${condition})`);
}

function anyTag(pattern: Pattern): readonly string[] {
  if (!pattern.linear) return [];
  return matchCondition("tag", pattern).map((condition) =>
    `(plain = 0 OR arrayExists(tag -> ${condition}, tags))`
  );
}

function matchCondition(column: string, pattern: Pattern): readonly string[] {
  // A pattern that is only to be tested on lower-cased text is not what its tree says.
  const expression = pattern.exactSource === undefined ? undefined : toRe2(pattern);
  return expression === undefined ? [] : [`match(${column}, ${sqlText(expression)})`];
}
