import { createEvent, type RawEvent, toRawEvent } from "../../lib/event/mod.ts";
import { Query } from "../../lib/client/query.ts";
import { SqliteStore } from "../../lib/store/mod.ts";
import type { CollectorProgram } from "../../tests/e2e/collector_program.ts";
import { countStored } from "../../tests/e2e/raw_requests.ts";
import { until } from "../../tests/e2e/until.ts";
import { count, median, printTable } from "../table.ts";
import { endlessLines, type LogFile, writeLogFile } from "./log_files.ts";
import { startCollector, startWatcher, withDirectory } from "./programs.ts";

const FILE_BYTES = Number(Deno.env.get("THEIA_BENCH_BYTES") ?? 500e6);
const ROUNDS = 3;

/** Events by which the store's own rate is measured, as in the store's bench. */
const SAVED_EVENTS = 300_000;
const BATCH = 1000;
const WINDOW = 8;

/** Longest time for a file on a machine that does something else as well. */
const PATIENCE_MS = 600_000;

/**
 * One big file from disk to acknowledged in the default store, beside `cat FILE | wc -l` and beside
 * saving the same lines into a store of this process.
 */
export async function benchBigFile(): Promise<void> {
  await withDirectory(async (directory) => {
    const file = writeLogFile(`${directory}/big.log`, FILE_BYTES);
    const rates = { cat: [] as number[], store: [] as number[], watch: [] as number[] };
    for (let round = 0; round < ROUNDS; round++) {
      rates.cat.push(await catRate(file));
      rates.store.push(await withDirectory(storeRate));
      rates.watch.push(await withDirectory((data) => watchRate(file, data)));
    }
    const [cat, store] = [median(rates.cat), median(rates.store)];
    const row = (name: string, values: readonly number[]) => {
      const rate = median(values);
      return [
        name,
        (rate / 1e6).toFixed(1),
        count(rate / (file.bytes / file.lines)),
        (rate / cat).toFixed(3),
        (rate / store).toFixed(2),
      ];
    };
    printTable(
      `watch: a file of ${count(file.bytes / 1e6)} MB, ${count(file.lines)} lines, ` +
        `median of ${ROUNDS} runs`,
      [
        ["", "MB/s", "lines/s", "of cat", "of the store"],
        row("cat FILE | wc -l", rates.cat),
        row(`store alone, batches of ${BATCH}, durable`, rates.store),
        row("watcher to collector, durable and acked", rates.watch),
      ],
    );
  });
}

async function catRate({ path, bytes }: LogFile): Promise<number> {
  const started = performance.now();
  await new Deno.Command("sh", { args: ["-c", `cat "$0" | wc -l`, path] }).output();
  return bytes / ((performance.now() - started) / 1000);
}

/** Bytes of lines per second that the store takes when it is given events that are made already. */
async function storeRate(directory: string): Promise<number> {
  const { batches, bytes } = makeBatches();
  await using store = await SqliteStore.open(`${directory}/events.db`);
  const started = performance.now();
  const onTheWay: Promise<unknown>[] = [];
  for (const batch of batches) {
    onTheWay.push(store.save(batch));
    if (onTheWay.length >= WINDOW) await onTheWay.shift();
  }
  await Promise.all(onTheWay);
  return bytes / ((performance.now() - started) / 1000);
}

/** Lines as a watcher sends them. */
function makeBatches(): { readonly batches: readonly RawEvent[][]; readonly bytes: number } {
  const lines = endlessLines();
  let bytes = 0;
  const batches = Array.from(
    { length: SAVED_EVENTS / BATCH },
    (_, batch) =>
      Array.from({ length: BATCH }, () => {
        const content = lines.next().value;
        const offset = bytes;
        bytes += new TextEncoder().encode(content).length + 1;
        return toRawEvent(createEvent({
          id: `0123456789abcdef0123-${offset}`,
          timestamp: 1.7e9 + batch / 100,
          source: "/tmp/theia-bench-0123456789/big.log",
          tags: [Deno.hostname()],
          content,
          headers: [`offset: ${offset}`],
        }));
      }),
  );
  return { batches, bytes };
}

async function watchRate(file: LogFile, data: string): Promise<number> {
  await using collector = await startCollector(data);
  await using watcher = await startWatcher(collector, data, [
    "-f",
    file.path,
    "--from",
    "beginning",
  ]);
  const started = performance.now();
  await until("the last line", () => isStored(collector, file.lastOffset), PATIENCE_MS);
  const seconds = (performance.now() - started) / 1000;
  watcher.signal("SIGINT");
  await watcher.exit();
  const stored = await countStored(collector.url);
  if (stored !== file.lines) throw new Error(`${stored} lines are stored, not ${file.lines}`);
  return file.bytes / seconds;
}

/** Whether the newest event is the line at that offset: a look that costs the collector next to nothing. */
async function isStored({ port }: CollectorProgram, offset: number): Promise<boolean> {
  await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  const newest = new Query("localhost", port).find({ order: "desc", limit: 1 });
  for await (const { headers } of newest) return headers.includes(`offset: ${offset}`);
  return false;
}

/** Between two looks: a small part of the seconds that are measured. */
const LOOK_MS = 100;
