import { TIME_EXAMPLES } from "../base/time_text.ts";
import { type Criteria, CriteriaError } from "../event/criteria.ts";
import { compileCriteria } from "../event/matcher.ts";
import { optionName, type OptionTable, type OptionValues } from "./option.ts";
import { UsageError } from "./usage_error.ts";

const FILTERS = "Which events";

/** The options that say which events are meant. */
export const CRITERIA_OPTIONS = {
  id: {
    kind: "text",
    long: "id",
    valueName: "PATTERN",
    group: FILTERS,
    help: "Pattern at the beginning of the id",
  },
  source: {
    kind: "text",
    short: "s",
    long: "source",
    otherWords: ["-u", "--unit", "--file"],
    valueName: "PATTERN",
    group: FILTERS,
    help: "Pattern at the beginning of the source",
  },
  after: {
    kind: "time",
    short: "a",
    long: "after",
    otherWords: ["--since", "--start", "--from"],
    valueName: "TIME",
    group: FILTERS,
    help: `At this time or later: ${TIME_EXAMPLES}`,
  },
  before: {
    kind: "time",
    short: "b",
    long: "before",
    otherWords: ["--until", "--end", "--to"],
    valueName: "TIME",
    group: FILTERS,
    help: "At this time or earlier",
  },
  content: {
    kind: "text",
    short: "c",
    long: "content",
    otherWords: ["-g", "-e", "--grep", "--search", "--pattern", "--regex"],
    valueName: "PATTERN",
    group: FILTERS,
    help: "Pattern anywhere in the content",
  },
  tags: {
    kind: "list",
    short: "t",
    long: "tags",
    valueName: "PATTERN",
    group: FILTERS,
    help: "Patterns of which each must match one whole tag",
  },
  order: {
    kind: "text",
    short: "o",
    long: "order",
    valueName: "ORDER",
    group: FILTERS,
    choices: ["asc", "desc"],
    otherwise: "what is printed is chosen by '--format'",
    otherWords: ["-r", "--reverse", "--desc"],
    default: "asc",
    help: "Oldest first (asc) or newest first (desc); not for --live",
  },
  limit: {
    kind: "integer",
    long: "limit",
    valueName: "COUNT",
    group: FILTERS,
    min: 1,
    isNew: true,
    help: "At most that many events",
  },
} as const satisfies OptionTable;

type Values = OptionValues<typeof CRITERIA_OPTIONS>;

/**
 * What the options ask for, and nothing that does not narrow it.
 *
 * @param live Whether events are followed as they arrive, which has no order.
 * @throws {UsageError} When a pattern cannot be used.
 */
export function readCriteria(
  { id, source, content, tags, after, before, order, limit }: Values,
  live = false,
): Criteria {
  const criteria: Criteria = {
    ...(id ? { id } : {}),
    ...(source ? { source } : {}),
    ...(content ? { content } : {}),
    ...(tags.length > 0 ? { tags } : {}),
    ...(after ? { start: after } : {}),
    ...(before ? { end: before } : {}),
    ...(live ? {} : { order: order === "desc" ? "desc" : "asc" }),
    ...(limit === undefined ? {} : { limit }),
  };
  try {
    compileCriteria(criteria);
  } catch (cause) {
    if (!(cause instanceof CriteriaError)) throw cause;
    throw wrongPattern(cause);
  }
  return criteria;
}

function wrongPattern(cause: CriteriaError): UsageError {
  const key = cause.key;
  const option = key === "id" || key === "source" || key === "content" || key === "tags"
    ? optionName(CRITERIA_OPTIONS[key])
    : "pattern";
  const reason = cause.cause instanceof Error ? cause.cause.message : cause.message;
  return new UsageError(`Cannot use option '${option}': ${reason}`, { cause });
}
