import assert from "node:assert/strict";
import { Turns } from "../../lib/base/turns.ts";

Deno.test("Turns lets so many run at once, and the others in the order in which they came", async () => {
  const turns = new Turns(2);
  const ran: string[] = [];
  const [first, second] = [await turns.take(), await turns.take()];
  const later = ["a", "b", "c"].map(async (name) => {
    using _turn = await turns.take();
    ran.push(name);
  });
  await Promise.resolve();
  assert.deepEqual(ran, []);
  first[Symbol.dispose]();
  first[Symbol.dispose]();
  await Promise.all(later);
  assert.deepEqual(ran, ["a", "b", "c"]);
  second[Symbol.dispose]();
  using _one = await turns.take();
  using _two = await turns.take();
});

Deno.test("Turns gives no turn to who gave up waiting", async () => {
  const turns = new Turns(1);
  const running = await turns.take();
  const abort = new AbortController();
  const given = turns.take(abort.signal);
  const next = turns.take();
  abort.abort(new Error("left"));
  await assert.rejects(given, /left/);
  await assert.rejects(turns.take(abort.signal), /left/);
  running[Symbol.dispose]();
  (await next)[Symbol.dispose]();
  using _last = await turns.take();
});
