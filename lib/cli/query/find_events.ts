import type { Query } from "../../client/query.ts";
import type { Criteria } from "../../event/criteria.ts";
import type { RawEvent } from "../../event/raw_event.ts";
import type { DoneMessage } from "../../wire/messages.ts";
import { contextGroups } from "./context_groups.ts";
import type { EventPrinter } from "./event_printer.ts";

/** What is done with stored events. */
export interface FindTask {
  readonly criteria: Criteria;
  /** Only the last that many. */
  readonly tail: number | undefined;
  /** How many before and after each one. */
  readonly context: { readonly before: number; readonly after: number } | undefined;
  /** Is told how many were printed, again and again. */
  readonly onProgress: (printed: number) => void;
}

/** Prints stored events. */
export async function printFound(
  query: Query,
  printer: EventPrinter,
  { criteria, tail, context, onProgress }: FindTask,
): Promise<void> {
  const batches = tail === undefined
    ? query.find(criteria).batches()
    : asBatch((await findTail(query, criteria, tail)).events);
  if (context === undefined) return await printer.printFound(watched(batches, printer, onProgress));
  const matches = watched(batches, printer, onProgress);
  await printer.printGroups(contextGroups(query, singly(matches), { criteria, ...context }));
}

/** The last events that match. */
export interface Tail {
  /** Oldest first. */
  readonly events: readonly RawEvent[];
  /** Tells the cursor after which others arrived. */
  readonly summary: DoneMessage | undefined;
}

/** Finds the last events that match. */
export async function findTail(
  query: Query,
  criteria: Criteria,
  count: number,
): Promise<Tail> {
  const result = query.find({ ...criteria, order: "desc", limit: count });
  const events: RawEvent[] = [];
  for await (const batch of result.batches()) {
    for (const event of batch) events.push(event);
  }
  return { events: events.reverse(), summary: result.summary };
}

/** The batches, with word of how far it is after each one. */
async function* watched(
  batches: AsyncIterable<readonly RawEvent[]>,
  printer: EventPrinter,
  onProgress: (printed: number) => void,
): AsyncGenerator<readonly RawEvent[], void> {
  for await (const batch of batches) {
    yield batch;
    onProgress(printer.printed);
  }
}

async function* singly(
  batches: AsyncIterable<readonly RawEvent[]>,
): AsyncGenerator<RawEvent, void> {
  for await (const batch of batches) yield* batch;
}

async function* asBatch(events: readonly RawEvent[]): AsyncGenerator<readonly RawEvent[], void> {
  yield events;
}
