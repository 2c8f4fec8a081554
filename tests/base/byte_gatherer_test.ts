import assert from "node:assert/strict";
import { ByteGatherer } from "../../lib/base/byte_gatherer.ts";
import { concatBytes } from "../../lib/base/bytes.ts";
import { forSeeds } from "../random.ts";

Deno.test("ByteGatherer gives what was added, in order, as bytes of its own", async () => {
  await forSeeds(50, (random) => {
    const gatherer = new ByteGatherer();
    for (let turn = 0; turn < 3; turn++) {
      const parts = Array.from(
        { length: random.below(20) },
        () => random.bytes(random.below(3000)),
      );
      const expected = concatBytes(parts);
      for (const part of parts) {
        gatherer.add(part);
        // What was added belongs to others again.
        part.fill(0);
      }
      assert.equal(gatherer.length, expected.length);
      const taken = gatherer.take();
      assert.deepEqual(taken, expected);
      gatherer.add(new Uint8Array(10).fill(1));
      assert.deepEqual(taken, expected);
      assert.equal(gatherer.take().length, 10);
    }
  });
});
