import type { Event } from "../../lib/event/event.ts";
import { event } from "./fixtures.ts";
import { Random } from "../random.ts";

/** The events of a numbered batch, the same whoever makes them. */
export function crashBatch(batch: number): Event[] {
  const random = new Random(batch);
  const size = random.chance(0.03) ? 1500 : 1 + random.below(50);
  return Array.from(
    { length: size },
    (_, i) =>
      event(i === 0 ? `batch-${batch}-first` : `batch-${batch}-${i}`, {
        timestamp: 1e9 + batch - (random.chance(0.05) ? random.below(1000) : 0),
        content: `event ${i} of ${size} `.repeat(1 + random.below(5)),
      }),
  );
}

/** Whether the first event of a batch stays; otherwise it is deleted again. */
export function crashBatchKeptBack(batch: number): boolean {
  return batch % 10 !== 0;
}
