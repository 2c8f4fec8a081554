import assert from "node:assert/strict";
import { Backoff, sleep } from "../../lib/base/backoff.ts";

Deno.test("Backoff doubles the bound up to the maximum and starts over after reset", () => {
  const backoff = new Backoff({ minDelayMs: 10, maxDelayMs: 60, random: () => 0.5 });
  assert.deepEqual([1, 2, 3, 4, 5].map(() => backoff.next()), [5, 10, 20, 30, 30]);
  backoff.reset();
  assert.equal(backoff.next(), 5);
});

Deno.test("Backoff delays anywhere between zero and the bound", () => {
  let value = 0;
  const backoff = new Backoff({ minDelayMs: 10, maxDelayMs: 10, random: () => value });
  assert.equal(backoff.next(), 0);
  value = 0.999;
  assert.equal(backoff.next(), 9.99);
});

Deno.test("Backoff stays finite after very many attempts", () => {
  const backoff = new Backoff({ minDelayMs: 1, maxDelayMs: 100, random: () => 0.5 });
  for (let i = 0; i < 5000; i++) backoff.next();
  assert.equal(backoff.next(), 50);
});

Deno.test("Backoff raises the default maximum to a greater minimum", () => {
  assert.equal(new Backoff({ minDelayMs: 60_000, random: () => 0.5 }).next(), 30_000);
});

Deno.test("Backoff refuses bounds that make no sense", () => {
  assert.throws(() => new Backoff({ minDelayMs: 0 }), /'minDelayMs' must be positive.* 0$/);
  assert.throws(() => new Backoff({ minDelayMs: NaN }), /'minDelayMs' must be positive/);
  assert.throws(
    () => new Backoff({ minDelayMs: 5, maxDelayMs: 4 }),
    /'maxDelayMs' must be at least 'minDelayMs' \(5\): current value is 4/,
  );
});

Deno.test("Backoff waits by the sleep it is given", async () => {
  const waits: number[] = [];
  const backoff = new Backoff({
    sleep(ms) {
      waits.push(ms);
      return Promise.resolve();
    },
  });
  await backoff.sleep(123);
  assert.deepEqual(waits, [123]);
});

Deno.test("sleep rejects with the signal's reason, before and during the wait", async () => {
  const reason = new Error("enough");
  await assert.rejects(sleep(1e6, AbortSignal.abort(reason)), reason);
  const controller = new AbortController();
  const sleeping = sleep(1e6, controller.signal);
  controller.abort(reason);
  await assert.rejects(sleeping, reason);
});

Deno.test("sleep leaves no timer behind when it resolves", async () => {
  await sleep(0, new AbortController().signal);
});
