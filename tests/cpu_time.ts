import { threadCpuUsage } from "node:process";

/**
 * Milliseconds of CPU that this thread has used: for tests of how much work something is, which neither a
 * busy machine nor other tests of the process make more.
 */
export function cpuMs(): number {
  const { user, system } = threadCpuUsage();
  return (user + system) / 1000;
}
