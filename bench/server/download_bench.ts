import { sleep } from "../../lib/base/backoff.ts";
import type { Dialect } from "../../lib/wire/dialect.ts";
import type { CollectorProgram } from "../../tests/e2e/collector_program.ts";
import { cpuSeconds, greatestBytes, resetGreatestBytes } from "../../tests/e2e/process_figures.ts";
import { fillStore } from "../store/fill_store.ts";
import { RealEvents } from "../store/real_events.ts";
import { count, median, printTable } from "../table.ts";
import { startCollector, withDirectory } from "../tail/programs.ts";
import { RawDownload } from "./raw_download.ts";

/** `THEIA_BENCH_EVENTS=10000000` measures ten million. */
const EVENTS = Number(Deno.env.get("THEIA_BENCH_EVENTS") ?? 2_000_000);

/** The root of another revision's source, to be measured in turns with this one. */
const BASE = Deno.env.get("THEIA_BENCH_BASE");

const ROUNDS = 3;

/** Downloads that are not read. */
const STALLED = 64;

/** A collector is at rest when it uses less of a core than this share for so long: on a busy machine, too. */
const REST_SHARE = 0.015;
const REST_MS = 2000;

/** A slow reader takes so much so often, for so long. */
const SLOW_READS = 30;
const SLOW_READ_MS = 100;

/** What a client does; gives how many events were read for it, 0 when that is of no interest. */
type Load = (port: number, pid: number) => Promise<number>;

const LOADS: Readonly<Record<string, Load>> = {
  "GET /events, json": (port) => http(port, "/events"),
  "GET /events, theia": (port) => http(port, "/events?format=theia"),
  "GET /events, text": (port) => http(port, "/events?format=text"),
  "/find, theia.v1": (port) => find(port, "theia.v1"),
  "/find, theia.v0": (port) => find(port, "theia.v0"),
  "GET /events?content=\\d+ms": (port) => http(port, "/events?content=%5Cd%2Bms"),
  "GET /stats?content=\\d+ms": (port) => http(port, "/stats?content=%5Cd%2Bms"),
  "a slow reader, json": slow,
  [`${STALLED} stalled, json`]: (port, pid) => {
    return stall(pid, () => RawDownload.http(port, "/events"));
  },
  [`${STALLED} stalled, /find`]: (port, pid) => {
    return stall(pid, () => RawDownload.find(port, "theia.v1"));
  },
};

/** What is measured of a load. */
interface Figures {
  /** Most that a collector had in RAM, in bytes. */
  readonly most: number;
  readonly seconds: number;
  /** Seconds of a core. */
  readonly cpu: number;
  readonly events: number;
}

/**
 * How much memory a collector, as `deno task collect` starts it, takes at most while its SQLite store is
 * downloaded, and how fast that is. Each load has a fresh collector. Linux only.
 */
export async function benchDownload(): Promise<void> {
  await withDirectory(async (directory) => {
    await fillStore(`${directory}/events.db`, new RealEvents(), EVENTS);
    const rows = [header()];
    rows.push(await measureRow(directory, "at rest", () => Promise.resolve(0)));
    for (const [name, load] of Object.entries(LOADS)) {
      if (isWanted(name)) rows.push(await measureRow(directory, name, load));
    }
    printTable(`downloads of ${count(EVENTS)} events, median of ${ROUNDS}`, rows);
  });
}

/** `THEIA_BENCH_LOADS=stalled` measures the loads whose name has that. */
function isWanted(name: string): boolean {
  return name.includes(Deno.env.get("THEIA_BENCH_LOADS") ?? "");
}

function header(): string[] {
  const own = ["", "MB at most", "events/s", "CPU s"];
  return BASE === undefined
    ? own
    : [...own, "base MB", "base events/s", "base CPU s", "rate ratio"];
}

async function measureRow(directory: string, name: string, load: Load): Promise<string[]> {
  const own: Figures[] = [];
  const base: Figures[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    own.push(await measure(directory, undefined, load));
    if (BASE !== undefined) base.push(await measure(directory, BASE, load));
  }
  const ratio = medianOf(own, rate) / medianOf(base, rate);
  const others = BASE === undefined ? [] : [...cells(base), isNaN(ratio) ? "" : ratio.toFixed(2)];
  return [name, ...cells(own), ...others];
}

function cells(figures: readonly Figures[]): string[] {
  const events = medianOf(figures, rate);
  return [
    (medianOf(figures, ({ most }) => most) / 1e6).toFixed(0),
    events === 0 ? "" : count(events),
    medianOf(figures, ({ cpu }) => cpu).toFixed(1),
  ];
}

function medianOf(figures: readonly Figures[], figure: (figures: Figures) => number): number {
  return median(figures.map(figure));
}

function rate({ events, seconds }: Figures): number {
  return events / seconds;
}

async function measure(
  directory: string,
  root: string | undefined,
  load: Load,
): Promise<Figures> {
  const collector: CollectorProgram = await startCollector(directory, root);
  await using _collector = collector;
  const { pid } = collector.running;
  resetGreatestBytes(pid);
  const cpu = cpuSeconds(pid);
  const started = performance.now();
  const events = await load(collector.port, pid);
  return {
    most: greatestBytes(pid),
    seconds: (performance.now() - started) / 1000,
    cpu: cpuSeconds(pid) - cpu,
    events,
  };
}

async function http(port: number, path: string): Promise<number> {
  using download = await RawDownload.http(port, path);
  await download.readAll();
  return EVENTS;
}

async function find(port: number, dialect: Dialect): Promise<number> {
  using download = await RawDownload.find(port, dialect);
  await download.readAll();
  return EVENTS;
}

async function slow(port: number): Promise<number> {
  using download = await RawDownload.http(port, "/events");
  for (let read = 0; read < SLOW_READS; read++) {
    await download.read();
    await sleep(SLOW_READ_MS);
  }
  return 0;
}

/** Opens downloads and reads none, until the collector has nothing to do any more. */
async function stall(pid: number, open: () => Promise<RawDownload>): Promise<number> {
  const downloads = await Promise.all(Array.from({ length: STALLED }, open));
  for (let before = 0, now = cpuSeconds(pid); now - before > REST_SHARE * REST_MS / 1000;) {
    await sleep(REST_MS);
    before = now;
    now = cpuSeconds(pid);
  }
  for (const download of downloads) download[Symbol.dispose]();
  return 0;
}
