import assert from "node:assert/strict";
import { Subscription } from "../../lib/hat/mod.ts";
import { forSeeds } from "../random.ts";
import { chosenTypes, EVERY_TYPE, randomQueryTypes, sortedTypes } from "./types.ts";

const SEEDS = 1000;

Deno.test("Subscription matches what one of its query types matches", () =>
  forSeeds(SEEDS, (random) => {
    const types = randomQueryTypes(random);
    const subscription = new Subscription(types);
    const chosen = EVERY_TYPE.filter((type) => subscription.matches(type));
    assert.deepEqual(chosen, chosenTypes(types), JSON.stringify(types));
    assert.deepEqual(chosen, chosenTypes(subscription.getQueryTypes()), JSON.stringify(types));
  }));

Deno.test("Subscription sanitized once stays as it is, in any order of its query types", () =>
  forSeeds(SEEDS, (random) => {
    const types = randomQueryTypes(random);
    const sanitized = new Subscription(types).getQueryTypes();
    assert.deepEqual(new Subscription(sanitized).getQueryTypes(), sanitized);
    const reversed = new Subscription(types.toReversed()).getQueryTypes();
    assert.deepEqual(sortedTypes(reversed), sortedTypes(sanitized));
  }));

Deno.test("Subscription.union chooses what either chooses, intersection what both choose, isdisjoint is true when that is nothing", () =>
  forSeeds(SEEDS, (random) => {
    const [a, b, c] = Array.from(
      { length: 3 },
      () => new Subscription(randomQueryTypes(random)),
    ) as [Subscription, Subscription, Subscription];
    const union = a.union(b, c);
    const intersection = a.intersection(b, c);
    const context = JSON.stringify([a, b, c].map((each) => each.getQueryTypes()));
    let shared = 0;
    for (const type of EVERY_TYPE) {
      const answers = [a, b, c].map((each) => each.matches(type));
      assert.equal(union.matches(type), answers.includes(true), `${context}: ${type}`);
      assert.equal(intersection.matches(type), !answers.includes(false), `${context}: ${type}`);
      if (answers[0] && answers[1]) shared++;
    }
    assert.equal(a.isdisjoint(b), shared === 0);
    assert.equal(b.isdisjoint(a), shared === 0);
    assert.equal(a.isdisjoint(b), a.intersection(b).getQueryTypes().length === 0);
  }));
