import { MAX_TIMER_MS } from "../base/max_timer.ts";

/**
 * Checks that a timer can wait for so long.
 *
 * @param action What is being done, such as `open backend`.
 * @param name The name of the option.
 * @throws {RangeError} When it cannot.
 *
 * @example
 * ```ts
 * import { assertTimerMs } from "./timer_ms.ts";
 * import assert from "node:assert/strict";
 *
 * assertTimerMs("open backend", "flushPeriodMs", 1000);
 * assert.throws(() => assertTimerMs("open backend", "flushPeriodMs", 3e9), RangeError);
 * ```
 */
export function assertTimerMs(action: string, name: string, value: number): void {
  if (value > 0 && value <= MAX_TIMER_MS) return;
  throw new RangeError(
    `Cannot ${action} as '${name}' must be positive and at most ${MAX_TIMER_MS} ms: ` +
      `current value is ${value}`,
  );
}
