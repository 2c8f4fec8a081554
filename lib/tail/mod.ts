/**
 * Following files: which they are, who they are, what was appended to them.
 *
 * @example
 * ```ts
 * import { Watcher } from "./mod.ts";
 *
 * const path = await Deno.makeTempFile();
 * await Deno.writeTextFile(path, "one\ntwo\n");
 * await using watcher = await Watcher.open({ files: [path], from: "beginning", tags: ["app"] });
 * for await (const { events, position } of watcher) {
 *   console.log(events.length, position.offset);
 *   break;
 * }
 * ```
 *
 * @module
 */
export type { Event } from "../event/event.ts";
export * from "./dead_letter_file.ts";
export type { FileIdentity, Fingerprint } from "./file_identity.ts";
export * from "./file_source.ts";
export * from "./scheduler.ts";
export * from "./sources_daemon.ts";
export type { TailLimits } from "./tail_context.ts";
export type { TailNotice, TailObserver } from "./tail_notice.ts";
export type { FileSpan, TailPosition } from "./tail_position.ts";
export type { TailerOptions } from "./tailer_options.ts";
export type { WatchedBatch } from "./watched_batch.ts";
export * from "./watcher.ts";
export type { WatcherOptions } from "./watcher_options.ts";
