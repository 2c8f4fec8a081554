/**
 * What a promise brings, if it does so in time; what comes later is not looked at.
 *
 * @throws {Error} When the time is over.
 */
export async function promptly<T>(promise: Promise<T>, ms: number): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`Waited ${ms} ms in vain`)), ms);
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
