import type { Criteria } from "../../lib/event/mod.ts";
import { type CountOptions, SqliteStore } from "../../lib/store/mod.ts";
import { count, median, printTable } from "../table.ts";
import { fillStore } from "./fill_store.ts";
import { RealEvents } from "./real_events.ts";

/** `THEIA_BENCH_EVENTS=10000000` measures what the figures at 10 million events are. */
const EVENTS = Number(Deno.env.get("THEIA_BENCH_EVENTS") ?? 1_000_000);

/** All events lie in this span of time, evenly. */
const DAY_SECONDS = 24 * 3600;

const ROUNDS = 5;

const MINUTES = { interval: 60 } as const;

const COUNTS: readonly (readonly [name: string, criteria: Criteria, options: CountOptions])[] = [
  ["all", {}, {}],
  ["histogram, minutes", {}, MINUTES],
  ["histogram, hours", {}, { interval: 3600 }],
  ["histogram, seconds", {}, { interval: 1 }],
  ["minutes, by source", {}, { ...MINUTES, by: "source" }],
  ["minutes, by tag", {}, { ...MINUTES, by: "tag" }],
  ["top sources", {}, { by: "source" }],
  ["minutes, a source pattern", { source: "/var/log/H" }, MINUTES],
  ["minutes, a tag", { tags: ["app-1"] }, MINUTES],
  ["minutes, a literal in 1 of 16", { content: "authentication failure" }, MINUTES],
  ["minutes, a literal nowhere", { content: "rapid fire" }, MINUTES],
  ["minutes, regex \\d+ms", { content: "\\d+ms" }, MINUTES],
];

/** Counting events of a day in the SQLite store, beside a search that returns all of them. */
export async function benchCount(): Promise<void> {
  const directory = await Deno.makeTempDir({ prefix: "theia-bench-" });
  const path = `${directory}/events.db`;
  try {
    await fillStore(path, new RealEvents({ stepSeconds: DAY_SECONDS / EVENTS }), EVENTS);
    const first = await timeOfFirst(path);
    await using store = await SqliteStore.open(path);
    const scan = await time(async () => {
      for await (const _ of store.search({}));
    });
    const row = (name: string, ms: number, matched: number) => [
      name,
      ms.toFixed(1),
      count(matched),
      (ms / scan).toFixed(3),
    ];
    const rows = [["", "ms", "matched", "of a full scan"], row("full scan", scan, EVENTS)];
    rows.push(row("histogram, minutes, first after opening", first, EVENTS));
    for (const [name, criteria, options] of COUNTS) {
      const times: number[] = [];
      let matched = 0;
      for (let round = 0; round < ROUNDS; round++) {
        times.push(
          await time(async () => void ({ matched } = await store.count(criteria, options))),
        );
      }
      rows.push(row(name, median(times), matched));
    }
    const stats: number[] = [];
    for (let round = 0; round < ROUNDS; round++) stats.push(await time(() => store.stats()));
    rows.push(row("stats()", median(stats), EVENTS));
    printTable(`store: counting ${count(EVENTS)} events of 24 hours, median of ${ROUNDS}`, rows);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

/** With it the threads are started and what they know of the blocks is read. */
async function timeOfFirst(path: string): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    await using store = await SqliteStore.open(path);
    times.push(await time(() => store.count({}, MINUTES)));
  }
  return median(times);
}

async function time(run: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await run();
  return performance.now() - started;
}
