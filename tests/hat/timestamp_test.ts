import assert from "node:assert/strict";
import { Timestamp } from "../../lib/hat/mod.ts";
import { floatOf, testVectors } from "./vectors.ts";

interface Moment {
  readonly s: string;
  readonly us: number;
}

/** One with `error` is what Hat refuses. */
interface Refusable {
  readonly error?: string;
}

interface TimestampVectors {
  readonly to_bytes: readonly (Moment & Refusable & { readonly hex?: string })[];
  readonly from_bytes: readonly (Partial<Moment> & Refusable & { readonly hex: string })[];
  readonly to_float: readonly (Moment & { readonly f64: string })[];
  readonly from_float: readonly (Partial<Moment> & Refusable & { readonly f64: string })[];
  readonly from_datetime: readonly {
    readonly iso: string;
    readonly exact_s: string;
    readonly exact_us: number;
  }[];
  readonly to_datetime: readonly (Moment & Refusable & { readonly iso?: string })[];
  readonly add: readonly (Moment & { readonly add_f64: string; readonly result: Moment })[];
}

const SAMPLE: TimestampVectors = {
  to_bytes: [
    { s: "-3", us: 7, hex: "7ffffffffffffffd00000007" },
    { s: "3", us: 2 ** 32, error: "too large" },
  ],
  from_bytes: [
    { hex: "8000000000000003000f423f", s: "3", us: 999_999 },
    { hex: "80000000000000030000", error: "too short" },
  ],
  to_float: [{ s: "-3", us: 250_000, f64: "c006000000000000" }],
  from_float: [
    { f64: "c006000000000000", s: "-3", us: 250_000 },
    { f64: "7ff0000000000000", error: "infinite" },
  ],
  from_datetime: [{ iso: "1969-12-31T23:59:57.250+00:00", exact_s: "-3", exact_us: 250_000 }],
  to_datetime: [{ s: "-3", us: 250_001, iso: "1969-12-31T23:59:57.250001+00:00" }],
  add: [{ s: "-1", us: 750_000, add_f64: "3ff4000000000000", result: { s: "1", us: 0 } }],
};

testVectors<TimestampVectors>(
  "Timestamp converts and adds as Hat does",
  "timestamp",
  SAMPLE,
  (vectors) => {
    for (const vector of vectors.to_bytes) {
      if (vector.error !== undefined) assert.throws(() => moment(vector), RangeError);
      else assert.equal(moment(vector).toBytes().toHex(), vector.hex);
    }
    for (const vector of vectors.from_bytes) {
      checkMade(vector, () => Timestamp.fromBytes(Uint8Array.fromHex(vector.hex)));
    }
    for (const vector of vectors.to_float) {
      assert.equal(moment(vector).toNumber(), floatOf(vector.f64), `${vector.s}.${vector.us}`);
    }
    for (const vector of vectors.from_float) {
      checkMade(vector, () => Timestamp.fromNumber(floatOf(vector.f64)));
    }
    for (const vector of vectors.add) {
      const result = moment(vector).add(floatOf(vector.add_f64));
      assert.deepEqual(result, moment(vector.result), JSON.stringify(vector));
    }
    checkDates(vectors);
  },
);

testVectors<Readonly<Record<"min" | "max", Moment>>>(
  "Timestamp has Hat's least and greatest",
  "timestamp-constants",
  {
    min: { s: String(-(2n ** 63n)), us: 0 },
    max: { s: String(2n ** 63n - 1n), us: 999_999 },
  },
  ({ min, max }) => {
    assert.deepEqual(Timestamp.MIN, moment(min));
    assert.deepEqual(Timestamp.MAX, moment(max));
  },
);

function moment({ s, us }: Moment): Timestamp {
  return new Timestamp(BigInt(s), us);
}

/** What Hat makes beyond 64 bits is refused: neither its bytes nor its wire can carry it. */
function checkMade(vector: Partial<Moment> & Refusable, make: () => Timestamp): void {
  const { s = "", us = 0 } = vector;
  const isRefused = vector.error !== undefined || BigInt.asIntN(64, BigInt(s)) !== BigInt(s);
  if (isRefused) assert.throws(make, RangeError, JSON.stringify(vector));
  else assert.deepEqual(make(), moment({ s, us }), JSON.stringify(vector));
}

/** A `Date` holds milliseconds; `toString` has what is below. Years that Python refuses are fine. */
function checkDates(vectors: TimestampVectors): void {
  for (const { iso, exact_s: s, exact_us: us } of vectors.from_datetime) {
    const exact = new Timestamp(BigInt(s), us - us % 1000);
    assert.deepEqual(Timestamp.fromDate(new Date(iso)), exact, iso);
  }
  for (const vector of vectors.to_datetime) {
    if (vector.error !== undefined) {
      const isFar = BigInt(vector.s) > 8_640_000_000_000n || BigInt(vector.s) < -8_640_000_000_000n;
      if (isFar) assert.throws(() => moment(vector).toDate(), RangeError, JSON.stringify(vector));
      continue;
    }
    const iso = `${vector.iso}`;
    assert.equal(moment(vector).toDate().getTime(), new Date(iso).getTime(), iso);
    assert.equal(fullIso(iso), moment(vector).toString());
  }
}

/** Python leaves out microseconds of 0. */
function fullIso(iso: string): string {
  return iso.replace("+00:00", "").replace(/(:\d\d)$/, "$1.000000") + "Z";
}

Deno.test("Timestamp refuses parts of the wrong kind and out of range", () => {
  assert.throws(() => new Timestamp(1 as unknown as bigint, 0), {
    name: "TypeError",
    message: "Cannot make timestamp as 's' must be a bigint: current value is 1",
  });
  assert.throws(() => new Timestamp(0n, 0.5), {
    name: "TypeError",
    message: "Cannot make timestamp as 'us' must be an integer: current value is 0.5",
  });
  for (
    const [s, us] of [[2n ** 63n, 0], [-(2n ** 63n) - 1n, 0], [0n, -1], [0n, 2 ** 32]] as const
  ) {
    assert.throws(() => new Timestamp(s, us), RangeError);
  }
  assert.throws(() => Timestamp.MAX.add(1), RangeError);
  assert.throws(() => Timestamp.MIN.add(-0.1), RangeError);
  assert.throws(() => Timestamp.fromDate(new Date(NaN)), RangeError);
  for (const seconds of [NaN, Infinity]) {
    assert.throws(() => Timestamp.fromNumber(seconds), RangeError);
    assert.throws(() => Timestamp.MIN.add(seconds), RangeError);
  }
});

Deno.test("Timestamp.now lies between two readings of the clock", () => {
  const before = Date.now();
  const now = Timestamp.now().toDate().getTime();
  assert(before <= now && now <= Date.now());
});

Deno.test("Timestamp.toString shows what no date can", () => {
  assert.equal(Timestamp.MAX.toString(), "9223372036854775807 s 999999 µs");
  assert.equal(new Timestamp(0n, 1_000_000).toString(), "0 s 1000000 µs");
});

Deno.test("Timestamp.fromBytes reads a part of a larger buffer", () => {
  const buffer = new Uint8Array(40);
  buffer.set(new Timestamp(-5n, 17).toBytes(), 9);
  assert.deepEqual(Timestamp.fromBytes(buffer.subarray(9, 21)), new Timestamp(-5n, 17));
});
