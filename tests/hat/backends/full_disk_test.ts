import assert from "node:assert/strict";
import {
  BackendError,
  type BackendNotice,
  EventPayloadBinary,
  type HatEvent,
  SqliteBackend,
} from "../../../lib/hat/mod.ts";
import { NO_SMALL_DISK, SMALL_DISK_NOTE, SmallDisk } from "../../small_disk.ts";
import { until } from "../../e2e/until.ts";
import { FakeClock, hatEvent } from "./fixtures.ts";

const MIB = 1 << 20;

function batch(session: number): HatEvent[] {
  const payload = new EventPayloadBinary("x", new Uint8Array(1000).fill(session));
  return Array.from({ length: 100 }, (_, i) => hatEvent(session, { instance: i + 1, payload }));
}

Deno.test({
  name: `SqliteBackend loses nothing when the disk is full, and goes on after it${SMALL_DISK_NOTE}`,
  ignore: NO_SMALL_DISK !== undefined,
  async fn() {
    await using disk = await SmallDisk.mount(16 * MIB);
    const clock = new FakeClock();
    const notices: BackendNotice[] = [];
    const observer = (notice: BackendNotice) => notices.push(notice);
    const flushed: HatEvent[] = [];
    const accepted: HatEvent[] = [];
    let session = 1;
    {
      await using backend = await SqliteBackend.open(disk.file("hat.db"), { clock, observer });
      backend.onFlushed((events) => flushed.push(...events));
      for (; session <= 5; session++) accepted.push(...await backend.register(batch(session)));
      await backend.flush();
      disk.fill();
      let refusal: unknown;
      for (; refusal === undefined; session++) {
        try {
          accepted.push(...await backend.register(batch(session)));
          await backend.flush();
        } catch (error) {
          refusal = error;
        }
      }
      assert.ok(refusal instanceof BackendError && refusal.isDiskFull, `${refusal}`);
      const before = flushed.length;
      await assertFull(backend.flush());
      await assertFull(backend.register(batch(session)));
      assert.equal(flushed.length, before);
      clock.tick();
      await until("a notice", () => notices.some(({ kind }) => kind === "flush-failed"));
      const stored = await backend.query({ kind: "timeseries", order: "ascending" });
      assert.deepEqual(stored.events, flushed);

      disk.free();
      await backend.flush();
      assert.deepEqual(flushed, accepted);
      accepted.push(...await backend.register(batch(session)));
    }
    disk.fill();
    await assertFull(SqliteBackend.open(disk.file("hat.db"), { clock }));
    disk.free();
    await using backend = await SqliteBackend.open(disk.file("hat.db"), { clock });
    const { events } = await backend.query({ kind: "timeseries", order: "ascending" });
    assert.deepEqual(events, accepted);
  },
});

async function assertFull(result: Promise<unknown>): Promise<void> {
  await assert.rejects(result, (error) => error instanceof BackendError && error.isDiskFull);
}
