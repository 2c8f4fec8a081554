/** Ticks of `/proc/PID/stat` in a second: what Linux shows to programs, whatever the kernel uses. */
const TICKS_PER_SECOND = 100;

/** Memory of a process that is in RAM, in bytes; 0 when it has ended. Linux only. */
export function residentBytes(pid: number): number {
  return statusBytes(pid, "VmRSS");
}

/** The most of it since the process began, or {@linkcode resetGreatestBytes}. Linux only. */
export function greatestBytes(pid: number): number {
  return statusBytes(pid, "VmHWM");
}

/** Begins anew what {@linkcode greatestBytes} gives. Linux only. */
export function resetGreatestBytes(pid: number): void {
  Deno.writeTextFileSync(`/proc/${pid}/clear_refs`, "5");
}

function statusBytes(pid: number, name: "VmRSS" | "VmHWM"): number {
  const status = readOrEmpty(`/proc/${pid}/status`);
  return Number(new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(status)?.[1] ?? 0) * 1024;
}

/** Seconds that a process has kept a core busy, for itself and in the system. Linux only. */
export function cpuSeconds(pid: number): number {
  // The name of the program, in parentheses, may have spaces; state is the first field after it.
  const fields = readOrEmpty(`/proc/${pid}/stat`).split(") ").at(-1)?.split(" ") ?? [];
  const [user = 0, system = 0] = fields.slice(11, 13).map(Number);
  return (user + system) / TICKS_PER_SECOND;
}

function readOrEmpty(path: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return "";
  }
}
