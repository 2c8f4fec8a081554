import assert from "node:assert/strict";
import { Timestamp } from "../../lib/hat/mod.ts";
import { forSeeds, type Random } from "../random.ts";

const SEEDS = 2000;

/** Seconds of every size, often near a power of two. */
function randomTimestamp(random: Random, maxBits = 63): Timestamp {
  const power = 2n ** BigInt(random.int(0, maxBits));
  const s = power - 1n - BigInt(random.below(3));
  const us = random.pick([0, 1, 499_999, 500_000, 999_999, random.below(1_000_000)]);
  const range = 2n ** BigInt(maxBits);
  const bounded = s < -range ? -range : s;
  return new Timestamp(random.chance(0.5) ? bounded : -bounded - 1n, us);
}

Deno.test("Timestamp survives its bytes, and bytes have the order of timestamps", () =>
  forSeeds(SEEDS, (random) => {
    const a = randomTimestamp(random);
    const b = random.chance(0.3)
      ? new Timestamp(a.s, random.below(1_000_000))
      : randomTimestamp(random);
    assert.deepEqual(Timestamp.fromBytes(a.toBytes()), a);
    const [first, second] = [a.toBytes().toHex(), b.toBytes().toHex()];
    const order = first < second ? -1 : first > second ? 1 : 0;
    assert.equal(Math.sign(Timestamp.compare(a, b)), order, `${a} and ${b}`);
    assert.equal(Math.sign(Timestamp.compare(b, a)), 0 - order, `${a} and ${b}`);
    assert.equal(a.equals(b), order === 0);
  }));

Deno.test("Timestamp of up to 32 bits survives a number, one of a date's range its milliseconds", () =>
  forSeeds(SEEDS, (random) => {
    const short = randomTimestamp(random, 32);
    assert.deepEqual(Timestamp.fromNumber(short.toNumber()), short);
    const long = randomTimestamp(random, 42);
    const rounded = new Timestamp(long.s, long.us - long.us % 1000);
    assert.deepEqual(Timestamp.fromDate(long.toDate()), rounded, `${long}`);
  }));

Deno.test("Timestamp.add moves by whole microseconds exactly, and back", () =>
  forSeeds(SEEDS, (random) => {
    const start = randomTimestamp(random, 60);
    const us = random.int(-(2 ** 31), 2 ** 31);
    const moved = start.add(us / 1e6);
    const exact = start.s * 1_000_000n + BigInt(start.us) + BigInt(us);
    assert.equal(moved.s * 1_000_000n + BigInt(moved.us), exact, `${start} and ${us} µs`);
    assert(moved.us >= 0 && moved.us < 1_000_000);
    assert.deepEqual(moved.add(-us / 1e6), start);
  }));
