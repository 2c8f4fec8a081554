import { TIME_EXAMPLES } from "../../base/time_text.ts";
import { type Criteria, CriteriaError } from "../../event/criteria.ts";
import { compileCriteria } from "../../event/matcher.ts";
import { readInstant } from "./instant.ts";
import {
  choiceParameter,
  countParameter,
  type Parameter,
  type ParameterValues,
  textParameter,
} from "./parameter.ts";
import { wrongParameter } from "./problem.ts";

/** A comma that is none of a quantifier such as `{1,2}`; other commas have no place in the pattern of a tag. */
const TAG_SEPARATOR = /,(?!\d*\})/;

/** The criteria as parameters of a query, the same wherever events are chosen. */
export const CRITERIA_PARAMETERS = {
  id: textParameter("Regular expression matched at the start of the id."),
  source: textParameter("Regular expression matched at the start of the source.", "/var/log/"),
  start: instantParameter("Earliest timestamp, inclusive."),
  end: instantParameter("Latest timestamp, inclusive; 0 is open."),
  tags: {
    description: "Regular expressions of which each must match one whole tag. It may be given " +
      "several times, once for each; commas separate, too, but for those in a quantifier as of a{1,2}.",
    schema: { type: "string" },
    example: "web,error",
    isRepeatable: true,
    rule: "patterns separated by commas",
    read: (text) => text.split(TAG_SEPARATOR).filter((tag) => tag !== ""),
  } satisfies Parameter<readonly string[]> as Parameter<readonly string[]>,
  content: textParameter("Regular expression searched anywhere in the content.", "time(d )?out"),
  order: choiceParameter("By timestamp, ties by arrival; oldest first unless `desc`.", [
    "asc",
    "desc",
  ]),
  limit: countParameter("At most that many events."),
  since: countParameter(
    "Only events that arrived after this cursor.",
    ", a cursor (times are start and end)",
  ),
} as const;

/** The criteria of the values of {@linkcode CRITERIA_PARAMETERS}. */
export type CriteriaValues = ParameterValues<typeof CRITERIA_PARAMETERS>;

/**
 * The criteria that the parameters say.
 *
 * @throws {HttpProblem} When a pattern is refused; it names the parameter.
 */
export function readCriteria(values: CriteriaValues): Criteria {
  const criteria: Record<string, unknown> = {};
  for (const name of Object.keys(CRITERIA_PARAMETERS) as (keyof CriteriaValues)[]) {
    const value = values[name];
    if (value !== undefined && !(name === "end" && value === 0)) criteria[name] = value;
  }
  try {
    return compileCriteria(criteria).criteria;
  } catch (error) {
    if (error instanceof CriteriaError) throw criteriaProblem(criteria, error);
    throw error;
  }
}

/** The answer to criteria that cannot be used; a pattern that ran out of time is not named by its error. */
export function criteriaProblem(criteria: Criteria, error: CriteriaError): Error {
  const key = error.key ??
    (["content", "source", "id", "tags"] as const).find((name) => criteria[name] !== undefined);
  return wrongParameter(key ?? "content", error.message, error);
}

function instantParameter(description: string): Parameter<number> {
  return {
    description:
      `${description} Seconds since 1970; a date, or date and time, of ISO 8601; a time ` +
      "of day; a time before now; now, today or yesterday: " +
      `${TIME_EXAMPLES}. By the clocks of the collector unless there is an offset or Z.`,
    schema: { type: ["number", "string"] },
    example: "2026-03-01T08:00:00Z",
    rule: "a time",
    read: (text) => readInstant(text, Date.now() / 1000),
  };
}
