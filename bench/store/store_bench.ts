import { concatBytes } from "../../lib/base/bytes.ts";
import { createEvent, type Criteria, type RawEvent, toRawEvent } from "../../lib/event/mod.ts";
import { SqliteStore } from "../../lib/store/mod.ts";
import { realLogs } from "../../tests/shared_data.ts";
import { count, median, printTable, write } from "../table.ts";

const EVENTS = Number(Deno.env.get("THEIA_BENCH_EVENTS") ?? 1_000_000);
const BATCH = 1000;
const ROUNDS = 3;

/** Batches on their way at a time, as from a producer with a window. */
const WINDOW = 8;

/**
 * The SQLite store on events made from real logs: saving beside appending the same bytes to a file
 * with fdatasync, searching beside ripgrep on the same events in a plain file, and the size on disk.
 */
export async function benchStore(): Promise<void> {
  const directory = await Deno.makeTempDir({ prefix: "theia-bench-" });
  try {
    const batches = makeBatches();
    const plain = `${directory}/events.txt`;
    const appended = appendRate(plain, batches);
    await using store = await SqliteStore.open(`${directory}/events.db`);
    const saved = await saveRate(store, batches);
    const middle = batches[batches.length >> 1]?.[0];
    batches.length = 0;
    const { rawBytes, storedBytes } = await store.stats();
    printTable(`store: ${count(EVENTS)} events of real logs, saved in batches of ${BATCH}`, [
      ["", "events/s", "of appending"],
      ["append and fdatasync", count(appended), "1.00"],
      ["save", count(saved), (saved / appended).toFixed(2)],
    ]);
    printTable("store: bytes", [
      ["", "bytes/event", "of raw"],
      ["raw", (rawBytes / EVENTS).toFixed(1), "1.000"],
      ["on disk", (storedBytes / EVENTS).toFixed(1), (storedBytes / rawBytes).toFixed(3)],
    ]);
    await benchSearches(store, plain, middle);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

function makeBatches(): RawEvent[][] {
  const logs = realLogs().map(({ name, path }) => ({
    source: `/var/log/${name}`,
    lines: Deno.readTextFileSync(path).split("\n").filter((line) => line !== ""),
  }));
  const batches: RawEvent[][] = [];
  for (let i = 0; i < EVENTS; i++) {
    const { source, lines } = logs[i % logs.length] ?? { source: "", lines: [""] };
    const line = lines[Math.floor(i / logs.length) % lines.length] ?? "";
    const timestamp = 1.7e9 + i * 0.0036 + (i % 7) * 1e-4;
    if (i % BATCH === 0) batches.push([]);
    batches.at(-1)?.push(
      toRawEvent(
        createEvent({ timestamp, source, tags: ["host-1", `app-${i % 3}`], content: line }),
      ),
    );
  }
  return batches;
}

function appendRate(path: string, batches: readonly RawEvent[][]): number {
  using file = Deno.openSync(path, { create: true, append: true });
  const frames = batches.map((batch) => concatBytes(batch.map((event) => event.frame())));
  const started = performance.now();
  for (const bytes of frames) {
    for (let at = 0; at < bytes.length;) at += file.writeSync(bytes.subarray(at));
    file.syncDataSync();
  }
  return perSecond(EVENTS, started);
}

async function saveRate(store: SqliteStore, batches: readonly RawEvent[][]): Promise<number> {
  const started = performance.now();
  const onTheWay: Promise<unknown>[] = [];
  for (const batch of batches) {
    onTheWay.push(store.save(batch));
    if (onTheWay.length >= WINDOW) await onTheWay.shift();
  }
  await Promise.all(onTheWay);
  return perSecond(EVENTS, started);
}

async function benchSearches(
  store: SqliteStore,
  plain: string,
  middle: RawEvent | undefined,
): Promise<void> {
  const start = middle?.timestamp ?? 0;
  const searches: readonly (readonly [string, Criteria, string | undefined])[] = [
    ["literal, rare", { content: "rapid fire" }, "rapid fire"],
    ["literal, common", { content: "Receiving block", limit: 1000 }, undefined],
    ["regex \\d+ms", { content: "\\d+ms" }, "\\d+ms"],
    ["regex user=\\w+", { content: "user=\\w+" }, "user=\\w+"],
    ["case-insensitive", { content: "(?i)FATAL error" }, "(?i)FATAL error"],
    [
      "tag and an hour, limit 100",
      { tags: ["app-1"], start, end: start + 3600, limit: 100 },
      undefined,
    ],
    ["newest 10", { order: "desc", limit: 10 }, undefined],
    ["everything", {}, undefined],
  ];
  const rows: string[][] = [["", "ms", "found", "scanned/s", "of rg"]];
  for (const [name, criteria, pattern] of searches) {
    let found = 0;
    let scanned = 0;
    const times: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const started = performance.now();
      const search = store.search(criteria);
      for await (const _ of search);
      times.push(performance.now() - started);
      ({ matched: found, scanned } = search.summary);
    }
    const ms = median(times);
    const rg = pattern === undefined ? undefined : ripgrep(plain, pattern);
    rows.push([
      name,
      ms.toFixed(1),
      count(found),
      count(scanned / ms * 1000),
      rg === undefined ? "" : (rg / ms).toFixed(2),
    ]);
  }
  const byId = await medianOf(async () => void await store.get(middle?.id ?? ""));
  rows.push(["by id", byId.toFixed(1), "1", "", ""]);
  printTable(`store: searches, median of ${ROUNDS}`, rows);
}

async function medianOf(run: () => Promise<void>): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const started = performance.now();
    await run();
    times.push(performance.now() - started);
  }
  return median(times);
}

/** Milliseconds that ripgrep takes to count the lines, undefined where it is not installed. */
function ripgrep(path: string, pattern: string): number | undefined {
  try {
    return median(Array.from({ length: ROUNDS }, () => {
      const started = performance.now();
      new Deno.Command("rg", { args: ["-c", pattern, path], stdout: "null" }).outputSync();
      return performance.now() - started;
    }));
  } catch {
    write("(ripgrep is not installed)\n");
    return undefined;
  }
}

function perSecond(events: number, started: number): number {
  return events / ((performance.now() - started) / 1000);
}
