import type { BackoffOptions } from "../base/backoff.ts";
import type { CollectorAddress } from "./address.ts";
import type { LiveNotice } from "./notice.ts";

/** Options of {@linkcode find}. */
export interface FindOptions extends CollectorAddress {
  /** Ends it: iterating rejects with the signal's reason. @default {no signal} */
  readonly signal?: AbortSignal;
  /** How long to wait for a connection. @default {10_000} */
  readonly connectTimeoutMs?: number;
}

/** Options of {@linkcode live}. */
export interface LiveOptions extends FindOptions {
  /** Whether to connect again when a connection is lost. @default {true} */
  readonly reconnect?: boolean;
  /** How long to wait before connecting again. */
  readonly backoff?: BackoffOptions;
  /** Is told what happens. @default {nobody is told} */
  readonly onNotice?: (notice: LiveNotice) => void;
  /**
   * Bytes of arriving events that may wait for a slow loop. When more come, the connection is given up,
   * and what is missing is fetched once the loop has caught up; what is fetched so, or with `since`, waits
   * in memory as what `find` finds does. @default {67_108_864}
   */
  readonly maxBufferedBytes?: number;
}
