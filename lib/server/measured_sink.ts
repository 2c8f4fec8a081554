import type { Event } from "../event/event.ts";
import type { SaveOptions, SaveResult } from "../store/store.ts";
import type { CollectorCounts } from "./collector_counts.ts";
import type { EventSink } from "./ingest.ts";
import type { StoreHealth } from "./store_health.ts";

/** What {@linkcode MeasuredSink} tells of saves. */
export interface SinkWatchers {
  readonly counts: CollectorCounts;
  readonly health: StoreHealth;
}

/** Counts what is saved and how long it takes, and knows whether saving succeeds. */
export class MeasuredSink implements EventSink {
  readonly #sink: EventSink;
  readonly #watchers: SinkWatchers;

  constructor(sink: EventSink, watchers: SinkWatchers) {
    this.#sink = sink;
    this.#watchers = watchers;
  }

  async save(events: readonly Event[], options?: SaveOptions): Promise<SaveResult> {
    const { counts, health } = this.#watchers;
    const started = performance.now();
    try {
      const result = await this.#sink.save(events, options);
      counts.saved(result.saved, result.duplicates, (performance.now() - started) / 1000);
      health.succeeded();
      return result;
    } catch (error) {
      health.failed(error);
      throw error;
    }
  }
}
