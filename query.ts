/**
 * Finds and follows the events of a collector. Run as a program, this module is `theia query`.
 *
 * @example Find stored events
 * ```ts
 * import { Collector } from "@theia/collector/collector";
 * import { Query } from "@theia/collector/query";
 * import { MemoryStore } from "@theia/collector/store";
 *
 * await using store = new MemoryStore();
 * await using collector = await Collector.listen({ store, port: 0 });
 *
 * const query = new Query("localhost", collector.port);
 * const errors = query.find({ content: "error", start: Date.now() / 1000 - 3600 });
 * for await (const event of errors) console.log(event.source, event.content);
 * console.log(errors.summary?.matched, "events");
 * ```
 *
 * @example Follow events with a callback
 * ```ts
 * import { Collector } from "@theia/collector/collector";
 * import { Query } from "@theia/collector/query";
 *
 * await using collector = await Collector.listen({ port: 0 });
 *
 * const query = new Query("localhost", collector.port);
 * const following = query.live({ tags: ["web"] }, (event) => console.log(event.content));
 * following.whenClosed((code, reason) => console.log("closed", code, reason));
 * following.cancel();
 * ```
 *
 * @module
 */
import { isWorkerThread } from "./lib/base/worker_thread.ts";
import { run } from "./lib/cli/run.ts";

export type { BackoffOptions } from "./lib/base/backoff.ts";
export { ConnectError, type ConnectFailure } from "./lib/client/connect_error.ts";
export type { CollectorAddress } from "./lib/client/address.ts";
export type { ConnectionNotice, LiveNotice } from "./lib/client/notice.ts";
export type { FetchCountsOptions } from "./lib/client/counts.ts";
export type {
  CollectorCounts,
  CountBucket,
  CountGroup,
  StoreFigures,
} from "./lib/client/counts_answer.ts";
export { Query, type QueryOptions } from "./lib/client/query.ts";
export { QueryError } from "./lib/client/query_error.ts";
export type { FindOptions, LiveOptions } from "./lib/client/query_options.ts";
export type { QueryResult } from "./lib/client/query_result.ts";
export {
  type CloseHandler,
  type EventCallback,
  ResultHandler,
} from "./lib/client/result_handler.ts";
export { type Criteria, CriteriaError, type Cursor, type Order } from "./lib/event/criteria.ts";
export type { Event } from "./lib/event/event.ts";
export { RawEvent, type RawEventSpan } from "./lib/event/raw_event.ts";
export type { DoneMessage } from "./lib/wire/messages.ts";

if (import.meta.main && !isWorkerThread()) Deno.exit(await run(["query", ...Deno.args]));
