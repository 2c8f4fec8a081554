import { createEvent, type RawEvent, toRawEvent } from "../../lib/event/mod.ts";
import { FilesStore } from "../../lib/store/mod.ts";
import { realLogs } from "../../tests/shared_data.ts";
import { count, printTable } from "../table.ts";

const EVENTS = Number(Deno.env.get("THEIA_BENCH_EVENTS") ?? 200_000);

/** Saves on their way at a time: of one event each as from many producers, of many as from one with a window. */
const SHAPES: readonly (readonly [batch: number, window: number])[] = [
  [1, 64],
  [1, 1000],
  [1, Infinity],
  [100, 16],
  [1000, 8],
];

/** The files store on events made from real logs: saves of one event and of many. */
export async function benchFiles(): Promise<void> {
  const events = makeEvents();
  const rows: string[][] = [["events a save", "saves at a time", "events/s"]];
  for (const [batch, window] of SHAPES) {
    const directory = await Deno.makeTempDir({ prefix: "theia-bench-" });
    try {
      await using store = await FilesStore.open(directory);
      const started = performance.now();
      await saveAll(store, events, batch, window);
      const rate = events.length / (performance.now() - started) * 1000;
      rows.push([`${batch}`, window === Infinity ? "all" : `${window}`, count(rate)]);
    } finally {
      await Deno.remove(directory, { recursive: true });
    }
  }
  printTable(`files: ${count(EVENTS)} events of real logs saved, synced`, rows);
}

function makeEvents(): RawEvent[] {
  const logs = realLogs().map(({ name, path }) => ({
    source: `/var/log/${name}`,
    lines: Deno.readTextFileSync(path).split("\n").filter((line) => line !== ""),
  }));
  return Array.from({ length: EVENTS }, (_, i) => {
    const { source, lines } = logs[i % logs.length] ?? { source: "", lines: [""] };
    const content = lines[Math.floor(i / logs.length) % lines.length] ?? "";
    const timestamp = 1.7e9 + i * 0.0036;
    return toRawEvent(createEvent({ timestamp, source, tags: ["host-1"], content }));
  });
}

async function saveAll(
  store: FilesStore,
  events: readonly RawEvent[],
  batch: number,
  window: number,
): Promise<void> {
  const onTheWay: Promise<unknown>[] = [];
  let taken = 0;
  for (let i = 0; i < events.length; i += batch) {
    onTheWay.push(store.save(events.slice(i, i + batch)));
    if (onTheWay.length - taken >= window) await onTheWay[taken++];
  }
  await Promise.all(onTheWay);
}
