import assert from "node:assert/strict";

/** Turns of the event loop in {@linkcode manyTurns}. */
const TURNS = 50;

/** Milliseconds that something takes. */
export async function msOf(run: () => Promise<unknown>): Promise<number> {
  const startedMs = performance.now();
  await run();
  return performance.now() - startedMs;
}

/** What a machine needs for something comparable, right now. */
export interface Yardstick {
  readonly run: () => Promise<unknown>;
  /** How many times as long may be taken; on a quiet machine that should be no more than the limit. */
  readonly times: number;
  /** What it took before. @default {0} */
  readonly earlierMs?: number;
}

/**
 * Asserts that something took less than a limit. Where it took more, the machine may be busy: then the
 * yardstick is measured, and tells how much more it may have been.
 */
export async function assertInTime(
  what: string,
  tookMs: number,
  maxMs: number,
  { run, times, earlierMs = 0 }: Yardstick,
): Promise<void> {
  if (tookMs < maxMs) return;
  const yardstickMs = Math.max(earlierMs, await msOf(run));
  const [took, yardstick] = [tookMs, yardstickMs].map(Math.round);
  assert.ok(
    tookMs < times * yardstickMs,
    `${what} took ${took} ms, where no more than ${maxMs} ms were expected, or ${times} times ` +
      `what a yardstick took: ${yardstick} ms`,
  );
}

/** A yardstick for what happens in this thread: some turns of its event loop, about 60 ms. */
export async function manyTurns(): Promise<void> {
  for (let turn = 0; turn < TURNS; turn++) await new Promise((resolve) => setTimeout(resolve, 1));
}
