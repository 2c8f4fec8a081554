import assert from "node:assert/strict";
import { found, hatEvent, type OpenFixture } from "../fixtures.ts";

/** The query for the events of a server. */
export function serverContract(name: string, open: OpenFixture): void {
  Deno.test(`${name} finds the events of a server in natural order`, async () => {
    await using fixture = await open();
    const { backend } = fixture;
    await backend.register([
      hatEvent(1, { time: 9 }),
      hatEvent(5, { server: 2 }),
      hatEvent(1, { time: 9, instance: 2 }),
      hatEvent(2, { time: 3 }),
    ]);
    const all = ["1/1/1", "1/1/2", "1/2/1"];
    assert.deepEqual(await found(backend, { kind: "server", serverId: 1 }), all);
    assert.deepEqual(await found(backend, { kind: "server", serverId: 2 }), ["2/5/1"]);
    assert.deepEqual(await found(backend, { kind: "server", serverId: 3 }), []);
    for (const [session, instance, expected] of [[0, 0, 3], [1, 1, 2], [1, 9, 1], [2, 1, 0]]) {
      const lastEventId = { server: 1, session: session ?? 0, instance: instance ?? 0 };
      const ids = await found(backend, { kind: "server", serverId: 1, lastEventId });
      assert.deepEqual(ids, all.slice(all.length - (expected ?? 0)));
    }
    assert.deepEqual(await found(backend, { kind: "server", serverId: 1, maxResults: 2 }), [
      "1/1/1",
      "1/1/2",
      "+",
    ]);
    assert.deepEqual(await found(backend, { kind: "server", serverId: 1, maxResults: 0 }), ["+"]);
    assert.deepEqual(await found(backend, { kind: "server", serverId: 3, maxResults: 0 }), []);
  });

  Deno.test(`${name} tells what is on disk from what is not`, async () => {
    await using fixture = await open();
    const { backend } = fixture;
    const persisted = { kind: "server", serverId: 1, persisted: true } as const;
    await backend.register([hatEvent(1), hatEvent(2, { server: 2 })]);
    assert.deepEqual(await found(backend, persisted), []);
    await backend.flush();
    await backend.register([hatEvent(3)]);
    assert.deepEqual(await found(backend, persisted), ["1/1/1"]);
    assert.deepEqual(await found(backend, { ...persisted, persisted: false }), ["1/1/1", "1/3/1"]);
    assert.deepEqual(await found(backend, { ...persisted, maxResults: 0 }), ["+"]);
    await backend.flush();
    const reopened = await fixture.reopen();
    assert.deepEqual(await found(reopened, persisted), ["1/1/1", "1/3/1"]);
  });
}
