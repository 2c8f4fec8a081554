import assert from "node:assert/strict";
import type { BackendNotice } from "../../../../lib/hat/mod.ts";
import { found, hatEvent, idText, type OpenFixture, tick } from "../fixtures.ts";

/** Callbacks and flushing. */
export function callbackContract(name: string, open: OpenFixture): void {
  Deno.test(`${name} tells of events once when they are registered and once when on disk`, async () => {
    await using fixture = await open();
    const { backend } = fixture;
    const told: string[] = [];
    using _registered = backend.onRegistered((events) =>
      told.push(...events.map((event) => `registered ${idText(event)}`))
    );
    using _flushed = backend.onFlushed((events) =>
      told.push(...events.map((event) => `flushed ${idText(event)}`))
    );
    await backend.register([]);
    await backend.register([hatEvent(1), hatEvent(1, { instance: 2 })]);
    assert.deepEqual(told.splice(0), ["registered 1/1/1", "registered 1/1/2"]);
    await backend.register([hatEvent(2)]);
    assert.deepEqual(told.splice(0), ["registered 1/2/1"]);
    await backend.flush();
    assert.deepEqual(told.splice(0), ["flushed 1/1/1", "flushed 1/1/2", "flushed 1/2/1"]);
    await backend.flush();
    assert.deepEqual(told, []);
    await backend.register([hatEvent(3)]);
    await backend[Symbol.asyncDispose]();
    assert.deepEqual(told, ["registered 1/3/1", "flushed 1/3/1"]);
  });

  Deno.test(`${name} flushes once a period`, async () => {
    await using fixture = await open({ flushPeriodMs: 123 });
    const { backend, clock } = fixture;
    assert.equal(clock.periodMs, 123);
    const flushed = Promise.withResolvers<number>();
    using _ = backend.onFlushed((events) => flushed.resolve(events.length));
    await backend.register([hatEvent(1), hatEvent(2)]);
    clock.tick();
    assert.equal(await flushed.promise, 2);
  });

  Deno.test(`${name} tells nobody who no longer wants to know`, async () => {
    await using fixture = await open();
    const { backend } = fixture;
    let told = 0;
    const callbacks = [backend.onRegistered(() => told++), backend.onFlushed(() => told++)];
    await backend.register([hatEvent(1)]);
    await backend.flush();
    for (const callback of callbacks) callback[Symbol.dispose]();
    await backend.register([hatEvent(2)]);
    await backend.flush();
    assert.equal(told, 2);
  });

  Deno.test(`${name} goes on when a callback throws`, async () => {
    const notices: BackendNotice[] = [];
    await using fixture = await open({ observer: (notice) => notices.push(notice) });
    const { backend } = fixture;
    const told: number[] = [];
    using _throws = backend.onRegistered(() => {
      throw new Error("no");
    });
    using _other = backend.onRegistered((events) => told.push(events.length));
    await backend.register([hatEvent(1)]);
    await tick(fixture);
    assert.deepEqual(told, [1]);
    assert.deepEqual(notices.map(({ kind }) => kind), ["callback-failed"]);
    assert.deepEqual(await found(backend, { kind: "latest" }), ["1/1/1"]);
  });

  Deno.test(`${name} flushes what was registered before, however many flushes there are`, async () => {
    await using fixture = await open();
    const { backend } = fixture;
    const flushed: string[] = [];
    using _ = backend.onFlushed((events) => flushed.push(...events.map(idText)));
    const flushes: Promise<void>[] = [];
    for (let session = 1; session <= 50; session++) {
      await backend.register([hatEvent(session)]);
      flushes.push(
        backend.flush().then(() => {
          assert.ok(flushed.includes(`1/${session}/1`), `${session} is not flushed`);
        }),
      );
    }
    await Promise.all(flushes);
    assert.deepEqual(flushed, Array.from({ length: 50 }, (_, i) => `1/${i + 1}/1`));
  });
}
