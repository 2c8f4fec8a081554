import type { SqliteStore } from "../../lib/store/mod.ts";
import { printTable } from "../table.ts";
import type { RealEvents } from "./real_events.ts";

/** Saves of which each figure is made, one every so many milliseconds, with so many events. */
const SAVES = 300;
const INTERVAL_MS = 20;
const BATCH = 100;

const SCANS = 4;

/** How long it takes until a save is acknowledged, at rest and while four searches scan everything. */
export async function benchLatency(
  store: SqliteStore,
  events: RealEvents,
  first: number,
): Promise<void> {
  const idle = await measure(store, events, first);
  const stopping = new AbortController();
  const scans = Array.from({ length: SCANS }, () => scanOn(store, stopping.signal));
  const busy = await measure(store, events, first + SAVES * BATCH);
  stopping.abort();
  await Promise.all(scans);
  const row = (name: string, part: number) => [
    name,
    quantile(idle, part).toFixed(1),
    quantile(busy, part).toFixed(1),
    (quantile(busy, part) / quantile(idle, part)).toFixed(1),
  ];
  printTable(
    `store: milliseconds until a save of ${BATCH} events is acknowledged, ${SAVES} saves`,
    [
      ["", "idle", `${SCANS} full scans`, "ratio"],
      row("median", 0.5),
      row("p99", 0.99),
    ],
  );
}

async function measure(store: SqliteStore, events: RealEvents, first: number): Promise<number[]> {
  const times: number[] = [];
  const saves: Promise<void>[] = [];
  for (let i = 0; i < SAVES; i++) {
    const batch = events.batch(first + i * BATCH, BATCH);
    const started = performance.now();
    saves.push(store.save(batch).then(() => void times.push(performance.now() - started)));
    await new Promise((resolve) => setTimeout(resolve, INTERVAL_MS));
  }
  await Promise.all(saves);
  return times.sort((a, b) => a - b);
}

async function scanOn(store: SqliteStore, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      for await (const _ of store.search({ content: "no such text" }, { signal }));
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }
}

function quantile(sorted: readonly number[], part: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? NaN;
}
