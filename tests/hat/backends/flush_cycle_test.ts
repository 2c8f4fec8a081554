import assert from "node:assert/strict";
import { FlushCycle } from "../../../lib/hat/backends/flush_cycle.ts";
import {
  type BackendNotice,
  backendSettings,
  cutoffOf,
} from "../../../lib/hat/backends/options.ts";
import { Timestamp } from "../../../lib/hat/timestamp.ts";
import { until } from "../eventer/peer.ts";
import { FakeClock, found, hatEvent, tick } from "./fixtures.ts";
import { memoryFixture, sqliteFixture } from "./opened_backends.ts";

Deno.test("FlushCycle tells the observer when dropping throws, and goes on", async () => {
  const notices: BackendNotice[] = [];
  const clock = new FakeClock();
  const settings = backendSettings({ clock, observer: (notice) => void notices.push(notice) });
  const error = new Error("no");
  const cycle = new FlushCycle(settings, {
    sync: () => Promise.resolve(),
    afterwards: () => {
      throw error;
    },
  });
  for (const count of [1, 2]) {
    clock.tick();
    await until(() => notices.length === count, "the notice");
  }
  assert.deepEqual(notices, [{ kind: "drop-failed", error }, { kind: "drop-failed", error }]);
  await cycle.close();
});

Deno.test("cutoffOf gives the least timestamp when events may be older than that", () => {
  for (const maxAgeSeconds of [1e20, Number.MAX_VALUE, 2 ** 63]) {
    const settings = backendSettings({ clock: new FakeClock(), limits: { maxAgeSeconds } });
    assert(cutoffOf(settings).equals(Timestamp.MIN), `${maxAgeSeconds}`);
  }
  const settings = backendSettings({ clock: new FakeClock(), limits: { maxAgeSeconds: 1e9 } });
  assert.equal(cutoffOf(settings).toNumber(), -1e9);
});

for (const [name, fixtureOf] of [["Memory", memoryFixture], ["Sqlite", sqliteFixture]] as const) {
  Deno.test(`${name}Backend keeps events of any age when they may be of any age`, async () => {
    const notices: BackendNotice[] = [];
    await using fixture = await fixtureOf({
      limits: { maxAgeSeconds: 1e20 },
      observer: (notice) => void notices.push(notice),
    });
    await fixture.backend.register([hatEvent(1), hatEvent(2)]);
    for (let i = 0; i < 3; i++) {
      await tick(fixture);
    }
    assert.deepEqual(await found(fixture.backend, { kind: "server", serverId: 1 }), [
      "1/1/1",
      "1/2/1",
    ]);
    assert.deepEqual(notices, []);
  });
}
