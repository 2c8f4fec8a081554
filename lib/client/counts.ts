import { type Criteria, parseCriteria, withoutOrder } from "../event/criteria.ts";
import { STATS_PATH } from "../wire/paths.ts";
import { type CollectorAddress, socketUrl } from "./address.ts";
import { ConnectError, explainFailure } from "./connect_error.ts";
import { type CollectorCounts, readCounts } from "./counts_answer.ts";
import { QueryError } from "./query_error.ts";
import { checkCaCerts, httpClient } from "./trust.ts";

/** Matches the empty text, and is none itself. */
const EMPTY_TAG = "(?:)";

/** A comma that is none of a quantifier, escaped or not, or anything else that is escaped. */
const COMMA = /\\.|,(?!\d*\})/gs;

/** How {@linkcode fetchCounts} counts. */
export interface FetchCountsOptions {
  /** Length of a bucket in seconds, more than 0; the buckets begin at its multiples. @default {no buckets} */
  readonly interval?: number | undefined;
  /** What to group by. @default {no groups} */
  readonly by?: "source" | "tag" | undefined;
  /** At most that many groups, those with the most events. @default {100} */
  readonly top?: number | undefined;
  /** Ends it: the promise rejects with the signal's reason. @default {no signal} */
  readonly signal?: AbortSignal | undefined;
}

/** A problem of RFC 9457 is not longer than that; more is of no use in a message. */
const MAX_PROBLEM_BYTES = 64 << 10;

/**
 * Counts stored events without fetching them: how many there are in each stretch of time, and of each
 * source or tag. `order` and `limit` of the criteria have no effect.
 *
 * @example
 * ```ts ignore
 * import { fetchCounts } from "@theia/collector";
 *
 * const { matched, buckets } = await fetchCounts({}, { content: "error" }, { interval: 60 });
 * ```
 *
 * @throws {CriteriaError} When the criteria are malformed. Patterns are judged by the collector.
 * @throws {ConnectError} When the collector cannot be reached.
 * @throws {QueryError} When it answers with an error, or cannot count.
 */
export async function fetchCounts(
  address: CollectorAddress,
  criteria: Criteria,
  options: FetchCountsOptions = {},
): Promise<CollectorCounts> {
  const url = statsUrl(address, parseCriteria(criteria), options);
  const { secure = false, caCerts = [] } = address;
  if (secure) checkCaCerts(caCerts);
  using client = httpClient(url, caCerts);
  const { signal } = options;
  const shown = `${url.origin}${url.pathname}`;
  const task = `count events at ${shown}`;
  signal?.throwIfAborted();
  try {
    const response = await fetch(url, {
      client,
      ...(signal === undefined ? {} : { signal }),
      headers: { accept: "application/json" },
      redirect: "error",
    });
    if (!response.ok) throw await refusal(response, task);
    return readCounts(await response.text(), task);
  } catch (error) {
    signal?.throwIfAborted();
    if (!(error instanceof TypeError)) throw error;
    throw explainFailure(shown, innermost(error));
  }
}

/** What the runtime wraps, it does not repeat. */
function innermost(error: Error): Error {
  return error.cause instanceof Error ? innermost(error.cause) : error;
}

function statsUrl(address: CollectorAddress, criteria: Criteria, options: FetchCountsOptions): URL {
  const url = new URL(socketUrl({ ...address, path: STATS_PATH }).replace(/^ws/, "http"));
  const { tags = [], ...others } = withoutOrder(criteria);
  const { interval, by, top } = options;
  for (const [name, value] of Object.entries({ ...others, interval, by, top })) {
    if (value !== undefined) url.searchParams.set(name, `${value}`);
  }
  for (const tag of tags) url.searchParams.append("tags", tagParameter(tag));
  return url;
}

/** A tag pattern as a parameter, in which commas but those of `{1,2}` separate, and an empty one is none. */
function tagParameter(tag: string): string {
  if (tag === "") return EMPTY_TAG;
  return tag.replaceAll(COMMA, (part) => part.endsWith(",") ? "\\x2c" : part);
}

/** What an answer that is no success says. */
async function refusal(response: Response, task: string): Promise<Error> {
  const { status } = response;
  const type = response.headers.get("content-type") ?? "";
  const text = await response.text();
  if (!type.startsWith("application/problem+json") || text.length > MAX_PROBLEM_BYTES) {
    if (status === 401 || status === 403) {
      return new ConnectError(
        response.url,
        "refused",
        `it denies access (HTTP status ${status})`,
        { status },
      );
    }
    const isOld = status === 404 || status === 426 || status === 400 || status === 501;
    const reason = isOld
      ? `it cannot count (HTTP status ${status}); it is an older collector or another kind of server`
      : `it answers with HTTP status ${status}`;
    return new QueryError(`Cannot ${task}: ${reason}`);
  }
  return new QueryError(`Cannot ${task}: ${describeProblem(text, status)}`);
}

function describeProblem(text: string, status: number): string {
  try {
    const problem: unknown = JSON.parse(text);
    if (typeof problem === "object" && problem !== null) {
      const { detail, title } = problem as Readonly<Record<string, unknown>>;
      const words = detail ?? title;
      if (typeof words === "string" && words !== "") return words;
    }
  } catch {
    // What is no JSON says nothing.
  }
  return `it answers with HTTP status ${status}`;
}
