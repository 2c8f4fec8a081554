import assert from "node:assert/strict";
import type { EventStore } from "../../lib/store/store.ts";
import { crashBatch, crashBatchKeptBack } from "./crash_batches.ts";
import type { Acks } from "./crash_run.ts";
import { bytesOf, find } from "./fixtures.ts";

/** Checks the store against what was acknowledged; returns the greatest batch that is in it. */
export async function checkStore(store: EventStore, acks: Acks): Promise<number> {
  const { events, arrivals } = await find(store);
  assert.equal(new Set(arrivals).size, arrivals.length, "an arrival number was given twice");
  assert.ok(arrivals.every((arrival) => arrival <= store.cursor));
  const batches = new Map<number, string[]>();
  for (const item of events) {
    const batch = Number(item.id.split("-")[1]);
    const list = batches.get(batch) ?? [];
    list.push(bytesOf(item));
    batches.set(batch, list);
  }
  for (const [batch, found] of batches) {
    const expected = crashBatch(batch).map(bytesOf);
    // Batches are all or nothing; the first event of some may have been deleted.
    const rest = expected.slice(1);
    const mayLackFirst = !crashBatchKeptBack(batch) && found.length === rest.length;
    assert.deepEqual(found.toSorted(), (mayLackFirst ? rest : expected).toSorted());
    if (acks.deleted.has(batch)) assert.ok(mayLackFirst, `batch ${batch}: a deletion was undone`);
  }
  for (const batch of acks.saved) {
    const isEmptied = crashBatch(batch).length === 1 && !crashBatchKeptBack(batch);
    assert.ok(batches.has(batch) || isEmptied, `batch ${batch} was acknowledged and is lost`);
  }
  assert.equal((await store.stats()).damaged, 0);
  return Math.max(-1, ...batches.keys(), ...acks.saved);
}
