import type { PartialCounts, Tally } from "../event_counter.ts";

/**
 * Counts of a part as they go from thread to thread: a hundred thousand groups as objects would keep the
 * thread that takes them from everything else for half a second.
 */
export interface PackedCounts {
  readonly all: Tally;
  readonly ungrouped: number;
  /** Of the groups. */
  readonly keys: readonly string[];
  /** How many events each group has. */
  readonly counts: Float64Array<ArrayBuffer>;
  /** How many buckets each group has. */
  readonly sizes: Uint32Array<ArrayBuffer>;
  /** Start and number of events of each bucket of each group, one after another. */
  readonly buckets: Float64Array<ArrayBuffer>;
}

/** Makes counts ready to be handed over. */
export function packCounts({ all, groups, ungrouped }: PartialCounts): PackedCounts {
  const keys: string[] = [];
  const counts: number[] = [];
  const sizes: number[] = [];
  const buckets: number[] = [];
  for (const [key, tally] of groups) {
    keys.push(key);
    counts.push(tally.count);
    sizes.push(tally.buckets.size);
    for (const [start, count] of tally.buckets) buckets.push(start, count);
  }
  return {
    all,
    ungrouped,
    keys,
    counts: Float64Array.from(counts),
    sizes: Uint32Array.from(sizes),
    buckets: Float64Array.from(buckets),
  };
}

/** The counts that were handed over; their groups are made as they are asked for. */
export function unpackCounts(packed: PackedCounts): PartialCounts {
  const { all, ungrouped } = packed;
  return { all, ungrouped, groups: { [Symbol.iterator]: () => unpackGroups(packed) } };
}

/** The buffers to hand over with counts. */
export function countsTransferables({ counts, sizes, buckets }: PackedCounts): ArrayBuffer[] {
  return [counts.buffer, sizes.buffer, buckets.buffer];
}

function* unpackGroups(
  { keys, counts, sizes, buckets }: PackedCounts,
): Generator<readonly [string, Tally], undefined> {
  let at = 0;
  for (const [i, key] of keys.entries()) {
    const own = new Map<number, number>();
    for (const end = at + 2 * (sizes[i] ?? 0); at < end; at += 2) {
      own.set(buckets[at] ?? 0, buckets[at + 1] ?? 0);
    }
    yield [key, { count: counts[i] ?? 0, buckets: own }];
  }
  return undefined;
}
