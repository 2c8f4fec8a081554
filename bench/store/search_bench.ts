import type { Criteria } from "../../lib/event/mod.ts";
import type { SqliteStore } from "../../lib/store/mod.ts";
import { count, median, printTable, write } from "../table.ts";
import type { RealEvents } from "./real_events.ts";

const ROUNDS = 5;

/** A search, and the pattern that ripgrep is given where that looks for the same. */
type Search = readonly [name: string, criteria: Criteria, pattern?: string];

/** Searches beside ripgrep, which counts the lines of the same events in plain files. */
export async function benchSearches(
  store: SqliteStore,
  plain: string,
  events: RealEvents,
  total: number,
): Promise<void> {
  const start = events.timestampOf(Math.floor(total / 2));
  const searches: readonly Search[] = [
    ["literal, nowhere", { content: "rapid fire" }, "rapid fire"],
    ["literal, in 1 of 160", { content: "PacketResponder 2" }, "PacketResponder 2"],
    ["literal, in 1 of 16", { content: "authentication failure" }, "authentication failure"],
    ["regex \\d+ms", { content: "\\d+ms" }, "\\d+ms"],
    ["regex user=\\w+", { content: "user=\\w+" }, "user=\\w+"],
    ["case-insensitive", { content: "(?i)FATAL error" }, "(?i)FATAL error"],
    ["tag and an hour, limit 100", { tags: ["app-1"], start, end: start + 3600, limit: 100 }],
    ["newest 10", { order: "desc", limit: 10 }],
    ["everything", {}],
  ];
  const rows: string[][] = [["", "ms", "found", "scanned/s", "rg ms", "of rg's rate"]];
  for (const [name, criteria, pattern] of searches) {
    const times: number[] = [];
    const rgTimes: number[] = [];
    let found = 0;
    let scanned = 0;
    for (let round = 0; round < (name === "everything" ? 1 : ROUNDS); round++) {
      const started = performance.now();
      const search = store.search(criteria);
      for await (const _ of search);
      times.push(performance.now() - started);
      ({ matched: found, scanned } = search.summary);
      const rg = pattern === undefined ? undefined : ripgrep(plain, pattern);
      if (rg !== undefined) rgTimes.push(rg);
    }
    const ms = median(times);
    const rg = rgTimes.length > 0 ? median(rgTimes) : undefined;
    rows.push([
      name,
      ms.toFixed(1),
      count(found),
      count(scanned / ms * 1000),
      rg?.toFixed(0) ?? "",
      rg === undefined ? "" : (rg / ms).toFixed(2),
    ]);
  }
  rows.push(await benchGets(store, start));
  printTable(`store: searching ${count(total)} events, median of ${ROUNDS}`, rows);
}

/** By id, another one each time. */
async function benchGets(store: SqliteStore, start: number): Promise<string[]> {
  const ids: string[] = [];
  for await (const { events } of store.search({ start, limit: 20_000 })) {
    ids.push(...events.map(({ id }) => id));
  }
  const times: number[] = [];
  for (let i = 0; i < 20; i++) {
    const started = performance.now();
    await store.get(ids[i * 1000] ?? "");
    times.push(performance.now() - started);
  }
  return ["by id, 20 of them", median(times).toFixed(1), "1", "", "", ""];
}

/** Milliseconds that ripgrep takes to count the lines, undefined where it is not installed. */
function ripgrep(path: string, pattern: string): number | undefined {
  try {
    const started = performance.now();
    new Deno.Command("rg", { args: ["-c", pattern, path], stdout: "null" }).outputSync();
    return performance.now() - started;
  } catch {
    write("(ripgrep is not installed)\n");
    return undefined;
  }
}
