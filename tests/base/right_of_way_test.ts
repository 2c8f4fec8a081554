import assert from "node:assert/strict";
import { RightOfWay } from "../../lib/base/right_of_way.ts";

/** A thread that gives way and says when it was let through. */
function startWaiter(way: RightOfWay, maxMs: number): { passed: Promise<void> } & Disposable {
  const module = new URL("../../lib/base/right_of_way.ts", import.meta.url).href;
  const code = `import { RightOfWay } from ${JSON.stringify(module)};
    self.onmessage = ({ data }) => {
      self.postMessage("waiting");
      new RightOfWay(data).giveWay(${maxMs});
      self.postMessage("passed");
    };`;
  const worker = new Worker(`data:text/javascript,${encodeURIComponent(code)}`, { type: "module" });
  const passed = Promise.withResolvers<void>();
  worker.onmessage = ({ data }) => data === "passed" && passed.resolve();
  worker.postMessage(way.buffer);
  return { passed: passed.promise, [Symbol.dispose]: () => worker.terminate() };
}

Deno.test("RightOfWay lets others pass at once when nothing is under way", () => {
  const way = new RightOfWay();
  const started = performance.now();
  way.giveWay(120_000);
  assert.ok(performance.now() - started < 60_000);
});

Deno.test("RightOfWay holds others up for the time given, and no longer", () => {
  const way = new RightOfWay();
  way.claim(1);
  const started = performance.now();
  new RightOfWay(way.buffer).giveWay(20);
  assert.ok(performance.now() - started >= 19);
});

Deno.test("RightOfWay wakes a thread that waits when all is done", async () => {
  const way = new RightOfWay();
  way.claim(2);
  using waiter = startWaiter(way, 60_000);
  way.claim(1);
  way.claim(0);
  await waiter.passed;
});
