import { concatBytes } from "../../lib/base/bytes.ts";
import type { RawEvent } from "../../lib/event/mod.ts";
import { SqliteStore } from "../../lib/store/mod.ts";
import { count, median, printTable } from "../table.ts";
import { benchLatency } from "./latency_bench.ts";
import { RealEvents } from "./real_events.ts";
import { benchSearches } from "./search_bench.ts";

/** `THEIA_BENCH_EVENTS=10000000` measures what the figures at 10 million events are. */
const EVENTS = Number(Deno.env.get("THEIA_BENCH_EVENTS") ?? 1_000_000);

/** Events of which saving is measured, apart from the store that is searched. */
const SAVED_EVENTS = 300_000;
const ROUNDS = 3;

/** Batches on their way at a time, as from a producer with a window. */
const WINDOW = 8;

/** Events in one plain text file. */
const FILE_EVENTS = 250_000;

/**
 * The SQLite store on events made from real logs: saving beside appending the same bytes to a file with
 * fdatasync, searching beside ripgrep on the same events in plain files, size on disk beside zstd, and
 * how long a save takes while others scan.
 */
export async function benchStore(): Promise<void> {
  const directory = await Deno.makeTempDir({ prefix: "theia-bench-" });
  try {
    for (const batch of [100, 1000]) await benchSaves(directory, batch);
    const events = new RealEvents();
    const plain = `${directory}/plain`;
    const path = `${directory}/events.db`;
    await fill(path, plain, events);
    await benchOpen(path);
    await using store = await SqliteStore.open(path);
    await benchSize(store, plain);
    await benchSearches(store, plain, events, EVENTS);
    await benchLatency(store, events, EVENTS);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

async function benchSaves(directory: string, size: number): Promise<void> {
  const events = new RealEvents();
  const batches: RawEvent[][] = [];
  for (let i = 0; i < SAVED_EVENTS; i += size) batches.push(events.batch(i, size));
  const appended: number[] = [];
  const saved: number[] = [];
  const again: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    appended.push(appendRate(`${directory}/plain-${size}-${round}`, batches));
    await using store = await SqliteStore.open(`${directory}/saved-${size}-${round}.db`);
    saved.push(await saveRate(store, batches));
    again.push(await saveRate(store, batches));
  }
  const base = median(appended);
  const row = (name: string, rates: readonly number[]) => {
    const rate = median(rates);
    return [name, count(rate), (rate / base).toFixed(2)];
  };
  printTable(
    `store: saving ${count(SAVED_EVENTS)} events in batches of ${size}, ${WINDOW} on their way, ` +
      `median of ${ROUNDS}`,
    [
      ["", "events/s", "of appending"],
      row("append and fdatasync", appended),
      row("save, durable, duplicates looked for", saved),
      row("save again: all are duplicates", again),
    ],
  );
}

function appendRate(path: string, batches: readonly RawEvent[][]): number {
  using file = Deno.openSync(path, { create: true, append: true });
  const frames = batches.map((batch) => concatBytes(batch.map((event) => event.frame())));
  const started = performance.now();
  for (const bytes of frames) {
    for (let at = 0; at < bytes.length;) at += file.writeSync(bytes.subarray(at));
    file.syncDataSync();
  }
  return SAVED_EVENTS / ((performance.now() - started) / 1000);
}

async function saveRate(store: SqliteStore, batches: readonly RawEvent[][]): Promise<number> {
  const started = performance.now();
  const onTheWay: Promise<unknown>[] = [];
  for (const batch of batches) {
    onTheWay.push(store.save(batch));
    if (onTheWay.length >= WINDOW) await onTheWay.shift();
  }
  await Promise.all(onTheWay);
  return SAVED_EVENTS / ((performance.now() - started) / 1000);
}

/** Saves all events, and writes them to plain files. */
async function fill(path: string, plain: string, events: RealEvents): Promise<void> {
  await Deno.mkdir(plain);
  await using store = await SqliteStore.open(path);
  let saving: Promise<unknown> = Promise.resolve();
  for (let first = 0; first < EVENTS; first += 1000) {
    const batch = events.batch(first, Math.min(1000, EVENTS - first));
    const frames = concatBytes(batch.map((event) => event.frame()));
    await Deno.writeFile(`${plain}/${Math.floor(first / FILE_EVENTS)}.txt`, frames, {
      append: true,
    });
    await saving;
    saving = store.save(batch);
  }
  await saving;
}

async function benchOpen(path: string): Promise<void> {
  const times: number[] = [];
  for (let round = 0; round < 5; round++) {
    const started = performance.now();
    await using _store = await SqliteStore.open(path);
    times.push(performance.now() - started);
  }
  printTable(`store: opening ${count(EVENTS)} events`, [
    ["", "ms"],
    ["median of 5", median(times).toFixed(0)],
  ]);
}

async function benchSize(store: SqliteStore, plain: string): Promise<void> {
  const { rawBytes, storedBytes } = await store.stats();
  const rows = [
    ["", "bytes/event", "of raw"],
    ["raw: headers and contents", (rawBytes / EVENTS).toFixed(1), "1.000"],
    ["on disk", (storedBytes / EVENTS).toFixed(1), (storedBytes / rawBytes).toFixed(3)],
  ];
  const zstd = await zstdBytes(plain);
  if (zstd !== undefined) {
    const ratio = (zstd / rawBytes).toFixed(3);
    rows.push(["zstd -3 of the plain files", (zstd / EVENTS).toFixed(1), ratio]);
  }
  printTable("store: bytes", rows);
}

/** Bytes of all plain files in one zstd stream, undefined where zstd is not installed. */
async function zstdBytes(plain: string): Promise<number | undefined> {
  try {
    const { stdout } = await new Deno.Command("sh", {
      args: ["-c", `cat "$0"/*.txt | zstd -3 -c | wc -c`, plain],
    }).output();
    return Number(new TextDecoder().decode(stdout)) || undefined;
  } catch {
    return undefined;
  }
}
