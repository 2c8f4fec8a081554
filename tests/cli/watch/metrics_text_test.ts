import assert from "node:assert/strict";
import { MAX_METRIC_FILES, metricsText } from "../../../lib/cli/watch/metrics_text.ts";
import { STATUS } from "./fixtures.ts";
import { parsePrometheus } from "../../prometheus_text.ts";

function valuesOf(text: string): Record<string, number> {
  return Object.fromEntries(
    parsePrometheus(text).map(({ name, labels: { path }, value }) => [
      path === undefined ? name : `${name} ${path}`,
      value,
    ]),
  );
}

Deno.test("metricsText tells everything in the format of Prometheus", () => {
  assert.deepEqual(valuesOf(metricsText(STATUS)), {
    theia_watcher_events_read_total: 10,
    theia_watcher_events_stored_total: 5,
    theia_watcher_events_duplicate_total: 2,
    theia_watcher_events_rejected_total: 1,
    theia_watcher_read_bytes_total: 1234,
    theia_watcher_info: 1,
    theia_watcher_start_time_seconds: Date.UTC(2026, 0, 2, 3, 4, 5, 678) / 1000,
    theia_watcher_connected: 1,
    theia_watcher_checkpoint_writable: 1,
    theia_watcher_events_pending: 2,
    theia_watcher_files: 3,
    theia_watcher_lag_bytes: 30,
    theia_watcher_lag_seconds: 1.5,
    "theia_watcher_file_lag_bytes /var/log/a": 20,
    "theia_watcher_file_lag_bytes /var/log/b": 10,
    "theia_watcher_file_lag_seconds /var/log/a": 1.5,
    "theia_watcher_file_lag_seconds /var/log/b": 0.5,
  });
  const [info] = parsePrometheus(metricsText(STATUS)).filter(({ labels }) => labels["version"]);
  assert.deepEqual(info?.labels, { version: "1.2.3" });
});

Deno.test("metricsText escapes what a path may hold", () => {
  const paths = ['quote " here', "back\\slash", "two\nlines", "\\n", 'a="b",c="d"} 1', "ä {}"];
  const files = paths.map((path, at) => ({ path, lag_bytes: at + 1, lag_seconds: 0 }));
  const samples = parsePrometheus(metricsText({ ...STATUS, files }));
  const told = samples.filter(({ name }) => name === "theia_watcher_file_lag_bytes");
  assert.deepEqual(told.map(({ labels }) => labels["path"]), paths);
});

Deno.test("metricsText names a bounded number of files, those with most to deliver", () => {
  const files = Array.from({ length: 500 }, (_, at) => ({
    path: `/${at}`,
    lag_bytes: 500 - at,
    lag_seconds: 1,
  }));
  const samples = parsePrometheus(metricsText({ ...STATUS, files }))
    .filter(({ name }) => name === "theia_watcher_file_lag_bytes");
  assert.equal(samples.length, MAX_METRIC_FILES);
  assert.equal(samples.at(-1)?.value, 500 - MAX_METRIC_FILES + 1);
});
