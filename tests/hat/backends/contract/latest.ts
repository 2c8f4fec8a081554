import assert from "node:assert/strict";
import { EventPayloadBinary, type EventType } from "../../../../lib/hat/mod.ts";
import { found, hatEvent, idText, type OpenFixture, twice } from "../fixtures.ts";

/** The query for the latest event of each type. */
export function latestContract(name: string, open: OpenFixture): void {
  Deno.test(`${name} finds the latest event of each type`, async () => {
    await using fixture = await open();
    await fixture.backend.register([
      hatEvent(1, { type: ["a", "b"] }),
      hatEvent(1, { type: ["a", "c"], instance: 2 }),
      hatEvent(2, { type: ["a", "b"] }),
      hatEvent(3, { type: ["a"] }),
      hatEvent(4, { type: ["d", "b", "c"] }),
    ]);
    const cases: [readonly EventType[] | undefined, string[]][] = [
      [undefined, ["1/1/2", "1/2/1", "1/3/1", "1/4/1"]],
      [[], []],
      [[["*"]], ["1/1/2", "1/2/1", "1/3/1", "1/4/1"]],
      [[["a", "*"]], ["1/1/2", "1/2/1", "1/3/1"]],
      [[["a", "?"]], ["1/1/2", "1/2/1"]],
      [[["?", "b", "*"], ["a", "b"]], ["1/2/1", "1/4/1"]],
      [[["a", "b", "c"]], []],
      [[["none"]], []],
    ];
    for await (const backend of twice(fixture)) {
      for (const [eventTypes, expected] of cases) {
        const ids = await found(backend, { kind: "latest", eventTypes });
        assert.deepEqual(ids.sort(), expected, JSON.stringify(eventTypes));
      }
    }
  });

  Deno.test(`${name} takes the greatest by natural order for the latest`, async () => {
    await using fixture = await open();
    const { backend } = fixture;
    await backend.register([
      // Of one server by id, also when its clock went back.
      hatEvent(1, { type: ["one"], time: 9 }),
      hatEvent(2, { type: ["one"], time: 5 }),
      // Of several servers by time, whichever came first.
      hatEvent(3, { type: ["two"], time: 9 }),
      hatEvent(7, { type: ["two"], time: 8, server: 2 }),
      hatEvent(4, { type: ["three"], time: 9 }),
      hatEvent(8, { type: ["three"], time: 9, server: 2 }),
      hatEvent(5, { type: ["four"], time: 9 }),
      hatEvent(9, { type: ["four"], time: 10, server: 2 }),
    ]);
    const expected = ["1/2/1", "1/3/1", "2/8/1", "2/9/1"];
    assert.deepEqual((await found(backend, { kind: "latest" })).sort(), expected);
    const reopened = await fixture.reopen();
    assert.deepEqual((await found(reopened, { kind: "latest" })).sort(), expected);
    await reopened.register([hatEvent(10, { type: ["two"], time: 8.5, server: 2 })]);
    assert.deepEqual((await found(reopened, { kind: "latest" })).sort(), expected);
  });

  Deno.test(`${name} finds latest events with large payloads`, async () => {
    await using fixture = await open();
    const payload = new EventPayloadBinary("x", new Uint8Array(100_000).fill(3));
    const events = Array.from(
      { length: 20 },
      (_, i) => hatEvent(i + 1, { type: ["large", `${i % 5}`], payload }),
    );
    await fixture.backend.register(events);
    for await (const backend of twice(fixture)) {
      for (let round = 0; round < 2; round++) {
        const latest = await backend.query({ kind: "latest" });
        assert.deepEqual(latest.events.map(idText).sort(), events.slice(15).map(idText).sort());
        assert.ok(latest.events.every((event) => event.payload?.kind === "binary"));
      }
    }
  });
}
