import { cpuSeconds, residentBytes } from "../../tests/e2e/process_figures.ts";
import { untilStored } from "../../tests/e2e/raw_requests.ts";
import { count, printTable } from "../table.ts";
import { endlessLines } from "./log_files.ts";
import { startCollector, startWatcher, withDirectory } from "./programs.ts";

/** For which idle CPU is measured, and memory. */
const NUMBERS_OF_FILES = [1, 1000, 10_000];

const IDLE_SECONDS = 20;

/** After the last line was delivered: what is done once is over by then. */
const SETTLE_MS = 5000;

/** In each file before it is watched. */
const LINES_PER_FILE = 20;

/** What a watcher costs while nothing happens in the files that it follows. */
export async function benchManyFiles(): Promise<void> {
  const rows = [["files", "% of a core while idle", "MB resident", "KB a file"]];
  let base = 0;
  for (const files of NUMBERS_OF_FILES) {
    const { cpu, bytes } = await withDirectory((directory) => measure(directory, files));
    base ||= bytes;
    rows.push([
      count(files),
      (cpu * 100).toFixed(2),
      (bytes / 1e6).toFixed(0),
      files === 1 ? "" : ((bytes - base) / files / 1e3).toFixed(1),
    ]);
  }
  printTable(`watch: a directory of idle files, over ${IDLE_SECONDS} s`, rows);
}

async function measure(
  directory: string,
  files: number,
): Promise<{ readonly cpu: number; readonly bytes: number }> {
  const logs = `${directory}/logs`;
  const paths = Array.from({ length: files }, (_, i) => `${logs}/app-${i}.log`);
  await fill(logs, paths);
  await using collector = await startCollector(directory);
  await using watcher = await startWatcher(collector, directory, ["-d", logs]);
  // Each file is really followed when a line of each has come.
  for (const path of paths) Deno.writeTextFileSync(path, "one more\n", { append: true });
  await untilStored(collector.url, files);
  await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
  const before = cpuSeconds(watcher.pid);
  await new Promise((resolve) => setTimeout(resolve, IDLE_SECONDS * 1000));
  const cpu = (cpuSeconds(watcher.pid) - before) / IDLE_SECONDS;
  return { cpu, bytes: residentBytes(watcher.pid) };
}

async function fill(directory: string, paths: readonly string[]): Promise<void> {
  await Deno.mkdir(directory);
  const lines = endlessLines();
  for (const path of paths) {
    const content = Array.from({ length: LINES_PER_FILE }, () => `${lines.next().value}\n`);
    await Deno.writeTextFile(path, content.join(""));
  }
}
