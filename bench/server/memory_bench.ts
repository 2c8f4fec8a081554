import { Client } from "../../lib/client/client.ts";
import { Query } from "../../lib/client/query.ts";
import type { Criteria } from "../../lib/event/mod.ts";
import { residentBytes } from "../../tests/e2e/process_figures.ts";
import { RealEvents } from "../store/real_events.ts";
import { count, printTable } from "../table.ts";

/** Events sent in each of the rounds, to see whether memory grows with the store. */
const EVENTS = Number(Deno.env.get("THEIA_BENCH_EVENTS") ?? 1_000_000);
const ROUNDS = 3;
const BATCH = 1000;
const SAMPLE_MS = 50;

const SEARCHES: Readonly<Record<string, Criteria>> = {
  "a literal, nowhere": { content: "rapid fire" },
  "a regex": { content: "\\d+ms" },
  "case-insensitive": { content: "(?i)FATAL error" },
  "newest 1000": { order: "desc", limit: 1000 },
  "everything": {},
};

/** Resident memory of a collector, as `deno task collect` starts it, while events come and are searched. */
export async function benchMemory(): Promise<void> {
  const directory = await Deno.makeTempDir({ prefix: "theia-bench-" });
  const { child, port } = await startCollector(`${directory}/events.db`);
  try {
    const rows: string[][] = [["", "MB at most"]];
    const measure = async (name: string, run: () => Promise<void>) => {
      rows.push([name, (await greatestDuring(child.pid, run) / 1e6).toFixed(0)]);
    };
    await measure("at rest", () => Promise.resolve());
    const events = new RealEvents();
    for (let round = 0; round < ROUNDS; round++) {
      const first = round * EVENTS;
      await measure(
        `${count(first + EVENTS)} events are coming in`,
        () => push(port, events, first),
      );
      for (const [name, criteria] of Object.entries(SEARCHES)) {
        await measure(`  search: ${name}`, () => search(port, criteria));
      }
    }
    printTable("collector: resident memory", rows);
  } finally {
    child.kill("SIGTERM");
    await child.status;
    await Deno.remove(directory, { recursive: true });
  }
}

async function startCollector(path: string) {
  const { tasks } = JSON.parse(
    await Deno.readTextFile(new URL("../../deno.json", import.meta.url)),
  );
  const [, ...args] = String(tasks.collect.command).split(" ");
  const child = new Deno.Command(Deno.execPath(), {
    args: [...args, "-P", "0", "--store", `sqlite:///${path}`],
    cwd: new URL("../..", import.meta.url),
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) throw new Error(`Cannot measure as the collector did not start: ${text}`);
    text += value;
    const port = /localhost:(\d+)/.exec(text)?.[1];
    if (port === undefined) continue;
    void (async () => {
      while (!(await reader.read()).done);
    })();
    return { child, port: Number(port) };
  }
}

async function push(port: number, events: RealEvents, first: number): Promise<void> {
  await using client = await Client.connect({ host: "localhost", port });
  for (let at = 0; at < EVENTS; at += BATCH) {
    await client.ready();
    void client.send(events.batch(first + at, BATCH));
  }
  await client.flush();
}

async function search(port: number, criteria: Criteria): Promise<void> {
  for await (const _ of new Query("localhost", port).find(criteria));
}

async function greatestDuring(pid: number, run: () => Promise<void>): Promise<number> {
  let greatest = residentBytes(pid);
  const timer = setInterval(
    () => greatest = Math.max(greatest, residentBytes(pid)),
    SAMPLE_MS,
  );
  try {
    await run();
  } finally {
    clearInterval(timer);
  }
  return Math.max(greatest, residentBytes(pid));
}
