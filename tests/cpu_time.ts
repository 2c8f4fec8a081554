import { cpuUsage } from "node:process";

/**
 * Milliseconds of CPU that the process has used: for tests of how much work something is, which a busy
 * machine does not make more.
 */
export function cpuMs(): number {
  const { user, system } = cpuUsage();
  return (user + system) / 1000;
}
