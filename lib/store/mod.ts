/**
 * Stores of events: the port that all of them implement, and opening one by its URL.
 *
 * @example
 * ```ts
 * import { createEvent } from "@theia/collector/event";
 * import { openStore } from "@theia/collector/store";
 *
 * await using store = await openStore("memory:");
 * await store.save([createEvent({ content: "hello" })]);
 * for await (const { events } of store.search({ content: "hel+o" })) {
 *   for (const event of events) console.log(event.content);
 * }
 * ```
 *
 * @module
 */
export * from "./store.ts";
export * from "./memory/memory_store.ts";
export {
  ClickHouseStore,
  type ClickHouseStoreNotice,
  type ClickHouseStoreOptions,
} from "./clickhouse/clickhouse_store.ts";
export * from "./files/files_store.ts";
export * from "./files/notice.ts";
export * from "./open_store.ts";
export * from "./sqlite/sqlite_store.ts";
export type { RetentionClock, RetentionOptions } from "./sqlite/retention.ts";
export { MIN_RETAINED_BYTES } from "./sqlite/retention.ts";
export type { DiskNotice } from "./disk_full.ts";
export type { DroppedEvents } from "./sqlite/retention_step.ts";
export type { WriteQueueOptions } from "./sqlite/write_queue.ts";
export type { Salvage } from "./sqlite/salvage.ts";
export type { TakenRecords } from "./sqlite/record_taker.ts";
export type { LogSync } from "../base/log_sync.ts";
