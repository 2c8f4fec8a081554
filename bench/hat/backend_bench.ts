import { setImmediate } from "node:timers/promises";
import {
  type Backend,
  type EventType,
  MemoryBackend,
  type QueryParams,
  SqliteBackend,
} from "../../lib/hat/mod.ts";
import { count, median, printTable } from "../table.ts";
import { benchSession, benchTime, benchType, SESSION_EVENTS, TYPES } from "./backend_events.ts";

/** Sessions of the database that is queried: a million events. */
const SESSIONS = 10_000;

/** Sessions with which registering in memory is measured. */
const MEMORY_SESSIONS = 1000;

/** Sessions that are made at a time, outside of what is measured. */
const MADE_AT_ONCE = 500;

/** Sessions after which whatever else waits gets its turn, as it does where they come from a network. */
const YIELD_AFTER = 10;

/** Sessions of which each is waited for until it is on disk, and how many do so at a time. */
const AWAITED_SESSIONS = 2000;
const CONCURRENT = 32;

/** How often each query is asked. */
const REPEATS = 15;

/** How often it is looked whether the event loop is held up. */
const LOOK_MS = 5;

/** Registering and querying events in SQLite: a million events of 100,000 types. */
export async function benchBackend(): Promise<void> {
  const directory = await Deno.makeTempDir({ prefix: "theia-bench-" });
  const path = `${directory}/hat.db`;
  try {
    const rows: string[][] = [["", "events/s", "longest stall of the event loop"]];
    await using memory = new MemoryBackend();
    rows.push(await measureRegisters("memory", memory, MEMORY_SESSIONS));
    {
      await using backend = await SqliteBackend.open(path);
      rows.push(await measureRegisters("sqlite, on disk at the end", backend, SESSIONS));
      rows.push(await measureAwaited(backend));
      const title = `hat: registers of ${SESSION_EVENTS} events, ${count(TYPES)} types`;
      printTable(title, rows);
      await measureQueries("hat: queries of 1,000,000 events, milliseconds", backend);
    }
    const started = performance.now();
    await using backend = await SqliteBackend.open(path);
    const opened = performance.now() - started;
    await measureQueries(`hat: the same, opened again in ${opened.toFixed(0)} ms`, backend);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

async function measureRegisters(
  name: string,
  backend: Backend,
  sessions: number,
): Promise<string[]> {
  let spent = 0;
  using stalls = new Stalls();
  for (let made = 0; made < sessions; made += MADE_AT_ONCE) {
    const batches = Array.from({ length: MADE_AT_ONCE }, (_, i) => benchSession(made + i));
    await stalls.forget();
    const started = performance.now();
    for (const [i, batch] of batches.entries()) {
      await backend.register(batch);
      if (i % YIELD_AFTER === 0) await setImmediate();
    }
    if (made + MADE_AT_ONCE >= sessions) await backend.flush();
    spent += performance.now() - started;
  }
  return [name, rate(sessions, spent), `${stalls.longest.toFixed(0)} ms`];
}

/** Several clients that wait until what they registered is on disk. */
async function measureAwaited(backend: Backend): Promise<string[]> {
  const batches = Array.from({ length: AWAITED_SESSIONS }, (_, i) => benchSession(SESSIONS + i));
  using stalls = new Stalls();
  await stalls.forget();
  const started = performance.now();
  let next = 0;
  await Promise.all(Array.from({ length: CONCURRENT }, async () => {
    for (;;) {
      const batch = batches[next++];
      if (batch === undefined) return;
      await backend.register(batch);
      await backend.flush();
    }
  }));
  const spent = performance.now() - started;
  const name = `sqlite, ${CONCURRENT} wait for each flush`;
  return [name, rate(AWAITED_SESSIONS, spent), `${stalls.longest.toFixed(0)} ms`];
}

function rate(sessions: number, ms: number): string {
  return count(sessions * SESSION_EVENTS / ms * 1000);
}

async function measureQueries(title: string, backend: Backend): Promise<void> {
  const tenThousand = Array.from({ length: 10 }, (_, i): EventType => ["plant", `group${i}`, "*"]);
  const page = { kind: "timeseries", maxResults: 1000 } as const;
  const middle = { tFrom: benchTime(SESSIONS / 4), tTo: benchTime(SESSIONS / 2) };
  const queries: [string, QueryParams][] = [
    ["latest of one type", { kind: "latest", eventTypes: [benchType(4711)] }],
    ["latest of 10,000 types", { kind: "latest", eventTypes: tenThousand }],
    [`latest of all ${count(TYPES)} types`, { kind: "latest" }],
    ["newest 100", { kind: "timeseries", maxResults: 100 }],
    ["page of 1,000", page],
    ["page of 1,000, in a span", { ...page, ...middle }],
    ["page of 1,000, by source", { ...page, orderBy: "sourceTimestamp", order: "ascending" }],
    ["page of 1,000, of one type", { ...page, eventTypes: [benchType(4711)] }],
    ["page of 1,000, of 1,000 types", { ...page, eventTypes: [["plant", "group7", "*"]] }],
    ["page of 1,000, of 10,000 types", { ...page, eventTypes: [["plant", "?", "?", "signal3"]] }],
    ["page of 1,000, of a server", { kind: "server", serverId: 1, maxResults: 1000 }],
  ];
  const rows: string[][] = [["", "found", "first", "median", "longest"]];
  for (const [name, params] of queries) rows.push(await measureQuery(name, backend, params));
  printTable(title, rows);
}

async function measureQuery(
  name: string,
  backend: Backend,
  params: QueryParams,
): Promise<string[]> {
  const times: number[] = [];
  let found = 0;
  for (let i = 0; i < REPEATS; i++) {
    const started = performance.now();
    found = (await backend.query(params)).events.length;
    times.push(performance.now() - started);
  }
  const figures = [times[0] ?? NaN, median(times), Math.max(...times)];
  return [name, count(found), ...figures.map((ms) => ms.toFixed(2))];
}

/** How long the event loop was held up at most. */
class Stalls implements Disposable {
  longest = 0;
  #last = performance.now();
  readonly #timer: ReturnType<typeof setInterval>;

  constructor() {
    this.#timer = setInterval(() => {
      const now = performance.now();
      this.longest = Math.max(this.longest, now - this.#last - LOOK_MS);
      this.#last = now;
    }, LOOK_MS);
  }

  /** What held it up until now does not count. */
  async forget(): Promise<void> {
    const { longest } = this;
    await new Promise((resolve) => setTimeout(resolve, 2 * LOOK_MS));
    this.#last = performance.now();
    this.longest = longest;
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }
}
