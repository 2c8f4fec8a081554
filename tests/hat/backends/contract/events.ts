import assert from "node:assert/strict";
import {
  EventPayloadBinary,
  EventPayloadJson,
  type HatEvent,
  Timestamp,
} from "../../../../lib/hat/mod.ts";
import { assertRefused, found, hatEvent, type OpenFixture, twice } from "../fixtures.ts";

const MAX = Number.MAX_SAFE_INTEGER;

/** Events that have everything an event can have. */
const ODD_EVENTS: readonly HatEvent[] = [
  hatEvent(1, { type: [] }),
  hatEvent(2, { type: [""] }),
  hatEvent(3, { type: ["?", "*", 'č"\\\0\n', "😀"] }),
  hatEvent(4, {
    payload: EventPayloadJson.fromText('{"a":1.0, "b" : [NaN,\n1e5], "č": "\\u010d"}'),
  }),
  hatEvent(5, { payload: EventPayloadJson.fromText("12345678901234567890.10") }),
  hatEvent(6, { payload: EventPayloadJson.fromText('"\ufeff"') }),
  hatEvent(7, { payload: new EventPayloadBinary("", new Uint8Array()) }),
  hatEvent(8, { payload: new EventPayloadBinary("tč😀", Uint8Array.of(0, 255, 1, 128)) }),
  hatEvent(9, { payload: new EventPayloadBinary("large", new Uint8Array(300_000).fill(7)) }),
  { ...hatEvent(10), timestamp: Timestamp.MIN, sourceTimestamp: Timestamp.MIN },
  { ...hatEvent(11), timestamp: Timestamp.MAX, sourceTimestamp: Timestamp.MAX },
  { ...hatEvent(12), sourceTimestamp: new Timestamp(2n ** 63n - 1n, 2 ** 32 - 1) },
  {
    ...hatEvent(13),
    sourceTimestamp: new Timestamp(-1n, 1),
    timestamp: new Timestamp(2n ** 60n, 5),
  },
  { ...hatEvent(1), id: { server: -MAX, session: -MAX, instance: -MAX } },
  { ...hatEvent(1), id: { server: -MAX, session: -1, instance: MAX } },
  { ...hatEvent(1), id: { server: MAX, session: 0, instance: 0 } },
  { ...hatEvent(1), id: { server: MAX, session: MAX, instance: MAX } },
  { ...hatEvent(1), id: { server: 0, session: 2 ** 32, instance: 2 ** 32 - 1 } },
];

/** Events and ids: what is registered is found as it was, now and later. */
export function eventContract(name: string, open: OpenFixture): void {
  Deno.test(`${name} gives events back as they were registered`, async () => {
    await using fixture = await open();
    assert.deepEqual(await fixture.backend.register(ODD_EVENTS), ODD_EVENTS);
    for (let round = 0; round < 2; round++) {
      const { events } = await fixture.backend.query({ kind: "timeseries", order: "ascending" });
      const byTime = ODD_EVENTS.toSorted((a, b) => Timestamp.compare(a.timestamp, b.timestamp));
      assert.deepEqual(events, byTime);
      for (const event of ODD_EVENTS) {
        const { server, session, instance } = event.id;
        const found = await fixture.backend.query({
          kind: "server",
          serverId: server,
          ...instance > -MAX && { lastEventId: { server, session, instance: instance - 1 } },
          maxResults: 1,
        });
        assert.deepEqual(found.events, [event]);
      }
      await fixture.reopen();
    }
  });

  Deno.test(`${name} knows the greatest id of each server`, async () => {
    await using fixture = await open();
    const { backend } = fixture;
    assert.deepEqual(await backend.getLastEventId(7), { server: 7, session: 0, instance: 0 });
    await backend.register([hatEvent(3, { instance: 1 }), hatEvent(3, { instance: 2 })]);
    await backend.register([hatEvent(1, { server: 2 })]);
    for await (const each of twice(fixture)) {
      assert.deepEqual(await each.getLastEventId(1), { server: 1, session: 3, instance: 2 });
      assert.deepEqual(await each.getLastEventId(2), { server: 2, session: 1, instance: 1 });
      assert.deepEqual(await each.getLastEventId(3), { server: 3, session: 0, instance: 0 });
      if (each === backend) await backend.flush();
    }
  });

  Deno.test(`${name} passes over events that it has`, async () => {
    await using fixture = await open();
    const first = hatEvent(1, { type: ["first"] });
    await fixture.backend.register([first, hatEvent(2)]);
    const backend = await fixture.reopen();
    const registered: number[] = [];
    using _ = backend.onRegistered((events) => registered.push(events.length));
    const again = [hatEvent(1, { type: ["other"] }), hatEvent(2), hatEvent(3), hatEvent(3)];
    assert.equal(await backend.register(again), again);
    await backend.register(again);
    assert.deepEqual(registered, [1]);
    assert.deepEqual(await found(backend, { kind: "server", serverId: 1 }), [
      "1/1/1",
      "1/2/1",
      "1/3/1",
    ]);
    const { events } = await backend.query({ kind: "latest", eventTypes: [["?"]] });
    assert.deepEqual(events.map(({ type }) => type[0]).sort(), ["a", "first"]);
  });

  Deno.test(`${name} takes registers in the order of the calls`, async () => {
    await using fixture = await open();
    const { backend } = fixture;
    const count = 300;
    const batches = Array.from(
      { length: count },
      (_, i) => Array.from({ length: 97 }, (_, k) => hatEvent(i + 1, { instance: k + 1, time: 1 })),
    );
    await Promise.all(batches.map((batch) => backend.register(batch)));
    assert.deepEqual(await backend.getLastEventId(1), { server: 1, session: count, instance: 97 });
    const lastEventId = { server: 1, session: 250, instance: 97 };
    const { events } = await backend.query({ kind: "timeseries", order: "ascending", lastEventId });
    assert.deepEqual(events, batches.slice(250).flat().slice(0, 4096));
  });

  Deno.test(`${name} refuses everything once it is closed`, async () => {
    await using fixture = await open();
    const { backend, clock } = fixture;
    await backend.register([hatEvent(1)]);
    await Promise.all([backend[Symbol.asyncDispose](), backend[Symbol.asyncDispose]()]);
    assert.equal(clock.timers, 0);
    const word = "it is closed";
    await assertRefused(backend.register([hatEvent(2)]), word);
    await assertRefused(backend.query({ kind: "latest" }), word);
    await assertRefused(backend.flush(), word);
    await assertRefused(backend.getLastEventId(1), word);
  });

  Deno.test(`${name} refuses queries that break a rule`, async () => {
    await using fixture = await open();
    const { backend } = fixture;
    await assertRefused(backend.query({ kind: "timeseries", maxResults: -1 }), "maxResults");
    await assertRefused(backend.query({ kind: "latest", eventTypes: [["*", "a"]] }), "'*'");
    const lastEventId = { server: 2, session: 1, instance: 1 };
    await assertRefused(backend.query({ kind: "server", serverId: 1, lastEventId }), "lastEventId");
  });
}
