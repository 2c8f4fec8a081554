import type { RawEvent } from "../../event/raw_event.ts";

/** Slots of an empty index; the table doubles when it is half full. */
const INITIAL_SLOTS = 1 << 14;

/**
 * Finds events of the same (timestamp, id) among those not sealed yet, exactly: a hash only says where
 * to look.
 */
export class PendingIndex {
  #events: RawEvent[] = [];
  #hashes: number[] = [];
  /** Index of an event plus one, 0 for none; open addressing. */
  #slots = new Int32Array(INITIAL_SLOTS);

  /**
   * Adds an event, unless one of the same timestamp and id is there: then returns false.
   *
   * @param idHash Of the id.
   */
  add(event: RawEvent, idHash: number): boolean {
    const hash = withTimestamp(idHash, event.timestamp);
    const slot = this.#findSlot(event, hash);
    if (this.#slots[slot] !== 0) return false;
    this.#events.push(event);
    this.#hashes.push(hash);
    this.#slots[slot] = this.#events.length;
    if (this.#events.length * 2 > this.#slots.length) this.#grow();
    return true;
  }

  /** Forgets everything. */
  clear(): void {
    this.#events = [];
    this.#hashes = [];
    this.#slots = new Int32Array(INITIAL_SLOTS);
  }

  #findSlot(event: RawEvent, hash: number): number {
    const mask = this.#slots.length - 1;
    for (let slot = hash & mask;; slot = (slot + 1) & mask) {
      const entry = this.#slots[slot] ?? 0;
      if (entry === 0) return slot;
      const other = this.#events[entry - 1];
      if (this.#hashes[entry - 1] === hash && other !== undefined && isSameEvent(event, other)) {
        return slot;
      }
    }
  }

  #grow(): void {
    const slots = new Int32Array(this.#slots.length * 2);
    const mask = slots.length - 1;
    for (let i = 0; i < this.#hashes.length; i++) {
      let slot = (this.#hashes[i] ?? 0) & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = i + 1;
    }
    this.#slots = slots;
  }
}

const number = new Float64Array(1);
const bits = new Int32Array(number.buffer);

/** A producer may give all its events one id: then their timestamps tell them apart. */
function withTimestamp(idHash: number, timestamp: number): number {
  // Adding 0 makes 0 of -0, which is equal.
  number[0] = timestamp + 0;
  const mixed = Math.imul((bits[0] ?? 0) ^ Math.imul(bits[1] ?? 0, 0x85ebca6b), 0xc2b2ae35);
  return (idHash ^ mixed ^ (mixed >>> 15)) >>> 0;
}

/** Whether two events are duplicates of each other. */
function isSameEvent(a: RawEvent, b: RawEvent): boolean {
  const length = a.idEnd - a.idStart;
  if (a.timestamp !== b.timestamp || length !== b.idEnd - b.idStart) return false;
  for (let i = 0; i < length; i++) {
    if (a.buffer[a.idStart + i] !== b.buffer[b.idStart + i]) return false;
  }
  return true;
}
