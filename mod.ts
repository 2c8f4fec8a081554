/**
 * Theia collects, keeps, tails and finds events: log lines, sensor readings, records.
 *
 * As a library it offers the collector, the watcher, clients, stores and the event model; run as a
 * program it is the command `theia`, see `theia --help`.
 *
 * @example A collector, an event that goes in, the same event that comes out
 * ```ts ignore
 * import { Client, Collector, createEvent, openStore, Query } from "@theia/collector";
 *
 * await using store = await openStore("memory:");
 * await using collector = await Collector.listen({ store, port: 0 });
 * await using client = await Client.connect({ port: collector.port });
 * await client.send([createEvent({ source: "oven", tags: ["kitchen"], content: "212 °C" })]);
 *
 * for await (const event of new Query("localhost", collector.port).find({ tags: ["kitchen"] })) {
 *   console.log(event.content);
 * }
 * ```
 *
 * @module
 */
import { isWorkerThread } from "./lib/base/worker_thread.ts";
import { run } from "./lib/cli/run.ts";

export * from "./lib/client/mod.ts";
export * from "./lib/event/mod.ts";
export * from "./lib/server/mod.ts";
export * from "./lib/store/mod.ts";
export * from "./lib/tail/mod.ts";

if (import.meta.main && !isWorkerThread()) Deno.exit(await run(Deno.args));
