/** Hashes the bytes of an id between two places to 32 bits. */
export type IdHash = (bytes: Uint8Array, start: number, end: number) => number;

/**
 * Makes the hash of a store.
 *
 * The seed differs from store to store, so that nobody can choose ids that all hash to the same value
 * and make looking for duplicates slow. FNV-1a with a final mix.
 */
export function makeIdHash(seed: number): IdHash {
  const start = (0x811c9dc5 ^ seed) | 0;
  return (bytes, from, to) => {
    let hash = start;
    for (let i = from; i < to; i++) hash = Math.imul(hash ^ (bytes[i] ?? 0), 0x01000193);
    hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
    return (hash ^ (hash >>> 16)) >>> 0;
  };
}
