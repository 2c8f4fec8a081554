import { openBackend } from "../../lib/hat/backends/open_backend.ts";
import type { RegisterEvent } from "../../lib/hat/event.ts";
import { EventerClient } from "../../lib/hat/eventer/eventer_client.ts";
import { EventPayloadJson } from "../../lib/hat/payload.ts";
import { EventServer } from "../../lib/hat/server/event_server.ts";
import { Timestamp } from "../../lib/hat/timestamp.ts";
import { count, median, printTable } from "../table.ts";
import { type Speed, Stopwatch } from "./stopwatch.ts";

const ROUNDS = 5;

/** Events per second that hat-event 0.9.42 registers on a like machine, one by one and in batches. */
const HAT: Readonly<Record<number, number>> = { 1: 1_450, 100: 13_500, 1000: 13_500 };

const BATCHES: readonly (readonly [size: number, batches: number])[] = [
  [1, 5_000],
  [100, 1_000],
  [1000, 100],
];

/**
 * Registers with response through a real socket, with the engine, client and server in one program: one
 * request after another, and eight at a time. In SQLite all are on disk when the time is taken.
 */
export async function benchEventer(): Promise<void> {
  const rows = [[
    "store",
    "batches of",
    "in flight",
    "events/s",
    "of hat-event",
    "per CPU s",
    "of hat-event",
  ]];
  const directory = await Deno.makeTempDir({ prefix: "theia-bench-" });
  let databases = 0;
  const urls = { memory: () => "memory", sqlite: () => `sqlite:///${directory}/${databases++}.db` };
  try {
    for (const [store, url] of Object.entries(urls)) {
      for (const [size, batches] of BATCHES) {
        for (const inFlight of [1, 8]) {
          const speeds: Speed[] = [];
          for (let i = 0; i < ROUNDS; i++) {
            speeds.push(await measure(url(), size, batches, inFlight));
          }
          rows.push([store, `${size}`, `${inFlight}`, ...figures(speeds, HAT[size] ?? NaN)]);
        }
      }
    }
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
  printTable(`eventer: registers with response, median of ${ROUNDS}`, rows);
}

function figures(speeds: readonly Speed[], hat: number): string[] {
  const byClock = median(speeds.map(({ byClock }) => byClock));
  const byProcessor = median(speeds.map(({ byProcessor }) => byProcessor));
  return [byClock, byProcessor].flatMap(
    (speed) => [count(speed), `${(speed / hat).toFixed(1)} ×`],
  );
}

async function measure(
  url: string,
  size: number,
  batches: number,
  inFlight: number,
): Promise<Speed> {
  await using backend = await openBackend(url);
  await using server = await EventServer.start({ backend, serverId: 1, port: 0 });
  await using client = await EventerClient.connect({ port: server.port, clientName: "bench" });
  const events = Array.from({ length: size }, (_, i) => event(i));
  await client.register(events);
  await backend.flush();
  const stopwatch = new Stopwatch();
  let left = batches;
  const ask = async () => {
    while (left-- > 0) {
      const registered = await client.register(events);
      if (registered === undefined) throw new Error("Cannot measure as the server refused events");
    }
  };
  await Promise.all(Array.from({ length: inFlight }, ask));
  await backend.flush();
  return stopwatch.speed(size * batches);
}

function event(i: number): RegisterEvent {
  return {
    type: ["plant", "pump", `${i % 50}`, "state"],
    sourceTimestamp: new Timestamp(1_700_000_000n, i),
    payload: EventPayloadJson.of({ value: i / 8, quality: "good" }),
  };
}
