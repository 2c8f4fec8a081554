import assert from "node:assert/strict";
import { createEvent } from "../../lib/event/event.ts";
import { forSeeds, type Random } from "../random.ts";
import { Bench, FakeStore, frames, numbered } from "./fixtures.ts";
import { readEvents, type TestClient } from "./test_client.ts";

/** A follower that starts at a random moment while others push, from a random cursor. */
async function followWhilePushing(random: Random): Promise<void> {
  const store = new FakeStore();
  const stored = random.int(0, 3000);
  await store.save(numbered("old", stored, "y").map(createEvent));
  // A small queue makes batches overflow during the replay.
  const maxLiveQueueBytes = random.pick([2000, 1 << 24]);
  await using bench = await Bench.start({ store, maxLiveQueueBytes, maxSendBufferBytes: 1000 });
  await using producer = await bench.connect("/event", random.chance(0.5) ? "theia.v1" : undefined);
  await using follower = await bench.connect("/live", "theia.v1");
  const since = random.int(0, stored);
  const pushes = random.int(1, 30);
  const start = random.int(0, pushes - 1);
  let pushed = 0;
  for (let i = 0; i < pushes; i++) {
    const events = numbered(`p${i}-`, random.int(1, 40), random.pick(["x", "y"]));
    pushed += events.filter(({ content }) => content === "y").length;
    producer.send(frames(...events));
    if (i === start) follower.send({ since, content: "y" });
    if (random.chance(0.3)) await new Promise((resolve) => setTimeout(resolve, random.int(0, 3)));
  }
  const ids = await readAll(follower, stored - since + pushed);
  assert.equal(new Set(ids).size, ids.length, "an event came twice");
  assert.equal(ids.length, stored - since + pushed);
}

/** Reads on, asking again after gaps as a client does, until so many events came. */
async function readAll(
  follower: TestClient,
  count: number,
): Promise<string[]> {
  const ids: string[] = [];
  let sinceCursor: string[] = [];
  assert.equal(await follower.next(), "ok");
  while (ids.length + sinceCursor.length < count) {
    const message = await follower.next();
    assert.ok(message !== undefined, "closed");
    if (typeof message !== "string") {
      sinceCursor.push(...readEvents(message).map(({ id }) => id));
      continue;
    }
    const answer = JSON.parse(message);
    if ("cursor" in answer) {
      ids.push(...sinceCursor);
      sinceCursor = [];
    } else {
      assert.ok("gap" in answer, message);
      follower.send({ since: answer.gap.since, content: "y" });
      for (let next = await follower.next(); next !== "ok"; next = await follower.next()) {
        assert.ok(next !== undefined, "closed");
      }
      sinceCursor = [];
    }
  }
  return [...ids, ...sinceCursor];
}

Deno.test("LiveSession with since has no gap and no duplicate while others push", async () => {
  await forSeeds(40, followWhilePushing);
});
