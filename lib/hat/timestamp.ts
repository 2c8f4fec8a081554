/** How long a timestamp in bytes is. */
export const TIMESTAMP_BYTES = 12;

const US_PER_SECOND = 1_000_000;

/** Added to the seconds in bytes, so that bytes have the order of timestamps. */
const BIAS = 2n ** 63n;

/** The greatest number that the four bytes of the microseconds hold. */
const MAX_US_IN_BYTES = 2 ** 32 - 1;

/**
 * A moment: seconds since 1970-01-01T00:00:00Z and microseconds. It cannot be changed.
 *
 * The seconds are a `bigint`, exact over the whole range of 64 bits. As in Hat, the microseconds of a
 * moment before 1970 count forward too: half a second before is `s = -1n, us = 500000`. Microseconds
 * are 0 to 999,999; since Hat's bytes can carry more, up to 2³² − 1 is kept as it is, never normalized.
 *
 * @example
 * ```ts
 * import { Timestamp } from "@theia/collector/hat";
 * import assert from "node:assert/strict";
 *
 * const moment = new Timestamp(1_700_000_000n, 250_000);
 * assert.equal(moment.add(0.5).toString(), "2023-11-14T22:13:20.750000Z");
 * assert.deepEqual(Timestamp.fromBytes(moment.toBytes()), moment);
 * ```
 */
export class Timestamp {
  /** The least timestamp. */
  static readonly MIN: Timestamp = new Timestamp(-BIAS, 0);
  /** The greatest timestamp. */
  static readonly MAX: Timestamp = new Timestamp(BIAS - 1n, US_PER_SECOND - 1);

  /** Seconds since 1970, rounded down. */
  readonly s: bigint;
  /** Microseconds since that second. */
  readonly us: number;

  /**
   * Makes a timestamp of its parts.
   *
   * @param s Seconds since 1970, of 64 bits.
   * @param us Microseconds, 0 to 999,999.
   * @throws {TypeError} When a part has the wrong kind.
   * @throws {RangeError} When a part is out of range.
   */
  constructor(s: bigint, us: number) {
    if (typeof s !== "bigint") throw new TypeError(problem("s", "must be a bigint", s));
    if (s < -BIAS || s >= BIAS) throw new RangeError(problem("s", "must fit into 64 bits", s));
    if (!Number.isInteger(us)) throw new TypeError(problem("us", "must be an integer", us));
    if (us < 0 || us > MAX_US_IN_BYTES) {
      throw new RangeError(problem("us", "must be from 0 to 999999", us));
    }
    this.s = s;
    this.us = us;
  }

  /** This moment, as exact as the clock of `Date`: to the millisecond. */
  static now(): Timestamp {
    return ofMilliseconds(Date.now());
  }

  /** Less than 0 when `a` is earlier than `b`, more than 0 when it is later, else 0. */
  static compare(a: Timestamp, b: Timestamp): number {
    if (a.s !== b.s) return a.s < b.s ? -1 : 1;
    return a.us - b.us;
  }

  /**
   * The timestamp of 12 bytes.
   *
   * @param bytes Big-endian, the seconds plus 2⁶³ in eight bytes, then the microseconds in four.
   * @throws {RangeError} When there are not 12 bytes.
   */
  static fromBytes(bytes: Uint8Array): Timestamp {
    if (bytes.length !== TIMESTAMP_BYTES) {
      throw new RangeError(problem("bytes", "must have 12 bytes", bytes.length));
    }
    const view = new DataView(bytes.buffer, bytes.byteOffset, TIMESTAMP_BYTES);
    return new Timestamp(view.getBigUint64(0) - BIAS, view.getUint32(8));
  }

  /**
   * The timestamp of seconds with a fraction, with Hat's answers: rounded to the microsecond, ties to
   * even. Beyond ±2⁵³ a negative number gives the second before, as in Hat.
   *
   * @throws {RangeError} When the number is not finite or does not fit into 64 bits.
   */
  static fromNumber(seconds: number): Timestamp {
    assertFinite(seconds);
    const s = BigInt(Math.trunc(seconds)) - (seconds < 0 ? 1n : 0n);
    return carried(s, roundHalfEven((seconds - Number(s)) * US_PER_SECOND));
  }

  /**
   * The timestamp of a date.
   *
   * @throws {RangeError} When the date is invalid.
   */
  static fromDate(date: Date): Timestamp {
    const ms = date.getTime();
    if (Number.isNaN(ms)) throw new RangeError(problem("date", "must be valid", date));
    return ofMilliseconds(ms);
  }

  /**
   * The moment some seconds later or, when they are negative, earlier. The fraction is rounded to the
   * microsecond, ties to even.
   *
   * @throws {RangeError} When the seconds are not finite or the result does not fit into 64 bits.
   */
  add(seconds: number): Timestamp {
    assertFinite(seconds);
    const whole = Math.trunc(seconds);
    return carried(
      this.s + BigInt(whole),
      this.us + roundHalfEven((seconds - whole) * US_PER_SECOND),
    );
  }

  /** Whether it is the same moment. */
  equals(other: Timestamp): boolean {
    return this.s === other.s && this.us === other.us;
  }

  /** The 12 bytes that {@linkcode Timestamp.fromBytes} reads. Their order is that of timestamps. */
  toBytes(): Uint8Array<ArrayBuffer> {
    const bytes = new Uint8Array(TIMESTAMP_BYTES);
    const view = new DataView(bytes.buffer);
    view.setBigUint64(0, this.s + BIAS);
    view.setUint32(8, this.us);
    return bytes;
  }

  /** Seconds with a fraction, as exact as a number can be: to the microsecond for this century. */
  toNumber(): number {
    return Number(this.s) + this.us * 1e-6;
  }

  /**
   * The date, rounded down to the millisecond.
   *
   * @throws {RangeError} When no `Date` reaches that far: 8.64 × 10¹² seconds before and after 1970.
   */
  toDate(): Date {
    const date = new Date(Number(this.s) * 1000 + Math.floor(this.us / 1000));
    if (Number.isNaN(date.getTime())) {
      throw new RangeError(
        `Cannot make date as it would be out of range: current value is ${this}`,
      );
    }
    return date;
  }

  /** As `2023-11-14T22:13:20.250000Z`; what no `Date` reaches, and odd microseconds, as seconds. */
  toString(): string {
    const us = String(this.us).padStart(6, "0");
    const second = new Date(Number(this.s) * 1000);
    if (Number.isNaN(second.getTime()) || us.length > 6) return `${this.s} s ${this.us} µs`;
    return `${second.toISOString().slice(0, -5)}.${us}Z`;
  }
}

function ofMilliseconds(ms: number): Timestamp {
  const s = Math.floor(ms / 1000);
  return new Timestamp(BigInt(s), (ms - s * 1000) * 1000);
}

/** Makes a timestamp of microseconds that may be negative or a second and more. */
function carried(s: bigint, us: number): Timestamp {
  const carry = Math.floor(us / US_PER_SECOND);
  return new Timestamp(s + BigInt(carry), us - carry * US_PER_SECOND);
}

function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  const up = rest > 0.5 || (rest === 0.5 && floor % 2 !== 0);
  return up ? floor + 1 : floor;
}

function assertFinite(seconds: number): void {
  if (!Number.isFinite(seconds)) {
    throw new RangeError(problem("seconds", "must be a finite number", seconds));
  }
}

function problem(part: string, rule: string, value: unknown): string {
  return `Cannot make timestamp as '${part}' ${rule}: current value is ${String(value)}`;
}
