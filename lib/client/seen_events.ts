import type { RawEvent } from "../event/raw_event.ts";

/** So many events can be told apart: 64 MiB, for a gigabyte of ordinary log lines. */
export const MAX_SEEN_EVENTS = 4 << 20;

/** Slots of the first table; it doubles when half of them are taken. */
const FIRST_SLOTS = 1 << 12;

/** Both halves of a hash. */
const WORDS = 2;

/**
 * A set of events, recognised by timestamp and id, that takes 16 to 32 bytes for each one: it keeps hashes
 * of 64 bits. That one of a million events is taken for another has a chance of one in 30 million.
 */
export class SeenEvents {
  #table = new Uint32Array(0);
  #size = 0;
  readonly #bits = new DataView(new ArrayBuffer(8));
  #high = 0;
  #low = 0;

  /** How many there are. */
  get size(): number {
    return this.#size;
  }

  /** Adds an event; one that is there already changes nothing. */
  add(event: RawEvent): void {
    if (this.#size * 2 >= this.#table.length / WORDS) this.#grow();
    this.#hash(event);
    this.#insert(this.#high, this.#low);
  }

  /** Whether an event was added. */
  has(event: RawEvent): boolean {
    if (this.#size === 0) return false;
    this.#hash(event);
    const at = this.#find(this.#high, this.#low);
    return this.#table[at] !== 0 || this.#table[at + 1] !== 0;
  }

  /** Forgets all of them. */
  clear(): void {
    if (this.#size === 0) return;
    this.#table = new Uint32Array(0);
    this.#size = 0;
  }

  #grow(): void {
    const old = this.#table;
    this.#table = new Uint32Array(Math.max(FIRST_SLOTS * WORDS, old.length * 2));
    this.#size = 0;
    for (let i = 0; i < old.length; i += WORDS) {
      const [high = 0, low = 0] = [old[i], old[i + 1]];
      if (high !== 0 || low !== 0) this.#insert(high, low);
    }
  }

  #insert(high: number, low: number): void {
    const at = this.#find(high, low);
    if (this.#table[at] !== 0 || this.#table[at + 1] !== 0) return;
    this.#table[at] = high;
    this.#table[at + 1] = low;
    this.#size++;
  }

  /** Where the hash is, or the free slot where it belongs. */
  #find(high: number, low: number): number {
    const table = this.#table;
    const mask = table.length - 1;
    for (let at = (low * WORDS) & mask;; at = (at + WORDS) & mask) {
      const isFree = table[at] === 0 && table[at + 1] === 0;
      if (isFree || (table[at] === high && table[at + 1] === low)) return at;
    }
  }

  /** Two hashes of 32 bits over the bytes of id and timestamp (FNV-1a, finished as MurmurHash3 does). */
  #hash({ buffer, idStart, idEnd, timestamp }: RawEvent): void {
    let high = 0x811c9dc5;
    let low = 0x9747b28c;
    const take = (byte: number) => {
      high = Math.imul(high ^ byte, 0x01000193);
      low = Math.imul(low ^ byte, 0x5bd1e995);
      low ^= low >>> 15;
    };
    for (let i = idStart; i < idEnd; i++) take(buffer[i] ?? 0);
    this.#bits.setFloat64(0, timestamp);
    for (let i = 0; i < 8; i++) take(this.#bits.getUint8(i));
    this.#high = finish(high);
    // A slot of zeros is free.
    this.#low = finish(low) || 1;
  }
}

function finish(hash: number): number {
  let mixed = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
