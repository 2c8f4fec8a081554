import type { HatEvent } from "../../lib/hat/event.ts";
import { EventPayloadJson } from "../../lib/hat/payload.ts";
import { eventFromSbs, eventToSbs } from "../../lib/hat/sbs_event.ts";
import { HAT_SCHEMA } from "../../lib/hat/schema/hat_schema.ts";
import { Timestamp } from "../../lib/hat/timestamp.ts";
import { count, median, printTable } from "../table.ts";
import { type Speed, Stopwatch } from "./stopwatch.ts";

const EVENTS = 100_000;
const ROUNDS = 7;

/** Events per second that hat-event 0.9.42 encodes and decodes on a like machine, with its C parts. */
const HAT_ENCODES = 130_000;
const HAT_DECODES = 180_000;

/** SBS of an event: a type of four segments, both timestamps, a JSON payload. */
export function benchSbs(): void {
  const codec = HAT_SCHEMA.codec("HatEventer.Event");
  const events = Array.from({ length: 1000 }, (_, i) => event(i));
  const encoded = events.map((event) => codec.encode(eventToSbs(event)));
  const work: readonly (readonly [string, number, (i: number) => void])[] = [
    ["encode", HAT_ENCODES, (i) => codec.encode(eventToSbs(events[i % 1000] as HatEvent))],
    ["decode", HAT_DECODES, (i) => eventFromSbs(codec.decode(encoded[i % 1000] as Uint8Array))],
  ];
  const rows = work.map(([name, hat, run]) => {
    const speeds = Array.from({ length: ROUNDS }, () => measure(run));
    const byClock = median(speeds.map(({ byClock }) => byClock));
    const byProcessor = median(speeds.map(({ byProcessor }) => byProcessor));
    const ratio = (speed: number) => `${(speed / hat).toFixed(1)} ×`;
    return [name, count(byClock), ratio(byClock), count(byProcessor), ratio(byProcessor)];
  });
  const bytes = encoded[0]?.length ?? 0;
  printTable(`sbs: ${EVENTS} events of ${bytes} bytes, median of ${ROUNDS}`, [
    ["", "events/s", "of hat-event", "per CPU s", "of hat-event"],
    ...rows,
  ]);
}

function measure(run: (i: number) => void): Speed {
  const stopwatch = new Stopwatch();
  for (let i = 0; i < EVENTS; i++) run(i);
  return stopwatch.speed(EVENTS);
}

function event(i: number): HatEvent {
  return {
    id: { server: 1, session: 10_000 + i, instance: 1 },
    type: ["plant", "pump", `${i % 50}`, "state"],
    timestamp: new Timestamp(1_795_321_664n, i),
    sourceTimestamp: new Timestamp(1_700_000_000n, 250_000),
    payload: EventPayloadJson.of({ value: i / 8, quality: "good" }),
  };
}
