import assert from "node:assert/strict";
import { DirectoryListings } from "../../lib/tail/directory_listings.ts";
import { Workbench } from "./workbench.ts";

Deno.test("DirectoryListings has one listing a directory, whatever it is called", () => {
  using bench = new Workbench();
  const listings = new DirectoryListings(() => {});
  const listing = listings.get(bench.directory, 0, true);
  assert.equal(listings.get(`${bench.directory}/./`, 0, true), listing);
  listings.keepOnly(new Set([bench.directory]));
  assert.equal(listings.get(bench.directory, 0, true), listing);
  listings.keepOnly(new Set());
  assert.notEqual(listings.get(bench.directory, 0, true), listing);
});

Deno.test("DirectoryListings tells whether a look found something else", () => {
  using bench = new Workbench();
  const listings = new DirectoryListings(() => {});
  assert.deepEqual(listings.get(bench.directory, 0, true).files, []);
  assert.equal(listings.look(1, "some"), false);
  bench.write("a", "");
  assert.equal(listings.look(2, "some"), true);
  assert.equal(listings.look(3, "some"), false);
  assert.deepEqual(listings.get(bench.directory, 4, true).files, ["a"]);
});
