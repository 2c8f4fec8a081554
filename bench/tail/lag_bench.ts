import { Query } from "../../lib/client/query.ts";
import { count, printTable } from "../table.ts";
import { endlessLines } from "./log_files.ts";
import { startCollector, startWatcher, withDirectory } from "./programs.ts";

const LINES_PER_SECOND = 5000;
const SECONDS = 20;

/** Written together, so many times a second: a program that logs writes line by line, at no even pace. */
const WRITES_PER_SECOND = 200;

/** Not counted: programs are slower until their code is compiled. */
const WARM_UP_SECONDS = 3;

/** How long it takes from the write of a line until a live subscriber has it. */
export async function benchLag(): Promise<void> {
  const lags = await withDirectory(measureLags);
  const quantile = (part: number) => (lags[Math.floor(lags.length * part)] ?? NaN).toFixed(1);
  printTable(
    `watch: lag at ${count(LINES_PER_SECOND)} lines/s, ${count(lags.length)} lines, ` +
      "from the write to a live subscriber",
    [
      ["", "ms"],
      ["median", quantile(0.5)],
      ["p99", quantile(0.99)],
      ["largest", quantile(1 - Number.EPSILON)],
    ],
  );
}

/** Milliseconds for each line after the warming up, in ascending order. */
async function measureLags(directory: string): Promise<number[]> {
  const path = `${directory}/lag.log`;
  Deno.writeTextFileSync(path, "");
  await using collector = await startCollector(directory);
  await using _watcher = await startWatcher(collector, directory, ["-f", path]);
  const writtenAt: number[] = [];
  const total = LINES_PER_SECOND * (SECONDS + WARM_UP_SECONDS);
  const skipped = LINES_PER_SECOND * WARM_UP_SECONDS;
  const connected = Promise.withResolvers<void>();
  const lags: number[] = [];
  const following = (async () => {
    const query = new Query("localhost", collector.port, {
      onNotice: ({ kind }) => kind === "connected" && connected.resolve(),
    });
    for await (const { content } of query.live({})) {
      const number = Number.parseInt(content);
      if (number >= skipped) lags.push(performance.now() - (writtenAt[number] ?? NaN));
      if (number === total - 1) return;
    }
  })();
  await connected.promise;
  await write(path, total, writtenAt);
  await following;
  return lags.sort((a, b) => a - b);
}

async function write(path: string, total: number, writtenAt: number[]): Promise<void> {
  using file = Deno.openSync(path, { append: true });
  const lines = endlessLines();
  const encoder = new TextEncoder();
  const started = performance.now();
  const perWrite = LINES_PER_SECOND / WRITES_PER_SECOND;
  while (writtenAt.length < total) {
    let text = "";
    const now = performance.now();
    for (let i = 0; i < perWrite; i++) {
      text += `${writtenAt.length} ${lines.next().value}\n`;
      writtenAt.push(now);
    }
    file.writeSync(encoder.encode(text));
    const due = started + writtenAt.length / LINES_PER_SECOND * 1000;
    const waitMs = Math.max(0, due - performance.now());
    await new Promise((resolve) => setTimeout(resolve, waitMs));
  }
}
