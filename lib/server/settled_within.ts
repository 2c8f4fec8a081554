/**
 * Waits for a promise, but not for ever.
 *
 * @param ms Milliseconds.
 * @returns Whether the promise was settled in time, either way.
 */
export async function settledWithin(ms: number, promise: Promise<unknown>): Promise<boolean> {
  const late = Promise.withResolvers<boolean>();
  const timer = setTimeout(() => late.resolve(false), ms);
  try {
    return await Promise.race([promise.then(() => true, () => true), late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
