import type { WatchStatus } from "../../../lib/cli/watch/watch_status.ts";

/** A status with everything in it. */
export const STATUS: WatchStatus = {
  version: 1,
  program: "theia 1.2.3",
  pid: 17,
  started_at: "2026-01-02T03:04:05.678Z",
  now: "2026-01-02T03:05:00.000Z",
  state: "running",
  collector: { url: "ws://localhost:6433/event", connected: true, since: "2026-01-02T03:04:06Z" },
  counts: { read: 10, stored: 5, duplicates: 2, rejected: 1, bytes: 1234 },
  checkpoint: { directory: "/state", writable: true },
  lag: { bytes: 30, seconds: 1.5 },
  files_total: 3,
  files: [
    { path: "/var/log/a", lag_bytes: 20, lag_seconds: 1.5 },
    { path: "/var/log/b", lag_bytes: 10, lag_seconds: 0.5 },
    { path: "/var/log/c", lag_bytes: 0, lag_seconds: 0 },
  ],
};

/** The status that a file holds. */
export async function readStatus(path: string): Promise<WatchStatus> {
  return JSON.parse(await Deno.readTextFile(path));
}
