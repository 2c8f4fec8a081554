/** One for each core of the machines that tests run on: most tests keep one busy at a time. */
const LANES = 2;

/**
 * Does something with each item, with two of them at a time. After a failure no more are begun, and
 * those under way are waited for.
 */
export async function inLanes<T>(
  items: Iterable<T>,
  run: (item: T) => Promise<void>,
): Promise<void> {
  const left = Iterator.from(items);
  const failures: unknown[] = [];
  async function work(): Promise<void> {
    for (let next = left.next(); !next.done; next = left.next()) {
      await run(next.value).catch((error) => failures.push(error));
      if (failures.length > 0) return;
    }
  }
  await Promise.all(Array.from({ length: LANES }, work));
  if (failures.length > 0) throw failures[0];
}

/** A step of a test: its name and what it does. */
export type Step = readonly [name: string, run: () => Promise<void>];

/** Runs steps of a test, two at a time. What they leave open is seen when the test ends. */
export async function stepsInLanes(t: Deno.TestContext, steps: Iterable<Step>): Promise<void> {
  const sanitize = { sanitizeOps: false, sanitizeResources: false, sanitizeExit: false };
  await inLanes(steps, async ([name, fn]) => {
    await t.step({ ...sanitize, name, fn });
  });
}
