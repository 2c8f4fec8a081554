import { type Count, Counter, type MetricInfo } from "../base/metrics/counter.ts";
import { Histogram } from "../base/metrics/histogram.ts";
import type { Metric } from "../base/metrics/metrics_text.ts";
import type { Dialect } from "../wire/dialect.ts";
import type { CollectorNotice } from "./collector_notice.ts";

/** What came in by one door. Whoever counts there keeps it. */
export interface DoorCounts {
  readonly events: Count;
  readonly bytes: Count;
}

/** What a collector counts while it runs, for its metrics. Counting is an addition or two a batch. */
export class CollectorCounts {
  /** In the order in which they are shown. */
  readonly #all: (Counter | Histogram)[] = [];
  readonly #received = this.#counter({
    name: "theia_events_received_total",
    help: "Events that came in, duplicates included, malformed ones not.",
    labels: ["door", "dialect"],
  });
  readonly #receivedBytes = this.#counter({
    name: "theia_received_bytes_total",
    help: "Bytes of events that came in.",
    labels: ["door", "dialect"],
  });
  readonly #rejected = this.#counter({
    name: "theia_events_rejected_total",
    help: "Malformed events that were not taken.",
    labels: ["door", "dialect"],
  });
  readonly #stored = this.#counter({
    name: "theia_events_stored_total",
    help: "Events that were stored and were not stored before.",
  });
  readonly #duplicates = this.#counter({
    name: "theia_events_duplicate_total",
    help: "Events that were stored already.",
  });
  readonly #lost = this.#counter({
    name: "theia_events_refused_total",
    help: "Events that could not be stored and were given back to their producers.",
  });
  readonly #saves = this.#histogram({
    name: "theia_save_duration_seconds",
    help: "How long the store took for a save, the sync to disk included.",
  });
  readonly #saveFailures = this.#counter({
    name: "theia_save_failures_total",
    help: "Saves that failed, those that were tried again included.",
  });
  readonly #sent = this.#counter({
    name: "theia_events_sent_total",
    help: "Events that were given to those who asked.",
    labels: ["door"],
  });
  readonly #connections = this.#counter({
    name: "theia_connections_opened_total",
    help: "WebSocket connections that were opened.",
    labels: ["door", "dialect"],
  });
  readonly #open = new Map<string, number>();
  readonly #gaps = this.#counter({
    name: "theia_live_gaps_total",
    help: "How often a live subscriber was too slow and missed events.",
  });
  readonly #closed = this.#counter({
    name: "theia_slow_clients_closed_total",
    help: "Clients that were closed because they read too slowly or sent too much.",
    labels: ["reason"],
  });
  readonly #searches = this.#counter({
    name: "theia_searches_total",
    help: "Searches and counts that were begun.",
    labels: ["door"],
  });
  readonly #searchFailures = this.#counter({
    name: "theia_search_failures_total",
    help: "Searches and counts that failed for other reasons than the client's.",
    labels: ["door"],
  });
  readonly #searchSeconds = this.#histogram({
    name: "theia_search_duration_seconds",
    help: "How long searches and counts took, the reading of the client included.",
    labels: ["door"],
  });
  readonly #requests = this.#counter({
    name: "theia_http_requests_total",
    help: "HTTP requests that were answered.",
    labels: ["route", "method", "status"],
  });
  readonly #requestSeconds = this.#histogram({
    name: "theia_http_request_duration_seconds",
    help: "How long HTTP requests took, from their headers to the last byte of the answer.",
    labels: ["route"],
  });

  /** What comes in by a door in a dialect. */
  door(door: string, dialect: Dialect | "http"): DoorCounts {
    return {
      events: this.#received.of(door, dialect),
      bytes: this.#receivedBytes.of(door, dialect),
    };
  }

  /** What is sent by a door. */
  sent(door: string): Count {
    return this.#sent.of(door);
  }

  /** A save is done. */
  saved(events: number, duplicates: number, seconds: number): void {
    this.#stored.add(events);
    this.#duplicates.add(duplicates);
    this.#saves.observe(seconds);
  }

  /** A search begins. @returns Says that it is over. */
  searching(door: string): () => void {
    const started = performance.now();
    this.#searches.add(1, door);
    return () => this.#searchSeconds.observe((performance.now() - started) / 1000, door);
  }

  /** An HTTP request was answered. */
  answered(route: string, method: string, status: number, seconds: number): void {
    this.#requests.add(1, route, method, `${Math.floor(status / 100)}xx`);
    this.#requestSeconds.observe(seconds, route);
  }

  /** Counts what is reported anyway. */
  observe(notice: CollectorNotice): void {
    switch (notice.kind) {
      case "client-joined":
        this.#connections.add(1, notice.client.path, notice.client.dialect);
        return this.#move(notice.client.path, 1);
      case "client-left":
        return this.#move(notice.client.path, -1);
      case "malformed-event":
        return this.#rejected.add(1, notice.client.path, notice.client.dialect);
      case "events-rejected":
        return this.#rejected.add(notice.count, notice.client.path, notice.client.dialect);
      case "save-failed":
        this.#saveFailures.add(1);
        return this.#lost.add(notice.retrying ? 0 : notice.events);
      case "search-failed":
        return this.#searchFailures.add(1, notice.client.path);
      case "slow-subscriber":
        this.#gaps.add(1);
        return this.#closed.add(Number(notice.closed), "slow subscriber");
      case "stalled-client":
        return this.#closed.add(1, "stalled");
      case "producer-overload":
        return this.#closed.add(1, "producer overload");
    }
  }

  /** All of it. */
  metrics(): readonly Metric[] {
    return [...this.#all.map((one) => one.metric()), this.#openConnections()];
  }

  #counter(info: MetricInfo): Counter {
    const counter = new Counter(info);
    this.#all.push(counter);
    return counter;
  }

  #histogram(info: MetricInfo): Histogram {
    const histogram = new Histogram(info);
    this.#all.push(histogram);
    return histogram;
  }

  #move(path: string, by: number): void {
    this.#open.set(path, (this.#open.get(path) ?? 0) + by);
  }

  #openConnections(): Metric {
    return {
      name: "theia_connections",
      type: "gauge",
      help: "WebSocket connections that are open.",
      samples: [...this.#open].map(([door, value]) => ({ labels: { door }, value })),
    };
  }
}
