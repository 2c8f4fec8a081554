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
export type { BackoffOptions } from "../base/backoff.ts";
export type { Cursor } from "../event/criteria.ts";
export type { Event as TheiaEvent } from "../event/event.ts";
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
export type { LogSync } from "../base/log_sync.ts";
export { SqliteBackend, type SqliteBackendOptions } from "./backends/sqlite/sqlite_backend.ts";
export { createBridge } from "./bridge/bridge.ts";
export type * from "./bridge/bridge_options.ts";
export * from "./bridge/hat_to_theia.ts";
export * from "./bridge/theia_to_hat.ts";
export { ChatterError, type ChatterErrorKind } from "./chatter/chatter_error.ts";
export type { ConnectionOptions } from "./chatter/connection_options.ts";
export type { PingTimes } from "./chatter/ping_watch.ts";
export type { ChatterAddress, ClientTls, ServerTls } from "./chatter/sockets.ts";
export { type Clock, SYSTEM_CLOCK } from "./clock.ts";
export * from "./collection/collection.ts";
export * from "./collection/list.ts";
export * from "./collection/tree.ts";
export * from "./engine/engine.ts";
export type { EngineLimits } from "./engine/engine_limits.ts";
export * from "./engine/engine_notice.ts";
export * from "./engine/module.ts";
export * from "./engine/register_event_init.ts";
export * from "./engine/session_engine.ts";
export * from "./engine/session_error.ts";
export * from "./engine/source.ts";
export * from "./event.ts";
export type { HatEvent as Event } from "./event.ts";
export * from "./event_type.ts";
export type { ClientRules } from "./eventer/client_hub.ts";
export * from "./eventer/eventer_client.ts";
export * from "./eventer/eventer_notice.ts";
export * from "./eventer/eventer_server.ts";
export * from "./eventer/eventer_service.ts";
export * from "./json_text.ts";
export * from "./json_value.ts";
export * from "./payload.ts";
export * from "./query.ts";
export type { ReadOptions } from "./sbs/byte_reader.ts";
export { SbsError, SbsSchemaError, type SchemaPosition } from "./sbs/sbs_error.ts";
export * from "./sbs/sbs_schema.ts";
export { optional, type SbsChoice, type SbsRecord, type SbsValue } from "./sbs/value.ts";
export * from "./sbs_event.ts";
export * from "./sbs_query.ts";
export { HAT_CHATTER } from "./schema/hat_chatter.ts";
export { HAT_EVENTER } from "./schema/hat_eventer.ts";
export { HAT_SCHEMA } from "./schema/hat_schema.ts";
export * from "./server/event_server.ts";
export * from "./server/server_sync.ts";
export * from "./server/sync_options.ts";
export * from "./subscription.ts";
export * from "./timestamp.ts";
