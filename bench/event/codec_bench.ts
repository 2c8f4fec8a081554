import { concatBytes } from "../../lib/base/bytes.ts";
import { createEvent, EventReader, RawEvent, serializeEvent } from "../../lib/event/mod.ts";
import { readMessage } from "../../lib/event/intake.ts";
import { median, printTable } from "../table.ts";
import { CONTENT_130 } from "../sample.ts";

const EVENTS = 100_000;
const ROUNDS = 7;

/** The text format in MB/s, beside a plain copy of the same bytes. */
export function benchCodec(): void {
  const events = Array.from({ length: EVENTS }, (_, i) =>
    createEvent({
      timestamp: 1.7e9 + i / 1000,
      source: "/var/log/app.log",
      tags: ["host-1", "app"],
      content: CONTENT_130,
    }));
  const bytes = concatBytes(events.map(serializeEvent));
  const work: readonly (readonly [string, () => void])[] = [
    ["copy of the bytes", () => void bytes.slice()],
    ["serialize", () => {
      for (const event of events) serializeEvent(event);
    }],
    ["read (EventReader)", () => {
      for (const item of new EventReader(bytes)) if (!(item instanceof RawEvent)) throw item;
    }],
    ["read at the door (readMessage)", () => void readMessage(bytes)],
    ["read, then decode every member", () => {
      for (const item of new EventReader(bytes)) if (item instanceof RawEvent) void item.toEvent();
    }],
  ];
  const rows = work.map(([name, run]) => {
    const seconds = median(Array.from({ length: ROUNDS }, () => timed(run)));
    return { name, mb: bytes.length / 1e6 / seconds, events: EVENTS / seconds };
  });
  const copy = rows[0]?.mb ?? 1;
  printTable(
    `codec: ${EVENTS} events, ${(bytes.length / 1e6).toFixed(1)} MB, median of ${ROUNDS}`,
    [
      ["", "MB/s", "events/s", "of a copy"],
      ...rows.map(({ name, mb, events }) => [
        name,
        mb.toFixed(0),
        Math.round(events).toLocaleString("en-US"),
        (mb / copy).toFixed(3),
      ]),
    ],
  );
}

function timed(run: () => void): number {
  const started = performance.now();
  run();
  return (performance.now() - started) / 1000;
}
