/**
 * Clients of a collector: {@linkcode Client} pushes events, {@linkcode find} and {@linkcode live} get them, {@linkcode Query}
 * is both of these with callbacks.
 *
 * @example
 * ```ts
 * import { Client, Collector, createEvent, MemoryStore } from "@theia/collector";
 *
 * await using store = new MemoryStore();
 * await using collector = await Collector.listen({ store, port: 0 });
 * await using client = await Client.connect({ host: "localhost", port: collector.port });
 * await client.sendEvent(createEvent({ source: "oven", content: "212 °C" }));
 * ```
 *
 * @module
 */
export * from "./client.ts";
export type { ClientOptions } from "./client_options.ts";
export { ConnectError, type ConnectFailure } from "./connect_error.ts";
export type { CollectorAddress, TlsOptions } from "./address.ts";
export * from "./counts.ts";
export * from "./counts_answer.ts";
export * from "./find.ts";
export * from "./live.ts";
export {
  type ContextOptions,
  type EventContext,
  type EventFinder,
  findContext,
} from "./neighbours.ts";
export * from "./notice.ts";
export * from "./push_result.ts";
export * from "./query.ts";
export * from "./query_error.ts";
export * from "./query_options.ts";
export * from "./query_result.ts";
export * from "./result_handler.ts";
export type { BackoffOptions } from "../base/backoff.ts";
export type { DoneMessage, Rejection } from "../wire/messages.ts";
