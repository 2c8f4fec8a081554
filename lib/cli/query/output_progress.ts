import type { Query } from "../../client/query.ts";
import type { Criteria } from "../../event/criteria.ts";
import type { CommandContext } from "../command.ts";
import { ProgressBar } from "../progress_bar.ts";
import { formatEvents } from "../format/count.ts";

/** What {@linkcode withProgress} shows. */
export interface ProgressOptions {
  readonly asking: Query;
  readonly criteria: Criteria;
  /** Only the last that many events are written. */
  readonly tail: number | undefined;
  readonly context: CommandContext;
  /** Whether anything is shown at all. */
  readonly isShown: boolean;
}

/**
 * Shows how far the writing of a file is, and says at the end how many events it has. How many there will
 * be is asked of the collector beside it; as long as that is not known, only their number is shown.
 */
export async function withProgress(
  options: ProgressOptions,
  work: (onProgress: (printed: number) => void) => Promise<void>,
): Promise<void> {
  const { context: { environment, reporter }, isShown } = options;
  if (!isShown) return await work(() => {});
  using bar = new ProgressBar("query", environment);
  using _besides = reporter.besides(bar);
  using total = new ExpectedTotal(options, environment.stderr.isTerminal);
  let count = 0;
  await work((printed) => {
    count = printed;
    bar.update(total.part(printed), formatEvents(printed));
  });
  reporter.notice(`${formatEvents(count)} written`);
}

/** How many events are to be expected, once the collector has said so. */
class ExpectedTotal implements Disposable {
  readonly #ended = new AbortController();
  #total: number | undefined;

  constructor({ asking, criteria, tail }: ProgressOptions, isWanted: boolean) {
    if (isWanted) void this.#ask(asking, criteria, tail ?? criteria.limit ?? Infinity);
  }

  /** How far so many are, undefined when nobody knows. */
  part(printed: number): number | undefined {
    return this.#total === undefined || this.#total === 0 ? undefined : printed / this.#total;
  }

  [Symbol.dispose](): void {
    this.#ended.abort();
  }

  async #ask(asking: Query, criteria: Criteria, most: number): Promise<void> {
    try {
      const { matched } = await asking.count(criteria, { signal: this.#ended.signal });
      this.#total = Math.min(matched, most);
    } catch {
      // An older collector cannot count, and an end before the answer is none of its business.
    }
  }
}
