import type { RetentionLimits, RetentionStep } from "./retention_step.ts";
import { addDropped, type DroppedEvents } from "./retention_step.ts";

/** How long a store keeps events; what is not given does not limit it. */
export interface RetentionOptions {
  /**
   * Events older than this many seconds are dropped, by whole blocks: a block goes when its newest
   * event is older. @default {kept for ever}
   */
  readonly maxAgeSeconds?: number;
  /**
   * The oldest blocks are dropped while the database uses more bytes than this; at least
   * {@linkcode MIN_RETAINED_BYTES}. @default {no limit}
   */
  readonly maxBytes?: number;
  /** How often ages are looked at, in milliseconds, beside after every new block. @default {60_000} */
  readonly intervalMs?: number;
  /** Tells the time and calls back; for tests. @default {the clock of the system} */
  readonly clock?: RetentionClock;
}

/** What retention needs of a clock. */
export interface RetentionClock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Calls again and again, until disposed. */
  every(ms: number, call: () => void): Disposable;
}

/** Least byte limit: below 4 MiB the journal alone would drive out every block. */
export const MIN_RETAINED_BYTES = 4 << 20;

const DEFAULT_INTERVAL_MS = 60_000;

const SYSTEM_CLOCK: RetentionClock = {
  now: Date.now,
  every(ms, call) {
    const timer = setInterval(call, ms);
    return { [Symbol.dispose]: () => clearInterval(timer) };
  },
};

/** What retention works with. */
export interface RetentionContext {
  /** Does one step, in turn with what else is written. */
  readonly step: (limits: RetentionLimits) => Promise<RetentionStep>;
  readonly onDropped: (dropped: DroppedEvents) => void;
  readonly onFailed: (error: unknown) => void;
}

/** Drops what a store need not keep any more: when it is opened, after new blocks, and on a timer. */
export class Retention implements AsyncDisposable {
  readonly #options: RetentionOptions;
  readonly #clock: RetentionClock;
  readonly #context: RetentionContext;
  readonly #timer: Disposable;
  #running: Promise<void> | undefined;
  #isDueAgain = false;
  #closed = false;

  /** @throws {RangeError} When a limit is out of range. */
  constructor(options: RetentionOptions, context: RetentionContext) {
    assertRetention(options);
    this.#options = options;
    this.#context = context;
    this.#clock = options.clock ?? SYSTEM_CLOCK;
    this.#timer = this.#clock.every(
      options.intervalMs ?? DEFAULT_INTERVAL_MS,
      () => void this.run(),
    );
  }

  /** Drops what is due; resolves when that is done, also when it failed. */
  run(): Promise<void> {
    if (this.#closed) return Promise.resolve();
    this.#isDueAgain = true;
    return this.#running ??= this.#runAll().finally(() => this.#running = undefined);
  }

  /** Waits for the step under way. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    this.#timer[Symbol.dispose]();
    await this.#running;
  }

  async #runAll(): Promise<void> {
    while (this.#isDueAgain && !this.#closed) {
      this.#isDueAgain = false;
      await this.#runOnce();
    }
  }

  async #runOnce(): Promise<void> {
    const { maxAgeSeconds = Infinity, maxBytes = Infinity } = this.#options;
    const limits = { before: this.#clock.now() / 1000 - maxAgeSeconds, maxBytes };
    let dropped: DroppedEvents | undefined;
    try {
      for (let done = false; !done && !this.#closed;) {
        const step = await this.#context.step(limits);
        dropped = addDropped(dropped, step.dropped);
        done = step.done;
      }
    } catch (error) {
      this.#context.onFailed(error);
    }
    if (dropped !== undefined) this.#context.onDropped(dropped);
  }
}

/** @throws {RangeError} When a limit is out of range. */
export function assertRetention({ maxAgeSeconds, maxBytes, intervalMs }: RetentionOptions): void {
  assertLeast("maxAgeSeconds", "seconds", maxAgeSeconds, 1);
  assertLeast("maxBytes", "bytes", maxBytes, MIN_RETAINED_BYTES);
  assertLeast("intervalMs", "milliseconds", intervalMs, 1);
}

function assertLeast(name: string, unit: string, value: number | undefined, least: number): void {
  if (value === undefined || value >= least) return;
  throw new RangeError(
    `Cannot open store as 'retention.${name}' must be at least ${least} ${unit}: ` +
      `current value is ${value}`,
  );
}
