import assert from "node:assert/strict";
import { LagClock } from "../../lib/tail/lag_clock.ts";
import { forSeeds } from "../random.ts";

Deno.test("LagClock says since when the oldest byte is there that is not read", () => {
  const clock = new LagClock();
  assert.equal(clock.since(0), undefined);
  clock.saw(10, 0, 1000);
  assert.equal(clock.since(0), 1000);
  assert.equal(clock.since(10), undefined);
  clock.saw(20, 10, 2000);
  assert.equal(clock.since(10), 2000);
  clock.saw(30, 15, 3000);
  clock.saw(40, 15, 4000);
  assert.equal(clock.since(15), 2000);
  assert.equal(clock.since(20), 3000, "of what came later the oldest counts");
  assert.equal(clock.since(40), undefined);
});

Deno.test("LagClock begins anew with a file that was truncated", () => {
  const clock = new LagClock();
  clock.saw(100, 0, 1000);
  clock.saw(50, 0, 2000);
  assert.equal(clock.since(0), 2000);
  assert.equal(clock.size, 50);
});

Deno.test("LagClock is never later than the oldest byte, nor earlier than when all was read", async () => {
  await forSeeds(200, (random) => {
    const clock = new LagClock();
    const writtenAt: number[] = [];
    let [offset, caughtUpAt] = [0, 0];
    for (let now = 1; now <= 100; now++) {
      if (random.chance(0.5)) {
        for (let count = random.int(1, 5); count > 0; count--) writtenAt.push(now);
        clock.saw(writtenAt.length, offset, now);
      } else {
        offset = random.int(offset, writtenAt.length);
        if (offset === writtenAt.length) caughtUpAt = now;
      }
      const since = clock.since(offset);
      const oldest = writtenAt[offset];
      if (oldest === undefined || since === undefined) {
        assert.equal(since, oldest);
      } else {
        assert(since <= oldest, `${since} is later than ${oldest}`);
        assert(since >= caughtUpAt, `${since} is before ${caughtUpAt}`);
      }
    }
  });
});
