/**
 * The watcher: follows files and yields what is appended to them. Run as a program, this module is
 * `theia watch`, which pushes it to a collector.
 *
 * @example
 * ```ts ignore
 * import { Watcher } from "@theia/collector/watcher";
 *
 * await using watcher = await Watcher.open({ files: ["/var/log/syslog"], tags: ["syslog"] });
 * for await (const { events } of watcher) {
 *   for (const event of events) console.log(event.source, event.content);
 * }
 * ```
 *
 * @module
 */
import { isWorkerThread } from "./lib/base/worker_thread.ts";
import { run } from "./lib/cli/run.ts";

export * from "./lib/tail/mod.ts";

if (import.meta.main && !isWorkerThread()) Deno.exit(await run(["watch", ...Deno.args]));
