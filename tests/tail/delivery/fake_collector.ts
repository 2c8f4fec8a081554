import type { Event } from "../../../lib/event/event.ts";
import type { PushResult } from "../../../lib/client/push_result.ts";

/** Messages that are sent and not acknowledged: a few, so that a crash finds some under way. */
const WINDOW = 4;

/** `away` takes nothing; `deaf` takes what comes, and its acknowledgements are lost until it is `open`. */
export type CollectorMode = "open" | "away" | "deaf";

interface Message {
  readonly events: readonly Event[];
  readonly done: PromiseWithResolvers<PushResult>;
  isTaken: boolean;
}

/** Keeps each event once, as a collector does: it recognises those that it has by id and timestamp. */
export class FakeCollector {
  /** In the order in which they came. */
  readonly events: Event[] = [];
  /** Those that it refused, each time that they came. */
  readonly refused: Event[] = [];
  /** Which events it refuses for good. */
  refuses: (event: Event) => boolean = () => false;
  /** How many came that it had. */
  duplicates = 0;
  readonly #known = new Set<string>();
  readonly #connections = new Set<FakeConnection>();
  #mode: CollectorMode = "open";

  get mode(): CollectorMode {
    return this.#mode;
  }

  set mode(mode: CollectorMode) {
    this.#mode = mode;
    for (const connection of this.#connections) connection.pump();
  }

  /** The contents, in the order in which they came. */
  get lines(): string[] {
    return this.events.map((event) => event.content);
  }

  /** Another one that has the same events. */
  copy(): FakeCollector {
    const copy = new FakeCollector();
    copy.take(this.events);
    return copy;
  }

  connect(): FakeConnection {
    const connection = new FakeConnection(this, () => this.#connections.delete(connection));
    this.#connections.add(connection);
    return connection;
  }

  /** Stores what it has not and does not refuse. */
  take(events: readonly Event[]): PushResult {
    let duplicates = 0;
    const rejected: { index: number; reason: string }[] = [];
    for (const [index, event] of events.entries()) {
      const key = `${event.id} ${event.timestamp}`;
      if (this.refuses(event)) {
        this.refused.push(event);
        rejected.push({ index, reason: "it is refused" });
      } else if (this.#known.has(key)) {
        duplicates++;
      } else {
        this.#known.add(key);
        this.events.push(event);
      }
    }
    this.duplicates += duplicates;
    return { events: events.length - duplicates - rejected.length, duplicates, rejected };
  }
}

/** What a watcher has of a {@linkcode FakeCollector}: as the client, it sends again what was not acknowledged. */
export class FakeConnection {
  readonly #collector: FakeCollector;
  readonly #onCut: () => void;
  #messages: Message[] = [];
  #room: PromiseWithResolvers<void> | undefined;
  #isPumping = false;
  #isCut = false;

  constructor(collector: FakeCollector, onCut: () => void) {
    this.#collector = collector;
    this.#onCut = onCut;
  }

  /** Messages that are not acknowledged. */
  get pending(): number {
    return this.#messages.length;
  }

  async ready(): Promise<void> {
    while (this.#messages.length >= WINDOW || this.#collector.mode === "away") {
      this.#room ??= Promise.withResolvers();
      await this.#room.promise;
    }
  }

  send(events: readonly Event[]): Promise<PushResult> {
    const message = { events, done: Promise.withResolvers<PushResult>(), isTaken: false };
    this.#messages.push(message);
    this.pump();
    return message.done.promise;
  }

  /** The watcher is dead: of what was under way some first messages arrive, and nobody hears of it. */
  cut(arriving: number): void {
    this.#isCut = true;
    this.#onCut();
    const untaken = this.#messages.filter((message) => !message.isTaken);
    for (const { events } of untaken.slice(0, arriving)) this.#collector.take(events);
  }

  /** Lets the messages get to the collector, one in each turn of the event loop. */
  pump(): void {
    if (this.#isPumping) return;
    this.#isPumping = true;
    setImmediate(() => {
      this.#isPumping = false;
      if (!this.#isCut) this.#deliverOne();
    });
  }

  #deliverOne(): void {
    const { mode } = this.#collector;
    if (mode === "away") return;
    const message = mode === "open"
      ? this.#messages.shift()
      : this.#messages.find((message) => !message.isTaken);
    if (message !== undefined) {
      message.isTaken = true;
      const result = this.#collector.take(message.events);
      if (mode === "open") message.done.resolve(result);
      this.pump();
    }
    if (mode === "open" || this.#messages.length < WINDOW) {
      this.#room?.resolve();
      this.#room = undefined;
    }
  }
}
