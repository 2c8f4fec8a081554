import { EventerClient } from "../../lib/hat/eventer/eventer_client.ts";
import { EventerServer } from "../../lib/hat/eventer/eventer_server.ts";
import type { EventerService } from "../../lib/hat/eventer/eventer_service.ts";
import { MemoryBackend } from "../../lib/hat/backends/memory_backend.ts";
import type { RegisterEvent } from "../../lib/hat/event.ts";
import { EventPayloadJson } from "../../lib/hat/payload.ts";
import { Timestamp } from "../../lib/hat/timestamp.ts";
import { count, median, printTable } from "../table.ts";
import { type Speed, Stopwatch } from "./stopwatch.ts";

const ROUNDS = 5;

/** Events per second that hat-event 0.9.42 registers on a like machine, one by one and in batches. */
const HAT: Readonly<Record<number, number>> = { 1: 1_450, 100: 13_500, 1000: 13_500 };

const BATCHES: readonly (readonly [size: number, batches: number])[] = [
  [1, 2_000],
  [100, 200],
  [1000, 20],
];

/**
 * Registers with response through a real socket, on memory, client and server in one program: one request
 * after another, and eight at a time.
 */
export async function benchEventer(): Promise<void> {
  const rows = [[
    "batches of",
    "in flight",
    "events/s",
    "of hat-event",
    "per CPU s",
    "of hat-event",
  ]];
  for (const [size, batches] of BATCHES) {
    const ratio = (speed: number) => `${(speed / (HAT[size] ?? 1)).toFixed(1)} ×`;
    for (const inFlight of [1, 8]) {
      const speeds: Speed[] = [];
      for (let i = 0; i < ROUNDS; i++) speeds.push(await measure(size, batches, inFlight));
      const byClock = median(speeds.map(({ byClock }) => byClock));
      const byProcessor = median(speeds.map(({ byProcessor }) => byProcessor));
      rows.push([
        ...[`${size}`, `${inFlight}`],
        ...[count(byClock), ratio(byClock), count(byProcessor), ratio(byProcessor)],
      ]);
    }
  }
  printTable(`eventer: registers with response, in memory, median of ${ROUNDS}`, rows);
}

async function measure(size: number, batches: number, inFlight: number): Promise<Speed> {
  await using backend = new MemoryBackend();
  await using server = EventerServer.listen(serviceOf(backend), { port: 0 });
  await using client = await EventerClient.connect({ port: server.port, clientName: "bench" });
  const events = Array.from({ length: size }, (_, i) => event(i));
  await client.register(events);
  const stopwatch = new Stopwatch();
  let left = batches;
  const ask = async () => {
    while (left-- > 0) await client.register(events);
  };
  await Promise.all(Array.from({ length: inFlight }, ask));
  return stopwatch.speed(size * batches);
}

function event(i: number): RegisterEvent {
  return {
    type: ["plant", "pump", `${i % 50}`, "state"],
    sourceTimestamp: new Timestamp(1_700_000_000n, i),
    payload: EventPayloadJson.of({ value: i / 8, quality: "good" }),
  };
}

/** An engine without modules. */
function serviceOf(backend: MemoryBackend): EventerService {
  let session = 0;
  return {
    status: "operational",
    onStatus: () => ({ [Symbol.dispose]() {} }),
    onRegistered: (callback) => backend.onRegistered(callback),
    onFlushed: (callback) => backend.onFlushed(callback),
    query: (params) => backend.query(params),
    register(_client, events) {
      const timestamp = Timestamp.now();
      session++;
      return backend.register(events.map((event, i) => ({
        id: { server: 1, session, instance: i + 1 },
        type: event.type,
        timestamp,
        sourceTimestamp: event.sourceTimestamp,
        payload: event.payload,
      })));
    },
  };
}
