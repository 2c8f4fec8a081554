/** Longest wait for anything in these tests: far above what a busy machine needs. */
export const WAIT_MS = 180_000;

const POLL_MS = 10;

/** Waits until a condition holds that nobody announces; looks at it again and again. */
export async function until(
  what: string,
  condition: () => boolean | Promise<boolean>,
  timeoutMs: number = WAIT_MS,
): Promise<void> {
  const endMs = performance.now() + timeoutMs;
  while (!await condition()) {
    if (performance.now() > endMs) throw new Error(`Waited ${timeoutMs} ms in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

/** The promise, unless the time is over before it settles. */
export async function within<T>(
  what: string,
  promise: Promise<T>,
  timeoutMs: number = WAIT_MS,
): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const timeout = new Promise<never>((_, reject) => {
    const error = new Error(`Waited ${timeoutMs} ms in vain for ${what}`);
    timer = setTimeout(() => reject(error), timeoutMs);
  });
  try {
    return await Promise.race([promise, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
