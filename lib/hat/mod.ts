/**
 * The Hat event system: typed, hierarchical events, subscriptions and queries.
 *
 * @example
 * ```ts
 * import { EventPayloadJson, matchesQueryType, type RegisterEvent } from "@theia/collector/hat";
 * import assert from "node:assert/strict";
 *
 * const event: RegisterEvent = {
 *   type: ["plant", "pump", "1"],
 *   sourceTimestamp: undefined,
 *   payload: EventPayloadJson.of({ on: true }),
 * };
 * assert(matchesQueryType(event.type, ["plant", "*"]));
 * ```
 *
 * @module
 */
export type { Backend } from "./backend.ts";
export { BackendError } from "./backends/backend_error.ts";
export { DummyBackend } from "./backends/dummy_backend.ts";
export type { EventsCallback } from "./backends/listeners.ts";
export { MemoryBackend } from "./backends/memory_backend.ts";
export { openBackend } from "./backends/open_backend.ts";
export type {
  BackendClock,
  BackendLimits,
  BackendNotice,
  BackendOptions,
} from "./backends/options.ts";
export type { LogSync } from "./backends/sqlite/files.ts";
export { SqliteBackend, type SqliteBackendOptions } from "./backends/sqlite/sqlite_backend.ts";
export * from "./collection/collection.ts";
export * from "./collection/list.ts";
export * from "./collection/tree.ts";
export * from "./event.ts";
export type { HatEvent as Event } from "./event.ts";
export * from "./event_type.ts";
export * from "./json_text.ts";
export * from "./json_value.ts";
export * from "./payload.ts";
export * from "./query.ts";
export * from "./subscription.ts";
export * from "./timestamp.ts";
