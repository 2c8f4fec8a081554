import type { Backend } from "../../../lib/hat/backend.ts";
import { compareEvents, type EventId, type HatEvent } from "../../../lib/hat/event.ts";
import type { QueryParams, QueryResult } from "../../../lib/hat/query.ts";

/** A backend that keeps events in an array, and can be held up and made to fail. */
export class FakeBackend implements Backend {
  readonly events: HatEvent[] = [];
  /** What each call of `register` got. */
  readonly sessions: (readonly HatEvent[])[] = [];
  /** What `register` waits for. */
  gate: Promise<void> = Promise.resolve();
  /** What the next `register` fails with. */
  failure: Error | undefined;
  #registered = new Set<(events: readonly HatEvent[]) => void>();
  #flushed = new Set<(events: readonly HatEvent[]) => void>();
  #durable = 0;

  async getLastEventId(server: number): Promise<EventId> {
    const own = this.events.filter(({ id }) => id.server === server).toSorted(compareEvents);
    return await Promise.resolve(own.at(-1)?.id ?? { server, session: 0, instance: 0 });
  }

  async register(events: readonly HatEvent[]): Promise<readonly HatEvent[]> {
    await this.gate;
    const { failure } = this;
    this.failure = undefined;
    if (failure !== undefined) throw failure;
    this.sessions.push(events);
    this.events.push(...events);
    for (const callback of this.#registered) callback(events);
    return events;
  }

  async query(params: QueryParams): Promise<QueryResult> {
    const all = await Promise.resolve(this.events);
    if (params.kind !== "server") return { events: all, moreFollows: false };
    const { serverId, lastEventId } = params;
    const events = all.filter(({ id }) =>
      id.server === serverId &&
      (lastEventId === undefined || id.session > lastEventId.session ||
        (id.session === lastEventId.session && id.instance > lastEventId.instance))
    );
    return { events, moreFollows: false };
  }

  async flush(): Promise<void> {
    await Promise.resolve();
    const events = this.events.slice(this.#durable);
    this.#durable = this.events.length;
    if (events.length > 0) { for (const callback of this.#flushed) callback(events); }
  }

  onRegistered(callback: (events: readonly HatEvent[]) => void): Disposable {
    this.#registered.add(callback);
    return { [Symbol.dispose]: () => void this.#registered.delete(callback) };
  }

  onFlushed(callback: (events: readonly HatEvent[]) => void): Disposable {
    this.#flushed.add(callback);
    return { [Symbol.dispose]: () => void this.#flushed.delete(callback) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.flush();
  }
}
