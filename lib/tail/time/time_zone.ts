/** Clocks are changed at quarters of an hour, so the offset is the same in all of one. */
const QUARTER_SECONDS = 900;

/**
 * A clock on the wall: that of this machine (`TZ`), or UTC.
 *
 * @example
 * ```ts
 * import { TimeZone } from "./time_zone.ts";
 * import assert from "node:assert/strict";
 *
 * const here = new TimeZone({ utc: false });
 * assert.equal(here.toLocal(here.fromLocal(1.7e9)), 1.7e9);
 * ```
 */
export class TimeZone {
  readonly #utc: boolean;
  #quarter = NaN;
  #offset = NaN;

  /**
   * Makes a clock.
   *
   * @param options Whether it is UTC, and not the zone of the machine.
   */
  constructor({ utc }: { readonly utc: boolean }) {
    this.#utc = utc;
  }

  /**
   * When the clock shows a time: the first of two moments where it is set back.
   *
   * @param local Whole seconds since 1970 on the clock.
   * @returns Seconds since 1970; NaN when the clock skips that time.
   */
  fromLocal(local: number): number {
    if (this.#utc) return local;
    const quarter = Math.floor(local / QUARTER_SECONDS);
    if (quarter !== this.#quarter) {
      const offset = offsetOf(quarter * QUARTER_SECONDS);
      // Not so only where clocks were changed in some other minute, long ago.
      if (offset !== offsetOf((quarter + 1) * QUARTER_SECONDS - 1)) return local - offsetOf(local);
      this.#quarter = quarter;
      this.#offset = offset;
    }
    return local - this.#offset;
  }

  /** What the clock shows, in whole seconds since 1970. */
  toLocal(seconds: number): number {
    const whole = Math.floor(seconds);
    if (this.#utc) return whole;
    const date = new Date(whole * 1000);
    return Date.UTC(
      date.getFullYear(),
      date.getMonth(),
      date.getDate(),
      date.getHours(),
      date.getMinutes(),
      date.getSeconds(),
    ) / 1000;
  }
}

/** What the clock is ahead of UTC when it shows this. */
function offsetOf(local: number): number {
  const shown = new Date(local * 1000);
  const date = new Date(
    shown.getUTCFullYear(),
    shown.getUTCMonth(),
    shown.getUTCDate(),
    shown.getUTCHours(),
    shown.getUTCMinutes(),
    shown.getUTCSeconds(),
  );
  const isShown = date.getHours() === shown.getUTCHours() &&
    date.getMinutes() === shown.getUTCMinutes();
  return isShown ? local - date.getTime() / 1000 : NaN;
}
