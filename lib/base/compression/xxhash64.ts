const PRIME_1 = 0x9e3779b185ebca87n;
const PRIME_2 = 0xc2b2ae3d27d4eb4fn;
const PRIME_3 = 0x165667b19e3779f9n;
const PRIME_4 = 0x85ebca77c2b2ae63n;
const PRIME_5 = 0x27d4eb2f165667c5n;
const STRIPE_BYTES = 32;

/**
 * The checksum XXH64 with seed 0, of bytes that come in pieces.
 *
 * @example
 * ```ts
 * import { XxHash64 } from "./xxhash64.ts";
 * import assert from "node:assert/strict";
 *
 * const hash = new XxHash64();
 * hash.update(new TextEncoder().encode("abc"));
 * assert.equal(hash.digest(), 0x44bc2cf5ad770999n);
 * ```
 */
export class XxHash64 {
  readonly #lanes = new BigUint64Array([wrap(PRIME_1 + PRIME_2), PRIME_2, 0n, wrap(-PRIME_1)]);
  readonly #held = new Uint8Array(STRIPE_BYTES);
  #heldLength = 0;
  #length = 0;

  /** Adds bytes. */
  update(bytes: Uint8Array): void {
    this.#length += bytes.length;
    let at = 0;
    if (this.#heldLength > 0) {
      at = Math.min(bytes.length, STRIPE_BYTES - this.#heldLength);
      this.#held.set(bytes.subarray(0, at), this.#heldLength);
      this.#heldLength += at;
      if (this.#heldLength < STRIPE_BYTES) return;
      this.#addStripes(this.#held);
    }
    const whole = at + (bytes.length - at) - (bytes.length - at) % STRIPE_BYTES;
    this.#addStripes(bytes.subarray(at, whole));
    this.#held.set(bytes.subarray(whole));
    this.#heldLength = bytes.length - whole;
  }

  /** The checksum of all bytes so far. */
  digest(): bigint {
    let hash = this.#mixLanes() + BigInt(this.#length);
    const view = new DataView(this.#held.buffer, 0, this.#heldLength);
    let at = 0;
    for (; at + 8 <= view.byteLength; at += 8) {
      hash ^= round(0n, view.getBigUint64(at, true));
      hash = wrap(rotate(wrap(hash), 27n) * PRIME_1 + PRIME_4);
    }
    for (; at + 4 <= view.byteLength; at += 4) {
      hash ^= wrap(BigInt(view.getUint32(at, true)) * PRIME_1);
      hash = wrap(rotate(wrap(hash), 23n) * PRIME_2 + PRIME_3);
    }
    for (; at < view.byteLength; at++) {
      hash ^= wrap(BigInt(view.getUint8(at)) * PRIME_5);
      hash = wrap(rotate(wrap(hash), 11n) * PRIME_1);
    }
    return avalanche(wrap(hash));
  }

  #mixLanes(): bigint {
    if (this.#length < STRIPE_BYTES) return PRIME_5;
    const [first, second, third, fourth] = [...this.#lanes] as [bigint, bigint, bigint, bigint];
    let hash = wrap(
      rotate(first, 1n) + rotate(second, 7n) + rotate(third, 12n) + rotate(fourth, 18n),
    );
    for (const lane of [first, second, third, fourth]) {
      hash = wrap((hash ^ round(0n, lane)) * PRIME_1 + PRIME_4);
    }
    return hash;
  }

  #addStripes(bytes: Uint8Array): void {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const lanes = this.#lanes;
    let [first, second, third, fourth] = [...lanes] as [bigint, bigint, bigint, bigint];
    for (let at = 0; at < bytes.length; at += STRIPE_BYTES) {
      first = round(first, view.getBigUint64(at, true));
      second = round(second, view.getBigUint64(at + 8, true));
      third = round(third, view.getBigUint64(at + 16, true));
      fourth = round(fourth, view.getBigUint64(at + 24, true));
    }
    lanes.set([first, second, third, fourth]);
  }
}

function wrap(value: bigint): bigint {
  return BigInt.asUintN(64, value);
}

function rotate(value: bigint, count: bigint): bigint {
  return wrap(value << count) | value >> (64n - count);
}

function round(lane: bigint, input: bigint): bigint {
  return wrap(rotate(wrap(lane + wrap(input * PRIME_2)), 31n) * PRIME_1);
}

function avalanche(hash: bigint): bigint {
  const once = wrap((hash ^ hash >> 33n) * PRIME_2);
  const twice = wrap((once ^ once >> 29n) * PRIME_3);
  return twice ^ twice >> 32n;
}
