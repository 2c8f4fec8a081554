import assert from "node:assert/strict";
import { sentence, sentences } from "../../lib/cli/lorem.ts";
import { Pace } from "../../lib/cli/pace.ts";
import { Random } from "../../lib/cli/random.ts";
import { Simulator } from "../../lib/cli/simulator.ts";

function take(count: number, options: ConstructorParameters<typeof Simulator>[0]): string {
  const simulator = new Simulator(options);
  return JSON.stringify(Array.from({ length: count }, (_, i) => simulator.next(i)));
}

Deno.test("Simulator makes the same events for the same seed, and others for another", () => {
  const options = { tags: ["a", "b", "c"], sources: ["x", "y"], contentSize: 100 };
  assert.equal(take(200, { ...options, seed: 7 }), take(200, { ...options, seed: 7 }));
  assert.notEqual(take(200, { ...options, seed: 7 }), take(200, { ...options, seed: 8 }));
  assert.notEqual(take(1, { seed: 1 }), take(1, { seed: 1 + 2 ** 32 }));
});

Deno.test("Simulator makes ids that are UUIDs and all different", () => {
  const simulator = new Simulator({ seed: 1 });
  const ids = Array.from({ length: 5000 }, () => simulator.next(0).id);
  assert.equal(new Set(ids).size, ids.length);
  const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
  for (const id of ids) assert.match(id, uuid);
});

Deno.test("Simulator chooses a random subset of the tags in any order, never none", () => {
  const simulator = new Simulator({ seed: 2, tags: ["a", "b", "c"] });
  const seen = new Set(Array.from({ length: 2000 }, () => simulator.next(0).tags.join("")));
  // 3 tags alone, 3 × 2 pairs, 3 × 2 × 1 of all.
  assert.equal(seen.size, 15);
  assert(!seen.has(""));
});

Deno.test("Simulator chooses among the sources", () => {
  const simulator = new Simulator({ seed: 3, sources: ["x", "y", "z"] });
  const seen = new Set(Array.from({ length: 200 }, () => simulator.next(0).source));
  assert.deepEqual([...seen].sort(), ["x", "y", "z"]);
});

Deno.test("Simulator has one tag and one source of its own, and takes a content as it is", () => {
  const { tags, source, content, timestamp } = new Simulator({ seed: 4, content: "" }).next(12.5);
  assert.equal(tags.length, 1);
  assert.notEqual(source, "");
  assert.equal(content, "");
  assert.equal(timestamp, 12.5);
});

Deno.test("sentences are whole and at least as long as asked for", () => {
  const random = new Random(5);
  for (const size of [1, 50, 120, 1000]) {
    for (let i = 0; i < 50; i++) {
      const text = sentences(random, size);
      assert(text.length >= size);
      assert.match(text, /^(?:[A-Z][a-z]*(?:,? [a-z]+)+\.(?: |$))+$/);
      const last = text.slice(0, -1).lastIndexOf(". ");
      assert(last < size, "one sentence more than needed");
    }
  }
  assert.match(sentence(random), /^[A-Z][a-z ,]+\.$/);
  assert.match(sentences(random), /^[^.]+\.$/);
});

Deno.test("Random draws integers evenly from the whole range", () => {
  const random = new Random(6);
  const counts = new Map<number, number>();
  for (let i = 0; i < 60_000; i++) {
    const value = random.integer(1, 6);
    counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  assert.deepEqual([...counts.keys()].sort(), [1, 2, 3, 4, 5, 6]);
  for (const count of counts.values()) assert(Math.abs(count - 10_000) < 500, String(count));
});

Deno.test("Pace gives what is due by the clock, the first at once", async () => {
  const clock = { ms: 0 };
  const { signal } = new AbortController();
  const pace = new Pace(100, () => clock.ms);
  assert.equal(await pace.take(1, 1000, signal), 1);
  clock.ms = 95;
  assert.equal(await pace.take(1, 1000, signal), 9);
  clock.ms = 1000;
  assert.equal(await pace.take(1, 40, signal), 40);
  assert.equal(await pace.take(1, 1000, signal), 51);
  const waiting = pace.take(5, 1000, signal);
  clock.ms = 1050;
  assert.equal(await waiting, 5);
});

Deno.test("Pace waits for nothing when the rate is infinite, and ends with its signal", async () => {
  const stop = new AbortController();
  const pace = new Pace(Infinity, () => 0);
  assert.equal(await pace.take(1, 1000, stop.signal), 1000);
  const slow = new Pace(0.001, () => 0);
  await slow.take(1, 1, stop.signal);
  const waiting = slow.take(1, 1, stop.signal);
  stop.abort(new Error("enough"));
  await assert.rejects(waiting, /enough/);
});
