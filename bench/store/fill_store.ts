import { SqliteStore } from "../../lib/store/mod.ts";
import type { RealEvents } from "./real_events.ts";

const BATCH_EVENTS = 4000;

/** Makes a SQLite store that keeps so many events. */
export async function fillStore(path: string, events: RealEvents, count: number): Promise<void> {
  await using store = await SqliteStore.open(path);
  let saving: Promise<unknown> = Promise.resolve();
  for (let first = 0; first < count; first += BATCH_EVENTS) {
    const batch = events.batch(first, Math.min(BATCH_EVENTS, count - first));
    await saving;
    saving = store.save(batch);
  }
  await saving;
}
