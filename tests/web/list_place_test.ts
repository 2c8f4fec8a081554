import assert from "node:assert/strict";
import { ListPlace, ROW_PX } from "../../lib/web/list_place.js";

/** A place in a list of so many rows of which ten are seen, and what it told. */
function makePlace(total: number): { place: ListPlace; told: boolean[] } {
  const told: boolean[] = [];
  const place = new ListPlace((isAtEnd) => told.push(isAtEnd));
  place.resize(total, 10 * ROW_PX);
  return { place, told };
}

Deno.test("ListPlace stays at the end while rows come", () => {
  const { place, told } = makePlace(100);
  assert.deepEqual(place.whole, { first: 90, last: 99 });
  place.resize(150, 10 * ROW_PX);
  assert.deepEqual(place.whole, { first: 140, last: 149 });
  assert.deepEqual(told, []);
});

Deno.test("ListPlace stays at the beginning while older rows are found", () => {
  const { place, told } = makePlace(100);
  place.toStart();
  place.shift(0, 50, Infinity);
  place.resize(150, 10 * ROW_PX);
  assert.deepEqual([place.first, place.isAtEnd, told], [0, false, [false]]);
});

Deno.test("ListPlace goes to the beginning of rows that are yet to come", () => {
  const { place } = makePlace(0);
  place.toStart();
  place.resize(0, 10 * ROW_PX);
  place.resize(100, 10 * ROW_PX);
  assert.equal(place.first, 0);
});

Deno.test("ListPlace holds the end when all rows are seen", () => {
  const { place, told } = makePlace(0);
  place.toStart();
  place.resize(10, 10 * ROW_PX);
  place.resize(11, 10 * ROW_PX);
  assert.deepEqual([place.first, place.isAtEnd, told], [1, true, [false, true]]);
});

Deno.test("ListPlace keeps what is seen where it is when rows before it come and go", () => {
  const { place } = makePlace(100);
  place.scrolled(50.5 * ROW_PX);
  for (const [difference, first] of [[40, 90], [-60, 30]] as const) {
    place.shift(20, difference, Infinity);
    assert.deepEqual([place.first, place.offset], [first, -ROW_PX / 2]);
  }
  place.shift(35, 10, Infinity);
  place.shift(0, 10, 25);
  assert.equal(place.first, 30);
});

Deno.test("ListPlace moves no further than needed to bring a row into view", () => {
  const { place } = makePlace(100);
  place.scrolled(50 * ROW_PX);
  for (const [rank, first] of [[55, 50], [45, 45], [54, 45], [55, 46], [0, 0]] as const) {
    place.reveal(rank, false);
    assert.equal(place.first, first, `row ${rank}`);
  }
  place.reveal(50, true);
  assert.equal(place.first, 45);
  place.reveal(99, false);
  assert.equal(place.isAtEnd, true);
});

Deno.test("ListPlace keeps a chosen row of the beginning where it is", () => {
  const { place } = makePlace(100);
  place.toStart();
  place.reveal(3, false);
  place.shift(0, 20, Infinity);
  assert.equal(place.first, 20);
});
