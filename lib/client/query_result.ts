import type { RawEvent } from "../event/raw_event.ts";
import type { DoneMessage } from "../wire/messages.ts";

/** Events as they come; every iteration asks anew. */
export interface QueryResult extends AsyncIterable<RawEvent> {
  /** Figures of a find, once its loop has come to the end; otherwise undefined. */
  readonly summary: DoneMessage | undefined;

  /** The same events by the message in which they came: faster where there are many. */
  batches(): AsyncIterable<readonly RawEvent[]>;
}
