import { Checkpoint } from "../../lib/tail/checkpoint/checkpoint.ts";
import type { TailPosition } from "../../lib/tail/tail_position.ts";
import { count, printTable } from "../table.ts";

/** Batches of which each figure is made. */
const BATCHES = 5000;

/** Bytes of a line of the checkpoint, about. */
const LINE_BYTES = 350;

/** Times in milliseconds, the shortest first, and how long all took. */
interface Measurement {
  readonly times: readonly number[];
  readonly totalMs: number;
}

/** How long it takes until a batch is on disk in both copies, beside one write and sync of as many bytes. */
export async function benchCheckpoint(): Promise<void> {
  const rows = [["files", "at once", "batches/s", "median ms", "p99 ms", "longest ms"]];
  const raw = await inDirectory(measureRaw);
  rows.push(rowOf("one write and sync", "1", raw));
  for (const files of [1, 10_000]) {
    await inDirectory(async (directory) => {
      await using checkpoint = await Checkpoint.open(directory);
      for (let file = 0; file < files; file++) checkpoint.place(position(file, 0));
      await checkpoint.flush();
      for (const atOnce of [1, 16]) {
        const measured = await measure(checkpoint, files, atOnce);
        rows.push(rowOf(count(files), `${atOnce}`, measured));
      }
    });
  }
  printTable(`checkpoint: ${count(BATCHES)} batches recorded, each settled at once`, rows);
}

function rowOf(name: string, atOnce: string, { times, totalMs }: Measurement): string[] {
  const quantile = (part: number) => (times[Math.floor(part * times.length)] ?? NaN).toFixed(2);
  const rate = count(times.length / totalMs * 1000);
  return [name, atOnce, rate, quantile(0.5), quantile(0.99), (times.at(-1) ?? NaN).toFixed(1)];
}

async function inDirectory<T>(run: (directory: string) => Promise<T>): Promise<T> {
  const directory = await Deno.makeTempDir({ prefix: "checkpoint-bench-" });
  try {
    return await run(directory);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

async function measureRaw(directory: string): Promise<Measurement> {
  using file = await Deno.open(`${directory}/raw`, { write: true, create: true });
  await file.write(new Uint8Array(BATCHES * LINE_BYTES));
  await file.sync();
  await file.seek(0, Deno.SeekMode.Start);
  const line = new Uint8Array(LINE_BYTES).fill(1);
  return await timeEach(1, async () => {
    await file.write(line);
    await file.syncData();
  });
}

function measure(checkpoint: Checkpoint, files: number, atOnce: number): Promise<Measurement> {
  return timeEach(atOnce, async (number) => {
    const to = position(number % files, number + 1);
    const spans = [{ from: number, to }];
    checkpoint.settle(await checkpoint.record({ path: to.path, timestamp: number / 7, spans }));
  });
}

/** Runs something for each batch, so many at the same time. */
async function timeEach(
  atOnce: number,
  run: (number: number) => Promise<void>,
): Promise<Measurement> {
  const times: number[] = [];
  let next = 0;
  const started = performance.now();
  const workers = Array.from({ length: atOnce }, async () => {
    while (next < BATCHES) {
      const began = performance.now();
      await run(next++);
      times.push(performance.now() - began);
    }
  });
  await Promise.all(workers);
  return { times: times.sort((a, b) => a - b), totalMs: performance.now() - started };
}

function position(file: number, offset: number): TailPosition {
  const fingerprint = { length: 1024, crc32: 3735928559 };
  return {
    path: `/var/log/application-${file}/current.log`,
    identity: { dev: 65024, ino: file + 1, birthtimeMs: 1.7e12, generation: 0, head: fingerprint },
    offset,
    tail: fingerprint,
    readAt: 1.7e12,
    modifiedAt: 1.7e12,
  };
}
