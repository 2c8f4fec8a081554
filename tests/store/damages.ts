import { PAGE_BYTES } from "../../lib/store/sqlite/schema.ts";
import type { Random } from "../random.ts";
import type { DamageMap } from "./damage_map.ts";

/** Damages the bytes of a database, which may be changed in place. */
export type Damage = (
  bytes: Uint8Array<ArrayBuffer>,
  random: Random,
  map: DamageMap,
) => Uint8Array<ArrayBuffer>;

/** What can become of a file on a bad disk, and what hits each kind of page. */
export const DAMAGES: Readonly<Record<string, Damage>> = {
  "one bit": (bytes, random) => flipBits(bytes, random, 1),
  "100 bits": (bytes, random) => flipBits(bytes, random, 100),
  "a zeroed sector": (bytes, random) => {
    const at = random.below(bytes.length / 512) * 512;
    return bytes.fill(0, at, at + 512);
  },
  "a torn end": (bytes, random) => bytes.slice(0, 512 + random.below(bytes.length - 512)),
  "a torn page": (bytes, random) => bytes.slice(0, bytes.length - 1 - random.below(PAGE_BYTES)),
  "an end between pages": (bytes, random, { count }) =>
    bytes.slice(0, random.int(1, count - 1) * PAGE_BYTES),
  "a zeroed page": (bytes, random, { count }) => zeroPage(bytes, random.int(1, count)),
  "a page of noise": (bytes, random, { count }) => {
    const page = pageAt(bytes, random.int(1, count));
    for (let i = 0; i < page.length; i++) page[i] = random.below(256);
    return bytes;
  },
  // Of those in use: what is exchanged for a free page may come back, as nothing tells.
  "two pages exchanged": (bytes, random, { used }) => {
    const [a, b] = [pageAt(bytes, random.pick(used)), pageAt(bytes, random.pick(used))];
    const kept = a.slice();
    a.set(b);
    b.set(kept);
    return bytes;
  },
  "a page in another's place": (bytes, random, { used }) => {
    pageAt(bytes, random.pick(used)).set(pageAt(bytes, random.pick(used)).slice());
    return bytes;
  },
  "page 1 zeroed": (bytes) => zeroPage(bytes, 1),
  "no magic": (bytes, random) => flipIn(bytes, random, 0, 16, 1),
  "the header": (bytes, random) => flipIn(bytes, random, 0, 100, 1 + random.below(3)),
  "the schema": (bytes, random) => flipIn(bytes, random, 100, PAGE_BYTES, 1 + random.below(20)),
  "the head of the schema": (bytes, random) => flipIn(bytes, random, 100, 150, 1),
  "the root of the blocks zeroed": (bytes, _, { roots }) =>
    zeroPage(bytes, roots.get("block_data") ?? 0),
  "any root": (bytes, random, { roots }) => {
    const root = random.pick([...roots.values()].filter((page) => page > 0));
    return flipPage(bytes, random, root);
  },
  "an interior page": (bytes, random, { interior }) =>
    flipPage(bytes, random, random.pick([...interior, 1])),
  "the keys of an interior page": (bytes, random, { interior }) => {
    const end = random.pick([...interior, 1]) * PAGE_BYTES;
    return flipIn(bytes, random, end - 60, end, 1 + random.below(3));
  },
  "an interior page zeroed": (bytes, random, { interior }) =>
    zeroPage(bytes, random.pick([...interior, 1])),
  "the head of a leaf": (bytes, random, { leaves }) => {
    const start = (random.pick(leaves) - 1) * PAGE_BYTES;
    return flipIn(bytes, random, start, start + 64, 1);
  },
  "a leaf": (bytes, random, { leaves }) => flipPage(bytes, random, random.pick(leaves)),
  "the list of free pages": (bytes, random, { trunk }) => {
    const start = (Math.max(trunk, 1) - 1) * PAGE_BYTES;
    return flipIn(bytes, random, start, start + 64, 1);
  },
  "the pointer map": (bytes, random, { count }) => {
    const start = PAGE_BYTES;
    return flipIn(bytes, random, start, start + 5 * Math.min(count, 3276), 1 + random.below(4));
  },
  "the pointer map zeroed": (bytes) => zeroPage(bytes, 2),
};

function flipBits(bytes: Uint8Array<ArrayBuffer>, random: Random, count: number): typeof bytes {
  return flipIn(bytes, random, 0, bytes.length, count);
}

/** Flips bits from one place to another. */
export function flipIn(
  bytes: Uint8Array<ArrayBuffer>,
  random: Random,
  start: number,
  end: number,
  count: number,
): Uint8Array<ArrayBuffer> {
  for (let i = 0; i < count; i++) {
    const at = random.int(start, end - 1);
    bytes[at] = (bytes[at] ?? 0) ^ (1 << random.below(8));
  }
  return bytes;
}

function flipPage(bytes: Uint8Array<ArrayBuffer>, random: Random, page: number): typeof bytes {
  const start = (page - 1) * PAGE_BYTES;
  return flipIn(bytes, random, start, start + PAGE_BYTES, 1 + random.below(8));
}

function zeroPage(bytes: Uint8Array<ArrayBuffer>, page: number): typeof bytes {
  pageAt(bytes, page).fill(0);
  return bytes;
}

function pageAt(bytes: Uint8Array, page: number): Uint8Array {
  return bytes.subarray((page - 1) * PAGE_BYTES, page * PAGE_BYTES);
}
