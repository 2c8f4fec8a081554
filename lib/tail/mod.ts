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
 * for await (const { events, spans } of watcher) {
 *   console.log(events.length, spans.at(-1)?.to.offset);
 *   break;
 * }
 * ```
 *
 * @example Going on after a restart: each batch is recorded before it is dealt with, and settled after
 * ```ts
 * import { Checkpoint, Watcher } from "./mod.ts";
 *
 * const path = await Deno.makeTempFile();
 * await using checkpoint = await Checkpoint.open(await Deno.makeTempDir());
 * const { positions, unsettled, sources } = checkpoint.state;
 * const resumed = { positions, unsettled, sources };
 * await using watcher = await Watcher.open({ files: [path], from: "end", ...resumed });
 * checkpoint.addSource(path);
 * for await (const batch of watcher.drain()) {
 *   const id = batch.repeats ?? await checkpoint.record(batch);
 *   console.log(batch.events);
 *   checkpoint.settle(id);
 * }
 * ```
 *
 * @module
 */
export type { Event } from "../event/event.ts";
export * from "./checkpoint/checkpoint.ts";
export * from "./checkpoint/read_checkpoint.ts";
export * from "./dead_letter_file.ts";
export type { FileIdentity, Fingerprint } from "./file_identity.ts";
export type { FileLag } from "./file_lag.ts";
export * from "./file_source.ts";
export type { LineFormat } from "./line_format.ts";
export { MultilineError, type MultilineRule } from "./multiline_rule.ts";
export * from "./scheduler.ts";
export * from "./sources_daemon.ts";
export * from "./stream_source.ts";
export type { TailLimits } from "./tail_context.ts";
export type { TailNotice, TailObserver } from "./tail_notice.ts";
export type { FileSpan, TailPosition } from "./tail_position.ts";
export type { TailerOptions } from "./tailer_options.ts";
export * from "./time_parser.ts";
export type { WatchedBatch } from "./watched_batch.ts";
export * from "./watcher.ts";
export type { WatcherOptions } from "./watcher_options.ts";
