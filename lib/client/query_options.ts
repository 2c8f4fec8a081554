import type { BackoffOptions } from "../base/backoff.ts";
import type { Cursor } from "../event/criteria.ts";
import type { CollectorAddress } from "./address.ts";
import type { LiveNotice } from "./notice.ts";

/** Options of {@linkcode find}. */
export interface FindOptions extends CollectorAddress {
  /** Ends it: iterating rejects with the signal's reason. @default {no signal} */
  readonly signal?: AbortSignal;
  /** How long to wait for a connection. @default {10_000} */
  readonly connectTimeoutMs?: number;
  /**
   * Bytes of stored events that may wait in memory for a slow loop; it can be one message more. The
   * collector waits then. @default {4_194_304}
   */
  readonly windowBytes?: number;
}

/** Options of {@linkcode live}. */
export interface LiveOptions extends FindOptions {
  /** Whether to connect again when a connection is lost. @default {true} */
  readonly reconnect?: boolean;
  /** Whether the first connection is tried again until it succeeds, as later ones are. @default {false} */
  readonly retryFirst?: boolean;
  /** How long to wait before connecting again. */
  readonly backoff?: BackoffOptions;
  /** Is told what happens. @default {nobody is told} */
  readonly onNotice?: (notice: LiveNotice) => void;
  /**
   * Is told how far it has come: the loop is done with all events that arrived up to this cursor, as it has
   * asked for the next ones. Following `since` this cursor goes on there. @default {nobody is told}
   */
  readonly onCursor?: (cursor: Cursor) => void;
  /**
   * Bytes of arriving events that may wait for a slow loop. When more come, the connection is given up,
   * and what is missing is fetched once the loop has caught up, at its pace. @default {67_108_864}
   */
  readonly maxBufferedBytes?: number;
  /**
   * The connection is given up when nothing came for that long, up to a third more; a collector says
   * something every 15 seconds. @default {45_000}
   */
  readonly silenceTimeoutMs?: number;
}
