import { counter, gauge, type Metric, writeMetrics } from "../../base/metrics/metrics_text.ts";
import type { FileStatus, WatchStatus } from "./watch_status.ts";

/** Files of which the lag is told one by one: a series a file is what a metrics store pays for. */
export const MAX_METRIC_FILES = 100;

/** What all names begin with. */
const PREFIX = "theia_watcher_";

/**
 * A status in the text format of Prometheus.
 *
 * @see https://prometheus.io/docs/instrumenting/exposition_formats/
 */
export function metricsText(status: WatchStatus): string {
  const metrics = [...counters(status), ...gauges(status), ...fileGauges(status.files)];
  return writeMetrics(metrics.map((metric) => ({ ...metric, name: `${PREFIX}${metric.name}` })));
}

function counters({ counts }: WatchStatus): readonly Metric[] {
  const { read, stored, duplicates, rejected, bytes } = counts;
  return [
    counter("events_read_total", "Events read.", read),
    counter("events_stored_total", "Events that the collector stored.", stored),
    counter("events_duplicate_total", "Events that the collector had already.", duplicates),
    counter("events_rejected_total", "Events that the collector refused for good.", rejected),
    counter("read_bytes_total", "Bytes of files that became events.", bytes),
  ];
}

function gauges(status: WatchStatus): readonly Metric[] {
  const { program, started_at, collector, counts, checkpoint, lag, files_total } = status;
  const pending = counts.read - counts.stored - counts.duplicates - counts.rejected;
  return [
    {
      name: "info",
      type: "gauge",
      help: "What runs; always 1.",
      samples: [{ labels: { version: program.replace(/^\S+ /, "") }, value: 1 }],
    },
    gauge("start_time_seconds", "When it was started, since 1970.", Date.parse(started_at) / 1000),
    gauge("connected", "1 while there is a collector.", Number(collector.connected)),
    gauge("checkpoint_writable", "0 while delivery waits for a disk.", Number(checkpoint.writable)),
    gauge("events_pending", "Events read and not acknowledged.", pending),
    gauge("files", "Paths that are followed.", files_total),
    gauge("lag_bytes", "Bytes of all files that are not acknowledged.", lag.bytes),
    gauge("lag_seconds", "Age of the oldest byte that is not acknowledged.", lag.seconds),
  ];
}

function fileGauges(files: readonly FileStatus[]): readonly Metric[] {
  const late = files.filter(({ lag_bytes }) => lag_bytes > 0).slice(0, MAX_METRIC_FILES);
  const perFile = (name: "lag_bytes" | "lag_seconds", help: string): Metric => ({
    name: `file_${name}`,
    type: "gauge",
    help: `${help}, of the ${MAX_METRIC_FILES} files with most to deliver.`,
    samples: late.map((file) => ({ labels: { path: file.path }, value: file[name] })),
  });
  return [
    perFile("lag_bytes", "Bytes that are not acknowledged"),
    perFile("lag_seconds", "Age of the oldest byte that is not acknowledged"),
  ];
}
