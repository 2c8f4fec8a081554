/**
 * A Bloom filter over the ids of a block: says "not here" for certain and "perhaps" otherwise.
 *
 * With 10 bits and 7 probes an id, fewer than one in a hundred absent ids is "perhaps".
 */
const BITS_PER_ID = 10;
const PROBES = 7;

/** Two independent 32-bit hashes of an id, from which all probes are made. */
export interface IdHash {
  readonly first: number;
  readonly second: number;
}

/** Hashes the bytes of an id (FNV-1a and a multiplicative variant, each with a final mix). */
export function hashId(bytes: Uint8Array, start: number, end: number): IdHash {
  let first = 0x811c9dc5;
  let second = 0x9747b28c;
  for (let i = start; i < end; i++) {
    const byte = bytes[i] ?? 0;
    first = Math.imul(first ^ byte, 0x01000193);
    second = Math.imul(second, 0x5bd1e995) + byte;
  }
  return { first: mix(first), second: mix(second) | 1 };
}

function mix(hash: number): number {
  let mixed = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}

/** Makes the filter of a block. */
export function makeIdFilter(hashes: readonly IdHash[]): Uint8Array {
  const filter = new Uint8Array(Math.max(1, Math.ceil(hashes.length * BITS_PER_ID / 8)));
  const bits = filter.length * 8;
  for (const { first, second } of hashes) {
    for (let probe = 0; probe < PROBES; probe++) {
      const bit = ((first + Math.imul(probe, second)) >>> 0) % bits;
      filter[bit >> 3] = (filter[bit >> 3] ?? 0) | (1 << (bit & 7));
    }
  }
  return filter;
}

/** Whether the block may hold an id of this hash. */
export function mayHold(filter: Uint8Array, { first, second }: IdHash): boolean {
  const bits = filter.length * 8;
  for (let probe = 0; probe < PROBES; probe++) {
    const bit = ((first + Math.imul(probe, second)) >>> 0) % bits;
    if (((filter[bit >> 3] ?? 0) & (1 << (bit & 7))) === 0) return false;
  }
  return true;
}
