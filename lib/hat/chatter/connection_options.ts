import { type Clock, SYSTEM_CLOCK } from "../clock.ts";
import { assertTimerMs } from "../timer_ms.ts";
import { DEFAULT_PING_MS, type PingTimes } from "./ping_watch.ts";

/** Limits and times of a connection. */
export interface ConnectionOptions extends PingTimes {
  /**
   * How long a message may be, in bytes: of one that comes, and of one that is sent.
   *
   * @default {67_108_864}
   */
  readonly maxMessageBytes?: number;
  /**
   * How long messages that come may be, in bytes, up to the first that is no ping: of a peer that has not
   * said yet who it is.
   *
   * @default {maxMessageBytes}
   */
  readonly maxFirstMessageBytes?: number;
  /**
   * How many bytes may wait to be sent, besides those that are sent as there is room, such as answers. When
   * there are more, the peer must take that many within 10 seconds, again and again until there are not:
   * else, or with 16 times as many, the connection is ended. One message alone may be larger.
   *
   * @default {16_777_216}
   */
  readonly maxQueuedBytes?: number;
  /**
   * How many bytes may have come and wait to be handled; with more, nothing is read. While an answer is
   * waited for reading goes on, up to sixteen times as many and a message.
   *
   * @default {1_048_576}
   */
  readonly maxReceivedBytes?: number;
  /** How long closing may take, until what is queued is sent and the peer has closed. @default {5_000} */
  readonly closeTimeoutMs?: number;
  /** Time, for tests. @default {SYSTEM_CLOCK} */
  readonly clock?: Clock;
}

/** A payload of 50 MB and what belongs to it has room; what a peer can make us keep is bounded. */
const DEFAULT_MAX_MESSAGE_BYTES = 64 << 20;

/** Some seconds of notifications under load, and hundreds of slow clients do not fill the memory. */
const DEFAULT_MAX_QUEUED_BYTES = 16 << 20;

/** Some batches: enough that handling never waits for the network. */
const DEFAULT_MAX_RECEIVED_BYTES = 1 << 20;

/** Long enough for a slow line, short enough not to be taken for a hanging program. */
const DEFAULT_CLOSE_TIMEOUT_MS = 5_000;

/**
 * Checks options, and puts in what is left out.
 *
 * @throws {RangeError} When one is not positive, or a time too long.
 */
export function completeOptions(options: ConnectionOptions): Required<ConnectionOptions> {
  const { maxMessageBytes = DEFAULT_MAX_MESSAGE_BYTES } = options;
  const complete = {
    maxMessageBytes,
    maxFirstMessageBytes: options.maxFirstMessageBytes ?? maxMessageBytes,
    maxQueuedBytes: options.maxQueuedBytes ?? DEFAULT_MAX_QUEUED_BYTES,
    maxReceivedBytes: options.maxReceivedBytes ?? DEFAULT_MAX_RECEIVED_BYTES,
    closeTimeoutMs: options.closeTimeoutMs ?? DEFAULT_CLOSE_TIMEOUT_MS,
    pingDelayMs: options.pingDelayMs ?? DEFAULT_PING_MS,
    pingTimeoutMs: options.pingTimeoutMs ?? DEFAULT_PING_MS,
  };
  for (const [name, value] of Object.entries(complete)) {
    if (name.endsWith("Ms")) assertTimerMs("make connection", name, value);
    if (value > 0) continue;
    throw new RangeError(
      `Cannot make connection as '${name}' must be positive: current value is ${value}`,
    );
  }
  return { ...complete, clock: options.clock ?? SYSTEM_CLOCK };
}
