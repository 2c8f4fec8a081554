import assert from "node:assert/strict";
import { roundToDigits, roundToPlaces, shortestDecimal } from "../../../lib/cli/format/decimal.ts";

Deno.test("shortestDecimal gives the fewest digits that read back", () => {
  assert.deepEqual(shortestDecimal(0.1), { digits: "1", exponent: -1 });
  assert.deepEqual(shortestDecimal(0), { digits: "0", exponent: 0 });
  assert.deepEqual(shortestDecimal(5e-324), { digits: "5", exponent: -324 });
});

Deno.test("roundToDigits rounds ties to the even digit", () => {
  assert.deepEqual(roundToDigits(0.5, 1), { digits: "5", exponent: -1 });
  assert.deepEqual(roundToDigits(2.5, 1), { digits: "2", exponent: 0 });
  assert.deepEqual(roundToDigits(3.5, 1), { digits: "4", exponent: 0 });
});

Deno.test("roundToDigits carries into the next power of ten", () => {
  assert.deepEqual(roundToDigits(9.96, 2), { digits: "10", exponent: 1 });
  assert.deepEqual(roundToDigits(1e23, 3), { digits: "100", exponent: 23 });
});

Deno.test("roundToDigits does not take the shortest text for the value", () => {
  assert.deepEqual(roundToDigits(1e23, 16), { digits: "9999999999999999", exponent: 22 });
});

Deno.test("roundToDigits gives zeros behind the last exact digit", () => {
  const { digits, exponent } = roundToDigits(5e-324, 1000);
  assert.equal(digits.length, 1000);
  assert.equal(exponent, -324);
  assert.match(digits, /^494065645841246544.*6250{249}$/);
  assert.deepEqual(roundToDigits(0, 3), { digits: "000", exponent: 0 });
});

Deno.test("roundToPlaces rounds ties to the even digit", () => {
  const rows: readonly (readonly [number, number, string])[] = [
    [0.5, 0, "0"],
    [1.5, 0, "2"],
    [0.125, 2, "0.12"],
    [0.375, 2, "0.38"],
    [2.675, 2, "2.67"],
  ];
  for (const [value, places, text] of rows) assert.equal(roundToPlaces(value, places), text);
});

Deno.test("roundToPlaces writes large numbers and many places exactly", () => {
  assert.equal(roundToPlaces(1e23, 1), "99999999999999991611392.0");
  assert.equal(roundToPlaces(0.5, 1200), `0.5${"0".repeat(1199)}`);
  assert.equal(roundToPlaces(5e-324, 1074).length, 1076);
});
