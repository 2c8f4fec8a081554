import { settledWithin } from "../settled_within.ts";

/**
 * What a promise brings, if it does so in time; what comes later is not looked at.
 *
 * @throws {Error} When the time is over.
 */
export async function promptly<T>(promise: Promise<T>, ms: number): Promise<T> {
  if (await settledWithin(ms, promise)) return await promise;
  throw new Error(`Waited ${ms} ms in vain`);
}
