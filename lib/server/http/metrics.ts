import { VERSION } from "../../base/version.ts";
import {
  counter,
  gauge,
  type Metric,
  METRICS_TYPE,
  writeMetrics,
} from "../../base/metrics/metrics_text.ts";
import type { StoreStats } from "../../store/store.ts";
import { STATS_WAIT_MS } from "../limits.ts";
import { defineOperation, type HttpContext, NONE_TAKEN } from "./operation.ts";
import { promptly } from "./promptly.ts";

/** When this program was started, in seconds since 1970. */
const STARTED = performance.timeOrigin / 1000;

/** `GET /metrics`. */
export const metrics = defineOperation({
  id: "metrics",
  summary: "Figures for Prometheus",
  parameters: {},
  answers: {
    200: { description: "The figures, in Prometheus' text format.", types: ["text/plain"] },
    400: NONE_TAKEN,
  },
  async answer(_call, _values, context) {
    const text = writeMetrics([
      ...programMetrics(),
      ...context.counts.metrics(),
      gauge("theia_live_subscriptions", "Live criteria that are followed.", context.hub.size),
      gauge("theia_http_searches", "HTTP searches under way.", context.searches.running),
      gauge("theia_http_pushes", "HTTP bodies under way.", context.pushes.running),
      gauge(
        "theia_intake_pending_bytes",
        "Bytes that were taken and are not saved yet.",
        context.budget.held,
      ),
      ...await storeMetrics(context),
    ]);
    return new Response(text, { headers: { "content-type": METRICS_TYPE } });
  },
});

async function storeMetrics({ store }: HttpContext): Promise<readonly Metric[]> {
  if (store === undefined) return [];
  // Figures of a store that does not answer must not be missing altogether.
  const stats = await promptly(store.stats(), STATS_WAIT_MS).catch(() => undefined);
  const up = gauge("theia_store_up", "1 while the store answers.", Number(stats !== undefined));
  return stats === undefined ? [up] : [up, ...statsMetrics(stats)];
}

function statsMetrics(stats: StoreStats): readonly Metric[] {
  const { events, rawBytes, storedBytes, oldest, newest, damaged, dropped } = stats;
  const metrics = [
    gauge("theia_store_events", "Events stored.", events),
    gauge("theia_store_raw_bytes", "Bytes of the events as they came.", rawBytes),
    gauge("theia_store_stored_bytes", "Bytes that the store takes.", storedBytes),
    gauge("theia_store_damaged_parts", "Parts of the store that cannot be read.", damaged),
    counter(
      "theia_store_dropped_events_total",
      "Events that retention dropped.",
      dropped?.events ?? 0,
    ),
    counter(
      "theia_store_dropped_bytes_total",
      "Bytes that retention dropped.",
      dropped?.bytes ?? 0,
    ),
  ];
  if (oldest === undefined || newest === undefined) return metrics;
  return [
    ...metrics,
    gauge("theia_store_oldest_timestamp_seconds", "The least timestamp.", oldest),
    gauge("theia_store_newest_timestamp_seconds", "The greatest timestamp.", newest),
  ];
}

function programMetrics(): readonly Metric[] {
  const { rss, heapUsed } = Deno.memoryUsage();
  const runtime = `deno ${Deno.version.deno}`;
  return [
    {
      name: "theia_build_info",
      type: "gauge",
      help: "What runs; always 1.",
      samples: [{ labels: { version: VERSION, runtime }, value: 1 }],
    },
    gauge("process_start_time_seconds", "When the program was started, since 1970.", STARTED),
    gauge("process_resident_memory_bytes", "Memory that the program takes.", rss),
    gauge("theia_heap_used_bytes", "Memory of the program's objects.", heapUsed),
  ];
}
