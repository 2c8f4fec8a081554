import { assertTimerMs } from "../timer_ms.ts";
import { Timestamp } from "../timestamp.ts";

/** The time that a backend goes by; for tests that move it themselves. */
export interface BackendClock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Calls again and again, every so many milliseconds, until the result is disposed of. */
  every(ms: number, call: () => void): Disposable;
}

/**
 * From when on events are dropped, those with the least timestamps first. The latest event of a type is
 * never dropped. Without any limit, nothing is.
 */
export interface BackendLimits {
  /** How many events are kept. @default {any number} */
  readonly maxEvents?: number;
  /** How long events are kept, in seconds since their timestamp. @default {for ever} */
  readonly maxAgeSeconds?: number;
  /** How many bytes events may take up: in the database file, or about as many in memory. @default {any number} */
  readonly maxBytes?: number;
}

/** What a backend tells beside the results of calls. */
export type BackendNotice =
  /** Events were dropped by the limits. */
  | { readonly kind: "dropped"; readonly events: number }
  /** A query left out events that are no longer what was written. */
  | { readonly kind: "damaged"; readonly events: number }
  /** A flush that nobody asked for failed; it is tried again. */
  | { readonly kind: "flush-failed"; readonly error: unknown }
  /** Events could not be dropped; it is tried again. */
  | { readonly kind: "drop-failed"; readonly error: unknown }
  /** A callback of the backend's user threw. */
  | { readonly kind: "callback-failed"; readonly error: unknown };

/** Options of every backend. */
export interface BackendOptions {
  /** How often registered events are brought to the disk, in milliseconds. @default {1000} */
  readonly flushPeriodMs?: number;
  /** Results that a query gives at most, however many it asks for. @default {4096} */
  readonly maxResults?: number;
  /** When events are dropped. @default {never} */
  readonly limits?: BackendLimits;
  /** The time. @default {that of the system} */
  readonly clock?: BackendClock;
  /** Told what happens beside the calls. @default {nobody is told} */
  readonly observer?: (notice: BackendNotice) => void;
}

/** Options with every default filled in. */
export type BackendSettings = Required<BackendOptions>;

/** As hat-event: about what a crash may lose of events whose flushing nobody waited for. */
const FLUSH_PERIOD_MS = 1000;

/** As hat-event's server. */
const MAX_RESULTS = 4096;

const SYSTEM_CLOCK: BackendClock = {
  now: () => Date.now(),
  every(ms, call) {
    const timer = setInterval(call, ms);
    return { [Symbol.dispose]: () => clearInterval(timer) };
  },
};

/**
 * Checks options and fills in the defaults.
 *
 * @throws {RangeError} When a number is not positive, or a time too long.
 */
export function backendSettings(options: BackendOptions): BackendSettings {
  const settings: BackendSettings = {
    flushPeriodMs: options.flushPeriodMs ?? FLUSH_PERIOD_MS,
    maxResults: options.maxResults ?? MAX_RESULTS,
    limits: options.limits ?? {},
    clock: options.clock ?? SYSTEM_CLOCK,
    observer: options.observer ?? (() => {}),
  };
  const { maxEvents, maxAgeSeconds, maxBytes } = settings.limits;
  assertTimerMs("open backend", "flushPeriodMs", settings.flushPeriodMs);
  assertPositive("maxResults", settings.maxResults, true);
  assertPositive("limits.maxEvents", maxEvents, true);
  assertPositive("limits.maxAgeSeconds", maxAgeSeconds, false);
  assertPositive("limits.maxBytes", maxBytes, true);
  return settings;
}

/** The timestamp before which events are too old, the least one where age does not matter. */
export function cutoffOf({ clock, limits }: BackendSettings): Timestamp {
  if (limits.maxAgeSeconds === undefined) return Timestamp.MIN;
  const seconds = clock.now() / 1000 - limits.maxAgeSeconds;
  return seconds > Timestamp.MIN.toNumber() ? Timestamp.fromNumber(seconds) : Timestamp.MIN;
}

function assertPositive(name: string, value: number | undefined, isInteger: boolean): void {
  if (value === undefined) return;
  if (value > 0 && (isInteger ? Number.isSafeInteger(value) : Number.isFinite(value))) return;
  throw new RangeError(
    `Cannot open backend as '${name}' must be a positive ${isInteger ? "integer" : "number"}: ` +
      `current value is ${value}`,
  );
}
