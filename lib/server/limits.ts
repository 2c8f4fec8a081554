import { MAX_EVENT_BYTES } from "../event/text_format.ts";
import { MAX_PUSH_BYTES } from "../wire/dialect.ts";
import { HEARTBEAT_MS } from "../wire/flow.ts";

/** What a collector takes from its clients and holds for them. */
export interface CollectorLimits {
  /** Largest header plus content of an event. @default {MAX_EVENT_BYTES} */
  readonly maxEventBytes: number;
  /**
   * Bytes of all producers together that were taken and are not saved yet: a stalled disk must not
   * take the memory. It leaves room for a burst of some 400,000 small messages of the default dialect:
   * while a producer floods its WebSocket, the runtime hands over nothing else, not even that a save
   * is done. @default {268435456}
   */
  readonly maxPendingBytes: number;
  /**
   * Bytes of one `theia.v1` producer that were taken and are not acked yet: several of the largest
   * messages, so that a producer never waits for an ack with an idle line. @default {33554432}
   */
  readonly maxWindowBytes: number;
  /**
   * Bytes handed to a socket before waiting for its client to read: enough to keep a fast line busy
   * between two looks at the socket. @default {1048576}
   */
  readonly maxSendBufferBytes: number;
  /**
   * Bytes that wait for one live subscriber, those in its socket included: twice the largest batch that
   * can arrive at once, so that nobody is too slow because of one burst. @default {16777216}
   */
  readonly maxLiveQueueBytes: number;
  /**
   * Criteria of one `/find` connection that wait for their turn: far more than a person asks at once,
   * little enough to hold. @default {64}
   */
  readonly maxQueuedCriteria: number;
  /**
   * How long a client without a window may read nothing while something waits for it, or send nothing of an
   * HTTP body whose length it said, before it is given up: longer than a terminal stopped by hand for a moment, shorter than what holds a search open all
   * night. @default {30000}
   */
  readonly stallMs: number;
  /**
   * How long a `theia.v1` client of `/find` may say nothing while the collector waits for it, and one
   * with a window read nothing, or an HTTP body of no known length bring nothing, before it is given up. One that runs says something every 15 seconds; one
   * whose thread is blocked, such as by a pager that nobody scrolls, gets this long. Since a client that
   * is gone costs no more than a paused search, it can be generous. @default {3600000}
   */
  readonly maxSilenceMs: number;
  /** How long nothing is sent to a live subscriber of `theia.v1` before a heartbeat is. @default {15000} */
  readonly heartbeatMs: number;
  /** How long a stop waits for the store to save what was taken. @default {10000} */
  readonly stopSaveMs: number;
  /**
   * HTTP requests that search or count at once: far more than browsers and scripts that look at the same
   * time, few enough that each gets on. @default {64}
   */
  readonly maxHttpSearches: number;
  /**
   * HTTP requests that push events at once: each holds a few megabytes, all together no more than may
   * be pending. @default {32}
   */
  readonly maxHttpPushes: number;
}

/** The limits of a collector that is not told otherwise. */
export const DEFAULT_LIMITS: CollectorLimits = {
  maxEventBytes: MAX_EVENT_BYTES,
  maxPendingBytes: 32 * MAX_PUSH_BYTES,
  maxWindowBytes: 4 * MAX_PUSH_BYTES,
  maxSendBufferBytes: 1 << 20,
  maxLiveQueueBytes: 2 * MAX_PUSH_BYTES,
  maxQueuedCriteria: 64,
  stallMs: 30_000,
  maxSilenceMs: 3_600_000,
  heartbeatMs: HEARTBEAT_MS,
  stopSaveMs: 10_000,
  maxHttpSearches: 64,
  maxHttpPushes: 32,
};

/** Longest criteria message: every pattern at its longest still fits. */
export const MAX_CRITERIA_BYTES = 256 << 10;

/**
 * How long an HTTP answer waits for what the search brings first before it begins without it. Until
 * then an error has a status of its own; from then on it is noticed that the client left. So it is short
 * where nothing is wrong with the request, but long enough for a store that cannot be read to say so.
 */
export const SEARCH_HEAD_MS = 250;

/**
 * The same where patterns may run away, or counts become too many, from when the search got its turn: longer
 * than a pattern that runs away gets.
 */
export const DOUBTFUL_HEAD_MS = 1500;

/**
 * How long an HTTP search whose patterns may run away waits for others of its like, ten of which take no
 * longer: less than the patience of people and of most proxies.
 */
export const MAX_TURN_WAIT_MS = 10_000;

/** How long figures of the store are waited for by those who ask how the collector is. */
export const STATS_WAIT_MS = 2000;

/** Longest path and query of an HTTP request: every pattern a person writes fits. */
export const MAX_ADDRESS_CHARS = 16 << 10;

/** Bytes of a pushed body that are saved together at most; as many are read meanwhile. */
export const PUSH_BATCH_BYTES = 2 << 20;

/** Rejected events of a body that are listed one by one; more are counted. */
export const MAX_LISTED_REJECTIONS = 1000;

/**
 * How much of a body that is refused is read still, and for how long: clients that send all before they
 * read the answer would see a broken connection instead of it.
 */
export const DRAIN_BYTES = 16 << 20;

/** See {@linkcode DRAIN_BYTES}. */
export const DRAIN_MS = 1000;

/** When a client should try again what failed for a reason that may pass. */
export const RETRY_AFTER_SECONDS = 1;

/** Bytes that one message costs beside its own: small messages must not hide what they take. */
export const MESSAGE_OVERHEAD_BYTES = 512;

/** How long a stop waits for clients to take what is left and to answer the close. */
export const CLOSE_GRACE_MS = 1000;

/**
 * Completes limits.
 *
 * @throws {RangeError} When one is not a positive integer; the message names it.
 */
export function resolveLimits(given: Partial<CollectorLimits>): CollectorLimits {
  const limits: Record<keyof CollectorLimits, number> = { ...DEFAULT_LIMITS };
  for (const key of Object.keys(DEFAULT_LIMITS) as (keyof CollectorLimits)[]) {
    const value = given[key] ?? DEFAULT_LIMITS[key];
    if (!Number.isSafeInteger(value) || value <= 0) {
      throw new RangeError(
        `Cannot start collector as '${key}' must be a positive integer: current value is ${value}`,
      );
    }
    limits[key] = value;
  }
  return limits;
}
