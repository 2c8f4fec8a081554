import assert from "node:assert/strict";
import { NO_COUNTS } from "../../../lib/cli/watch/batch_delivery.ts";
import { MAX_STATUS_FILES, WatchMonitor } from "../../../lib/cli/watch/watch_monitor.ts";
import type { FileLag } from "../../../lib/tail/file_lag.ts";
import { NO_FINGERPRINT } from "../../../lib/tail/file_identity.ts";
import type { FileSpan } from "../../../lib/tail/tail_position.ts";

const URL = "ws://localhost:6433/event";

function monitorAt(clock: { ms: number }): WatchMonitor {
  return new WatchMonitor({ directory: "/state", now: () => clock.ms });
}

function following(files: FileLag[]): { files(): FileLag[] } {
  return { files: () => files };
}

function span(path: string, from: number, offset: number): FileSpan {
  const identity = { dev: 1, ino: 2, birthtimeMs: 3, generation: 0, head: NO_FINGERPRINT };
  return { from, to: { path, identity, offset, tail: NO_FINGERPRINT, readAt: 0, modifiedAt: 0 } };
}

Deno.test("WatchMonitor adds what is not read and what is not acknowledged", () => {
  const monitor = monitorAt({ ms: 10_000 });
  monitor.follow(following([
    { path: "/a", offset: 5, bytes: 100, since: 8_000 },
    { path: "/b", offset: 5, bytes: 0 },
    { path: "/c", offset: 5, bytes: 7, since: 99_000 },
  ]));
  const batches = [
    { path: "/a", timestamp: 6, spans: [span("/a", 0, 20)] },
    { path: "/gone", timestamp: 9.5, spans: [span("/gone", 10, 12), span("/gone", 0, 3)] },
  ];
  monitor.deliver({ counts: { ...NO_COUNTS, read: 4, bytes: 25 }, undelivered: () => batches });
  const { files, lag, files_total, counts } = monitor.status();
  assert.deepEqual(files, [
    { path: "/a", lag_bytes: 120, lag_seconds: 4 },
    { path: "/c", lag_bytes: 7, lag_seconds: 0 },
    { path: "/gone", lag_bytes: 5, lag_seconds: 0.5 },
    { path: "/b", lag_bytes: 0, lag_seconds: 0 },
  ]);
  assert.deepEqual(lag, { bytes: 132, seconds: 4 });
  assert.equal(files_total, 4);
  assert.deepEqual(counts, { read: 4, stored: 0, duplicates: 0, rejected: 0, bytes: 25 });
});

Deno.test("WatchMonitor knows the connection, the checkpoint and the state", () => {
  const clock = { ms: 1000 };
  const monitor = monitorAt(clock);
  const since = (ms: number) => new Date(ms).toISOString();
  const collector = () => monitor.status().collector;
  assert.deepEqual(collector(), { url: null, connected: false, since: since(1000) });
  clock.ms = 2000;
  monitor.takeConnection({ kind: "connecting", url: URL });
  assert.deepEqual(collector(), { url: URL, connected: false, since: since(1000) });
  monitor.takeConnection({ kind: "connected", url: URL });
  clock.ms = 3000;
  monitor.takeConnection({ kind: "rejected", rejections: [] });
  assert.deepEqual(collector(), { url: URL, connected: true, since: since(2000) });
  monitor.takeConnection({ kind: "disconnected", url: URL, reason: "" });
  monitor.takeConnection({ kind: "retrying", delayMs: 5 });
  assert.deepEqual(collector(), { url: URL, connected: false, since: since(3000) });
  const error = new Error("no room");
  monitor.takeCheckpoint({ kind: "checkpoint-full", directory: "/state", error });
  assert.deepEqual(monitor.status().checkpoint, { directory: "/state", writable: false });
  monitor.takeCheckpoint({ kind: "checkpoint-recovered", directory: "/state" });
  assert.equal(monitor.status().checkpoint.writable, true);
  assert.equal(monitor.status().state, "running");
  monitor.stopping();
  assert.equal(monitor.status().state, "stopping");
});

Deno.test("WatchMonitor keeps the last figures when it stops, and is not connected any more", () => {
  const monitor = monitorAt({ ms: 1000 });
  const files: FileLag[] = [{ path: "/a", offset: 0, bytes: 3, since: 500 }];
  monitor.follow(following(files));
  monitor.takeConnection({ kind: "connected", url: URL });
  monitor.stopped();
  files.length = 0;
  monitor.stopped();
  const { state, collector, files_total, lag } = monitor.status();
  assert.deepEqual([state, collector.connected, files_total, lag.bytes], ["stopped", false, 1, 3]);
});

Deno.test("WatchMonitor names a bounded number of files, those with lag first", () => {
  const monitor = monitorAt({ ms: 1000 });
  const quiet = Array.from({ length: 5000 }, (_, at) => ({ path: `/q${at}`, offset: 0, bytes: 0 }));
  const late = Array.from(
    { length: 10 },
    (_, at) => ({ path: `/l${at}`, offset: 0, bytes: at + 1 }),
  );
  monitor.follow(following([...quiet, ...late]));
  const { files, files_total } = monitor.status();
  assert.equal(files_total, 5010);
  assert.equal(files.length, MAX_STATUS_FILES);
  assert.deepEqual(
    files.slice(0, 10).map(({ path }) => path),
    late.map(({ path }) => path).reverse(),
  );
  monitor.follow(following(quiet.map((file) => ({ ...file, bytes: 1 }))));
  assert.equal(monitor.status().files.length, MAX_STATUS_FILES);
});
