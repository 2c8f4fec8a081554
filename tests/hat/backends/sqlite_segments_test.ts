import assert from "node:assert/strict";
import type { QueryTimeseriesParams } from "../../../lib/hat/mod.ts";
import { found, hatEvent, idText, twice } from "./fixtures.ts";
import { sqliteFixture } from "./opened_backends.ts";

/** Events of a session, and sessions that fill more segments than the latest events are saved after. */
const SESSION = 400;
const SESSIONS = 180;

/** Every so many sessions there is one of a rare type. */
const RARE = 10;

Deno.test("SqliteBackend finds events of a type across segments", async (test) => {
  await using fixture = await sqliteFixture();
  const batches = Array.from(
    { length: SESSIONS },
    (_, session) =>
      Array.from({ length: SESSION }, (_, i) =>
        hatEvent(session + 1, {
          instance: i + 1,
          type: [session % RARE === 0 && i === 7 ? "rare" : "common", `${i % 50}`],
          // No segment comes before another one by time.
          time: 1,
          source: 1000 - session,
        })),
  );
  for (const batch of batches) await fixture.backend.register(batch);
  const rare = batches.filter((_, session) => session % RARE === 0).map((batch) => batch[7]);
  const cases: [string, Partial<QueryTimeseriesParams>, (string | undefined)[]][] = [
    ["one of a common type, ascending", {
      eventTypes: [["common", "0"]],
      order: "ascending",
      maxResults: 3,
      tFrom: hatEvent(1).timestamp,
    }, ["1/1/1", "1/1/51", "1/1/101", "+"]],
    ["one of a common type, descending", {
      eventTypes: [["common", "0"]],
      tTo: hatEvent(1).timestamp,
      maxResults: 3,
    }, ["1/180/351", "1/180/301", "1/180/251", "+"]],
    ["a rare type, by source", {
      eventTypes: [["rare", "?"]],
      orderBy: "sourceTimestamp",
      order: "ascending",
    }, rare.toReversed().map((event) => event && idText(event))],
    ["a rare type, by source, after another one", {
      eventTypes: [["rare", "*"]],
      orderBy: "sourceTimestamp",
      lastEventId: { server: 1, session: 51, instance: 8 },
    }, rare.slice(6).map((event) => event && idText(event))],
  ];
  const byType = new Map(
    batches.flat().map((event) => [JSON.stringify(event.type), idText(event)]),
  );
  for await (const backend of twice(fixture)) {
    const latest = await found(backend, { kind: "latest" });
    assert.deepEqual(latest.sort(), [...byType.values()].sort());
    for (const [what, params, expected] of cases) {
      await test.step(what, async () => {
        assert.deepEqual(await found(backend, { kind: "timeseries", ...params }), expected);
      });
    }
  }
});
