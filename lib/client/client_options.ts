import { MAX_TIMER_MS } from "../base/max_timer.ts";
import type { BackoffOptions } from "../base/backoff.ts";
import { MAX_PUSH_BYTES } from "../wire/dialect.ts";
import type { CollectorAddress } from "./address.ts";
import type { ClientNotice } from "./notice.ts";

/** Options of {@linkcode Client.connect}. */
export interface ClientOptions extends CollectorAddress {
  /**
   * Several collectors, in place of `host` and `port`, of which the first that answers is used: at the
   * start and after a lost connection, in this order. What an entry does not say of TLS holds as for
   * all. @default {the one at `host` and `port`}
   */
  readonly collectors?: readonly CollectorAddress[] | undefined;
  /** Stops at once: what was not acknowledged rejects with the signal's reason. @default {no signal} */
  readonly signal?: AbortSignal;
  /** Is told what happens. @default {nobody is told} */
  readonly onNotice?: (notice: ClientNotice) => void;
  /**
   * Bytes that may be unacknowledged; it can be one message more. A collector gives up a producer with more
   * than 32 MiB. @default {8_388_608}
   */
  readonly maxInFlightBytes?: number;
  /** Messages that may be unacknowledged. @default {256} */
  readonly maxInFlightMessages?: number;
  /** Bytes of a message, at most 8 MiB; an event that is larger goes alone. @default {1_048_576} */
  readonly maxMessageBytes?: number;
  /**
   * How long to wait before connecting again, and, half a second at most, before sending again what the
   * collector could not take.
   */
  readonly backoff?: BackoffOptions;
  /** How long to wait for a connection. @default {10_000} */
  readonly connectTimeoutMs?: number;
  /** The connection is given up when nothing is acknowledged for that long. @default {60_000} */
  readonly ackTimeoutMs?: number;
  /** How long disposing waits for acknowledgements. @default {5_000} */
  readonly flushTimeoutMs?: number;
  /** Whether the first connection is tried again until it succeeds, as later ones are. @default {false} */
  readonly retryFirst?: boolean;
}

/** {@linkcode ClientOptions} with defaults, checked. */
export interface ClientSettings {
  readonly onNotice: (notice: ClientNotice) => void;
  readonly maxInFlightBytes: number;
  readonly maxInFlightMessages: number;
  readonly maxMessageBytes: number;
  readonly ackTimeoutMs: number;
  readonly flushTimeoutMs: number;
}

/** As much as one largest message: some tenths of a second at full speed. */
const MAX_IN_FLIGHT_BYTES = 8 << 20;

/** Enough small messages to fill a connection with a round trip of some milliseconds. */
const MAX_IN_FLIGHT_MESSAGES = 256;

/** Some thousand events: an ack and its sync cost little per event. */
const MAX_MESSAGE_BYTES = 1 << 20;

/** Far above what a busy disk needs for a sync: a peer that is silent so long is gone. */
const ACK_TIMEOUT_MS = 60_000;

/** What somebody who stops a program is willing to wait. */
const FLUSH_TIMEOUT_MS = 5_000;

/**
 * Fills in the defaults.
 *
 * @throws {RangeError} When a limit is out of its range; the message names it.
 */
export function checkClientOptions(options: ClientOptions): ClientSettings {
  const settings: ClientSettings = {
    onNotice: options.onNotice ?? (() => {}),
    maxInFlightBytes: options.maxInFlightBytes ?? MAX_IN_FLIGHT_BYTES,
    maxInFlightMessages: options.maxInFlightMessages ?? MAX_IN_FLIGHT_MESSAGES,
    maxMessageBytes: options.maxMessageBytes ?? MAX_MESSAGE_BYTES,
    ackTimeoutMs: options.ackTimeoutMs ?? ACK_TIMEOUT_MS,
    flushTimeoutMs: options.flushTimeoutMs ?? FLUSH_TIMEOUT_MS,
  };
  assertWithin("maxInFlightBytes", settings.maxInFlightBytes, 1, Number.MAX_SAFE_INTEGER);
  assertWithin("maxInFlightMessages", settings.maxInFlightMessages, 1, Number.MAX_SAFE_INTEGER);
  assertWithin("maxMessageBytes", settings.maxMessageBytes, 1, MAX_PUSH_BYTES);
  assertWithin("ackTimeoutMs", settings.ackTimeoutMs, 1, MAX_TIMER_MS);
  assertWithin("flushTimeoutMs", settings.flushTimeoutMs, 0, MAX_TIMER_MS);
  return settings;
}

function assertWithin(name: string, value: number, min: number, max: number): void {
  if (Number.isInteger(value) && value >= min && value <= max) return;
  throw new RangeError(
    `Cannot make client as '${name}' must be an integer from ${min} to ${max}: current value is ${value}`,
  );
}
