import { createEvent, type Event, type EventInit } from "../../../lib/event/event.ts";

/** Events one second apart, with contents `event 0`, `event 1`… */
export function numbered(
  count: number,
  init: (number: number) => EventInit = () => ({}),
  first = 0,
): Event[] {
  return Array.from({ length: count }, (_, i) => {
    const number = first + i;
    return createEvent({
      id: `e${number}`,
      timestamp: 1_700_000_000 + number,
      source: "/var/log/app.log",
      content: `event ${number}`,
      ...init(number),
    });
  });
}
