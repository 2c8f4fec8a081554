import v8 from "node:v8";
import vm from "node:vm";

let collect: (() => void) | undefined;

/** Bytes that this thread's V8 has from the system for objects, and for what was objects. */
export function heapBytes(): number {
  return v8.getHeapStatistics().total_heap_size;
}

/**
 * Collects all garbage of this thread, and gives its memory back to the system.
 *
 * V8 lets garbage grow to several times what is in use before it does so, however long nothing
 * happens. The thread stands still meanwhile: some milliseconds for each megabyte in use.
 *
 * @example
 * ```ts
 * import { collectGarbage, heapBytes } from "./garbage.ts";
 *
 * const before = heapBytes();
 * collectGarbage();
 * console.log(`${before - heapBytes()} bytes are given back`);
 * ```
 */
export function collectGarbage(): void {
  collect ??= collector();
  collect();
}

/** V8 shows its function only to contexts that are made while this flag is set. */
function collector(): () => void {
  v8.setFlagsFromString("--expose-gc");
  try {
    return vm.runInNewContext("gc");
  } finally {
    v8.setFlagsFromString("--no-expose-gc");
  }
}
