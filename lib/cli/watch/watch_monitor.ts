import type { ClientNotice } from "../../client/notice.ts";
import type { CheckpointNotice } from "../../tail/checkpoint/checkpoint_notice.ts";
import type { FileLag } from "../../tail/file_lag.ts";
import { VERSION } from "../../base/version.ts";
import { bytesOf, type DeliveryCounts, NO_COUNTS, type Undelivered } from "./batch_delivery.ts";
import { ConnectionState } from "./connection_state.ts";
import type { FileStatus, WatchStatus } from "./watch_status.ts";

/** Paths that a status names: some 100 KB of text a second at most. */
export const MAX_STATUS_FILES = 1000;

/** What a {@linkcode WatchMonitor} knows from the start. */
export interface MonitorInit {
  /** The state directory. */
  readonly directory: string;
  /** The time in milliseconds since 1970. */
  readonly now: () => number;
}

/** What is followed. */
export interface MonitoredFiles {
  files(): Iterable<FileLag>;
}

/** What becomes of it. */
export interface MonitoredDelivery {
  readonly counts: DeliveryCounts;
  undelivered(): Iterable<Undelivered>;
}

/** Puts together what a watcher does, for the file of `--status` and for `/metrics`. */
export class WatchMonitor {
  readonly #init: MonitorInit;
  readonly #startedMs: number;
  readonly #connection: ConnectionState;
  #state: WatchStatus["state"] = "running";
  #isWritable = true;
  #files: MonitoredFiles = { files: () => [] };
  #delivery: MonitoredDelivery = { counts: NO_COUNTS, undelivered: () => [] };

  constructor(init: MonitorInit) {
    this.#init = init;
    this.#startedMs = init.now();
    this.#connection = new ConnectionState(init.now);
  }

  /** These are the files from now on. */
  follow(files: MonitoredFiles): void {
    this.#files = files;
  }

  /** This is what becomes of them from now on. */
  deliver(delivery: MonitoredDelivery): void {
    this.#delivery = delivery;
  }

  /** For the `onNotice` of a client. */
  takeConnection(notice: ClientNotice): void {
    this.#connection.take(notice);
  }

  /** For the observer of a checkpoint. */
  takeCheckpoint({ kind }: CheckpointNotice): void {
    if (kind === "checkpoint-recovered") this.#isWritable = true;
    if (kind === "checkpoint-full" || kind === "checkpoint-unwritable") this.#isWritable = false;
  }

  /** What is there is delivered, and no more. */
  stopping(): void {
    this.#state = "stopping";
  }

  /** Nothing happens any more; what is known of the files now is the last that is. */
  stopped(): void {
    if (this.#state === "stopped") return;
    const files = [...this.#files.files()];
    this.#files = { files: () => files };
    this.#state = "stopped";
    const { url, connected } = this.#connection.status;
    if (connected && url !== null) {
      this.#connection.take({ kind: "disconnected", url, reason: "the watcher stopped" });
    }
  }

  /** Bytes that are to be delivered. */
  get lagBytes(): number {
    return this.#lags().reduce((sum, { lag_bytes }) => sum + lag_bytes, 0);
  }

  /** Figures up to now. */
  get counts(): DeliveryCounts {
    return this.#delivery.counts;
  }

  /** Everything. */
  status(): WatchStatus {
    const { directory, now } = this.#init;
    const { read, stored, duplicates, rejected, bytes } = this.counts;
    const lags = this.#lags();
    return {
      version: 1,
      program: `theia ${VERSION}`,
      pid: Deno.pid,
      started_at: new Date(this.#startedMs).toISOString(),
      now: new Date(now()).toISOString(),
      state: this.#state,
      collector: this.#connection.status,
      counts: { read, stored, duplicates, rejected, bytes },
      checkpoint: { directory, writable: this.#isWritable },
      lag: {
        bytes: lags.reduce((sum, { lag_bytes }) => sum + lag_bytes, 0),
        seconds: lags.reduce((most, { lag_seconds }) => Math.max(most, lag_seconds), 0),
      },
      files_total: lags.length,
      files: mostFirst(lags),
    };
  }

  /** What is not read and what is read and not acknowledged, by path. */
  #lags(): FileStatus[] {
    const now = this.#init.now();
    const lags = new Map<string, { bytes: number; since: number }>();
    const add = (path: string, bytes: number, since: number) => {
      const known = lags.get(path);
      if (known === undefined) return void lags.set(path, { bytes, since });
      known.bytes += bytes;
      known.since = Math.min(known.since, since);
    };
    for (const { path, bytes, since = now } of this.#files.files()) add(path, bytes, since);
    for (const batch of this.#delivery.undelivered()) {
      add(batch.path, bytesOf(batch), batch.timestamp * 1000);
    }
    return Array.from(lags, ([path, { bytes, since }]) => ({
      path,
      lag_bytes: bytes,
      // Clocks of file systems, and those that are set, may be ahead.
      lag_seconds: bytes === 0 ? 0 : Math.max(0, Math.round(now - since) / 1000),
    }));
  }
}

function mostFirst(lags: readonly FileStatus[]): readonly FileStatus[] {
  const late = lags.filter(({ lag_bytes }) => lag_bytes > 0)
    .sort((one, other) => other.lag_bytes - one.lag_bytes);
  if (late.length >= MAX_STATUS_FILES) return late.slice(0, MAX_STATUS_FILES);
  const quiet = lags.filter(({ lag_bytes }) => lag_bytes === 0);
  return [...late, ...quiet.slice(0, MAX_STATUS_FILES - late.length)];
}
