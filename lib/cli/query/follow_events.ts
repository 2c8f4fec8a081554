import { Backoff } from "../../base/backoff.ts";
import type { TlsOptions } from "../../client/address.ts";
import { ConnectError } from "../../client/connect_error.ts";
import { Query } from "../../client/query.ts";
import { QueryError } from "../../client/query_error.ts";
import type { Criteria } from "../../event/criteria.ts";
import type { RawEvent } from "../../event/raw_event.ts";
import { ConnectionReport } from "../client_report.ts";
import type { CommandContext } from "../command.ts";
import { unlessAborted } from "../stop_request.ts";
import { TimeLimit } from "../time_limit.ts";
import type { EventPrinter } from "./event_printer.ts";
import { findTail, type Tail } from "./find_events.ts";

/** Which events are followed, and how. */
export interface FollowTask {
  readonly criteria: Criteria;
  /** With what it begins: nothing that is stored, all of it, or the last that many events. */
  readonly from: "now" | "beginning" | number;
  readonly tls: TlsOptions;
  /** How long the end waits for the connection to be closed. */
  readonly closeTimeoutSeconds: number;
}

/** Before the first event that ever arrived. */
const BEGINNING = 0;

/** Prints live events until the user stops it, or as many as were asked for came. */
export async function followEvents(
  task: FollowTask,
  printer: EventPrinter,
  { global, reporter, stop }: CommandContext,
): Promise<void> {
  const report = new ConnectionReport(reporter);
  const ending = new AbortController();
  const query = new Query(global.host, global.port, {
    ...task.tls,
    signal: ending.signal,
    onNotice: (notice) => report.take(notice),
    // Between a find and what follows it, the collector may go away as at any other moment.
    retryFirst: typeof task.from === "number",
  });
  const printed = printer.printLive(batchesOf(query, task, ending.signal));
  try {
    await unlessAborted(Promise.race([printed, printer.failed]), stop);
  } catch (error) {
    ending.abort(error);
    if (!stop.aborted) throw error;
    const ended = printed.catch(() => printer.flush());
    using limit = new TimeLimit(task.closeTimeoutSeconds * 1000);
    await Promise.race([ended, limit.passed]);
  }
}

/**
 * A subscription that begins after a cursor replays what is stored, in the order of time, and goes on with
 * what arrives: with nothing left out and nothing twice, also when its connection is made anew.
 */
async function* batchesOf(
  query: Query,
  { criteria, from }: FollowTask,
  ending: AbortSignal,
): AsyncGenerator<readonly RawEvent[], void> {
  if (from === "now") return yield* query.live(criteria).batches();
  if (from === "beginning") return yield* query.live({ ...criteria, since: BEGINNING }).batches();
  const { events, summary } = await findTailAgain(query, criteria, from, ending);
  yield events;
  yield* query.live({ ...criteria, since: summary?.cursor ?? BEGINNING }).batches();
}

/** The last events, asked for again when the collector goes away meanwhile: none of them was printed. */
async function findTailAgain(
  query: Query,
  criteria: Criteria,
  count: number,
  ending: AbortSignal,
): Promise<Tail> {
  const backoff = new Backoff();
  for (let wasThere = false;;) {
    try {
      return await findTail(query, criteria, count);
    } catch (error) {
      const isLost = error instanceof QueryError && error.code !== undefined;
      if (!isLost && !(wasThere && error instanceof ConnectError)) throw error;
      wasThere = true;
      await backoff.sleep(backoff.next(), ending);
    }
  }
}
