import type { StreamSource } from "../../tail/stream_source.ts";
import type { Watcher } from "../../tail/watcher.ts";
import type { CommandContext } from "../command.ts";
import { aborted } from "../stop_request.ts";
import { TimeLimit } from "../time_limit.ts";
import type { BatchDelivery } from "./batch_delivery.ts";
import { DeliveryProgress } from "./delivery_progress.ts";
import type { WatchMonitor } from "./watch_monitor.ts";

/** How long a stop waits for the collector to acknowledge what was read. */
const DELIVERY_TIMEOUT_MS = 5_000;

/** What is read, and where it goes. */
export interface WatchFlow {
  readonly watcher: Watcher;
  /** Standard input, where it is followed. */
  readonly input: StreamSource | undefined;
  readonly delivery: BatchDelivery;
  readonly monitor: WatchMonitor;
  /** Ends at the end of the files. */
  readonly once: boolean;
}

/**
 * Delivers until the command is stopped, or with `once` to the end.
 *
 * @returns Whether everything is delivered that was there when it was to end.
 */
export async function runFlow(flow: WatchFlow, context: CommandContext): Promise<boolean> {
  const { watcher, input, monitor, once } = flow;
  const { stop, reporter } = context;
  if (once) watcher.drain();
  using _progress = once ? new DeliveryProgress(monitor, monitor.lagBytes, context) : undefined;
  const taken = takeAll(flow);
  await Promise.race([aborted(stop), taken]);
  if (!stop.aborted) return true;
  reporter.notice("Stopping; a second signal stops at once.");
  monitor.stopping();
  watcher.drain();
  input?.stop();
  using limit = new TimeLimit(DELIVERY_TIMEOUT_MS);
  return await Promise.race([taken.then(() => true), limit.passed.then(() => false)]);
}

async function takeAll({ watcher, input, delivery }: WatchFlow): Promise<void> {
  const sources = input === undefined ? [watcher] : [watcher, input];
  await Promise.all(sources.map((source) => delivery.take(source)));
  await delivery.finish();
}
