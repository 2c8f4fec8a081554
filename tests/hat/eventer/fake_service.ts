import type { HatEvent, RegisterEvent } from "../../../lib/hat/event.ts";
import type {
  EventerClientInfo,
  EventerService,
} from "../../../lib/hat/eventer/eventer_service.ts";
import type { QueryParams, QueryResult, Status } from "../../../lib/hat/query.ts";
import { Timestamp } from "../../../lib/hat/timestamp.ts";

type EventsCallback = (events: readonly HatEvent[]) => void;

/** Keeps events in memory and calls back: as little of an engine as an event server can have behind it. */
export class FakeService implements EventerService {
  #status: Status = "operational";
  readonly events: HatEvent[] = [];
  readonly connected: string[] = [];
  readonly disconnected: string[] = [];
  /** What clients asked to be registered, by name. */
  readonly registrations: { readonly client: string; readonly events: readonly RegisterEvent[] }[] =
    [];
  readonly #statusCallbacks = new Set<(status: Status) => void>();
  readonly #registered = new Set<EventsCallback>();
  readonly #flushed = new Set<EventsCallback>();
  #session = 0;
  /** Done before events are registered, or a query is answered. */
  before: (() => void | Promise<void>) | undefined;
  /** Done before a client is accepted. */
  beforeConnected: ((client: EventerClientInfo) => void | Promise<void>) | undefined;

  get status(): Status {
    return this.#status;
  }

  /** How many callbacks there are. */
  get callbacks(): number {
    return this.#statusCallbacks.size + this.#registered.size + this.#flushed.size;
  }

  setStatus(status: Status): void {
    this.#status = status;
    for (const callback of this.#statusCallbacks) callback(status);
  }

  onStatus(callback: (status: Status) => void): Disposable {
    return keep(this.#statusCallbacks, callback);
  }

  onRegistered(callback: EventsCallback): Disposable {
    return keep(this.#registered, callback);
  }

  onFlushed(callback: EventsCallback): Disposable {
    return keep(this.#flushed, callback);
  }

  emitRegistered(events: readonly HatEvent[]): void {
    for (const callback of this.#registered) callback(events);
  }

  emitFlushed(events: readonly HatEvent[]): void {
    for (const callback of this.#flushed) callback(events);
  }

  async register(
    client: EventerClientInfo,
    events: readonly RegisterEvent[],
  ): Promise<readonly HatEvent[] | undefined> {
    await this.before?.();
    this.registrations.push({ client: client.name, events });
    return this.make(events);
  }

  /** Registers events in a session. */
  make(events: readonly RegisterEvent[]): readonly HatEvent[] {
    if (events.length === 0) return [];
    const session = ++this.#session;
    const timestamp = new Timestamp(BigInt(session), 0);
    const made = events.map((event, i) => ({
      id: { server: 1, session, instance: i + 1 },
      ...event,
      timestamp,
    }));
    this.events.push(...made);
    this.emitRegistered(made);
    return made;
  }

  async query(params: QueryParams): Promise<QueryResult> {
    await this.before?.();
    if (params.kind === "server" && params.lastEventId?.session === 666) throw new Error("no such");
    return { events: this.events, moreFollows: false };
  }

  async clientConnected(client: EventerClientInfo): Promise<void> {
    await this.beforeConnected?.(client);
    this.connected.push(client.name);
  }

  clientDisconnected({ name }: EventerClientInfo): void {
    this.disconnected.push(name);
  }
}

function keep<T>(callbacks: Set<T>, callback: T): Disposable {
  callbacks.add(callback);
  return { [Symbol.dispose]: () => callbacks.delete(callback) };
}
