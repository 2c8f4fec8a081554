/**
 * The collector: takes events, keeps them, answers queries. Run as a program, this module is
 * `theia collect`.
 *
 * @example
 * ```ts ignore
 * import { Collector } from "@theia/collector/collector";
 * import { openStore } from "@theia/collector/store";
 *
 * await using store = await openStore("sqlite:///theia-data/events.db");
 * await using collector = await Collector.listen({ store });
 * await collector.finished;
 * ```
 *
 * @module
 */
import { isWorkerThread } from "./lib/base/worker_thread.ts";
import { run } from "./lib/cli/run.ts";

export * from "./lib/server/mod.ts";

if (import.meta.main && !isWorkerThread()) Deno.exit(await run(["collect", ...Deno.args]));
