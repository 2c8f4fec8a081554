import assert from "node:assert/strict";
import { type BackendNotice, EventPayloadBinary } from "../../../../lib/hat/mod.ts";
import { found, hatEvent, type OpenFixture, tick, twice } from "../fixtures.ts";

const ASCENDING = { kind: "timeseries", order: "ascending" } as const;

/** Dropping events. */
export function limitContract(name: string, open: OpenFixture): void {
  Deno.test(`${name} drops the oldest events when there are too many`, async () => {
    const notices: BackendNotice[] = [];
    const observer = (notice: BackendNotice) => notices.push(notice);
    await using fixture = await open({ limits: { maxEvents: 3 }, observer });
    const { backend } = fixture;
    await backend.register([
      hatEvent(1, { time: 9 }),
      hatEvent(2, { time: 5 }),
      hatEvent(3, { time: 7, server: 2 }),
      hatEvent(4, { time: 6 }),
      hatEvent(5, { time: 8 }),
    ]);
    assert.equal((await found(backend, ASCENDING)).length, 5);
    await tick(fixture);
    assert.deepEqual(await found(backend, ASCENDING), ["2/3/1", "1/5/1", "1/1/1"]);
    assert.deepEqual(notices, [{ kind: "dropped", events: 2 }]);
    assert.deepEqual(await found(backend, { kind: "server", serverId: 1 }), ["1/1/1", "1/5/1"]);
  });

  Deno.test(`${name} never drops the latest event of a type`, async () => {
    await using fixture = await open({ limits: { maxEvents: 2 } });
    const { backend } = fixture;
    await backend.register([
      hatEvent(1, { type: ["old"] }),
      hatEvent(2, { type: ["old"] }),
      hatEvent(3, { type: ["new"] }),
      hatEvent(4, { type: ["new"] }),
      hatEvent(5, { type: ["newer"] }),
    ]);
    await tick(fixture);
    const kept = ["1/2/1", "1/4/1", "1/5/1"];
    assert.deepEqual(await found(backend, ASCENDING), kept);
    const reopened = await fixture.reopen();
    assert.deepEqual((await found(reopened, { kind: "latest" })).sort(), kept);
    await reopened.register([hatEvent(6, { type: ["old"] })]);
    await tick(fixture);
    assert.deepEqual(await found(reopened, ASCENDING), ["1/4/1", "1/5/1", "1/6/1"]);
  });

  Deno.test(`${name} drops events that are too old, and still knows the last id`, async () => {
    await using fixture = await open({ limits: { maxAgeSeconds: 100 } });
    const { backend, clock } = fixture;
    clock.seconds = 1000;
    await backend.register([
      hatEvent(1, { time: 950, type: ["x"], server: 2 }),
      hatEvent(1, { time: 899.9 }),
      hatEvent(2, { time: 900 }),
      hatEvent(3, { time: 950 }),
      hatEvent(7, { time: 899, type: ["x"], server: 3 }),
    ]);
    await tick(fixture);
    assert.deepEqual(await found(backend, ASCENDING), ["1/2/1", "2/1/1", "1/3/1"]);
    clock.seconds = 2000;
    await tick(fixture);
    assert.deepEqual(await found(backend, ASCENDING), ["2/1/1", "1/3/1"]);
    for await (const each of twice(fixture)) {
      const last = await each.getLastEventId(3);
      assert.deepEqual(last, { server: 3, session: 7, instance: 1 });
    }
  });

  Deno.test(`${name} drops events that take too many bytes`, async () => {
    const maxBytes = 2_000_000;
    await using fixture = await open({ limits: { maxBytes } });
    const payload = new EventPayloadBinary("x", new Uint8Array(1000));
    for (let session = 1; session <= 100; session++) {
      const batch = Array.from(
        { length: 100 },
        (_, i) => hatEvent(session, { instance: i + 1, payload }),
      );
      await fixture.backend.register(batch);
      await tick(fixture);
    }
    await tick(fixture);
    const server = { kind: "server", serverId: 1 } as const;
    const { events } = await fixture.backend.query(server);
    assert.ok(events.length < 2000, `${events.length} are left`);
    assert.deepEqual(events.at(-1)?.id, { server: 1, session: 100, instance: 100 });
  });
}
