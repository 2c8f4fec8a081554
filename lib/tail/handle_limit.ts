/** Where Linux says how many files a process may open. */
const LIMITS_PATH = "/proc/self/limits";

/**
 * How many files this process may have open, the soft limit as it is now.
 *
 * @returns `undefined` where the system does not tell.
 */
export function handleLimit(): number | undefined {
  try {
    const limit = /^Max open files\s+(\d+)/m.exec(Deno.readTextFileSync(LIMITS_PATH))?.[1];
    return limit === undefined ? undefined : Number(limit);
  } catch {
    return undefined;
  }
}

/** Whether an error says that the system has no more handles, for this program or for all. */
export function isShortage(error: unknown): boolean {
  return error instanceof Error && "code" in error &&
    (error.code === "EMFILE" || error.code === "ENFILE");
}
