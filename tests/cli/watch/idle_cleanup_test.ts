import assert from "node:assert/strict";
import { collectGarbage, heapBytes } from "../../../lib/base/garbage.ts";
import { IdleCleanup } from "../../../lib/cli/watch/idle_cleanup.ts";

const MIB = 1 << 20;

/** A process whose heap has some bytes in use, and the rest is garbage. */
function makeProcess(bytes: number, inUse: number) {
  const process = { read: 0, bytes, collections: 0 };
  const cleanup = new IdleCleanup({
    progress: () => process.read,
    heapBytes: () => process.bytes,
    collectGarbage() {
      process.collections++;
      process.bytes = inUse;
    },
  });
  return { process, cleanup };
}

Deno.test("IdleCleanup collects much garbage when nothing was read between two looks", () => {
  const { process, cleanup } = makeProcess(100 * MIB, 30 * MIB);
  using _ = cleanup;
  for (let look = 0; look < 3; look++) {
    process.read++;
    cleanup.look();
  }
  assert.equal(process.collections, 0, "something was read each time");
  cleanup.look();
  assert.equal(process.collections, 1);
});

Deno.test("IdleCleanup leaves little garbage, and what is in use, alone", () => {
  const small = makeProcess(20 * MIB, 10 * MIB);
  using _small = small.cleanup;
  const large = makeProcess(100 * MIB, 60 * MIB);
  using _large = large.cleanup;
  for (let look = 0; look < 5; look++) {
    small.cleanup.look();
    large.cleanup.look();
  }
  assert.equal(small.process.collections, 0);
  assert.equal(large.process.collections, 1);
  large.process.bytes += 10 * MIB;
  large.cleanup.look();
  assert.equal(large.process.collections, 1);
  large.process.bytes += 10 * MIB;
  large.cleanup.look();
  assert.equal(large.process.collections, 2);
});

Deno.test("collectGarbage gives memory back that nobody uses any more", () => {
  const before = heapBytes();
  let garbage: object[] = Array.from({ length: 1_000_000 }, (_, i) => ({ i }));
  assert.ok(heapBytes() - before > 16 * MIB, `${garbage.length} objects take memory`);
  garbage = [];
  collectGarbage();
  assert.ok(heapBytes() - before < 16 * MIB);
});
