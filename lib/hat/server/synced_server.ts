import type { Backend } from "../backend.ts";
import { compareEventIds, type EventId, type HatEvent } from "../event.ts";
import type { EventerClient } from "../eventer/eventer_client.ts";
import type { SyncInbox } from "./sync_inbox.ts";

/** Events that are asked for at once: some hundred kilobytes. */
const PAGE_EVENTS = 1_000;

/** The other server over one connection. */
export class SyncedServer {
  readonly #backend: Backend;
  readonly #serverId: number;
  readonly #client: EventerClient;
  #last: EventId;

  constructor(
    backend: Backend,
    serverId: number,
    client: EventerClient,
  ) {
    this.#backend = backend;
    this.#serverId = serverId;
    this.#client = client;
    this.#last = { server: serverId, session: 0, instance: 0 };
  }

  /** Copies what is missing and what comes, until nothing comes any more. */
  async copy(inbox: SyncInbox, onCaughtUp: (events: number) => void): Promise<void> {
    this.#last = await this.#backend.getLastEventId(this.#serverId);
    onCaughtUp(await this.#copyMissing());
    for (let next = await inbox.take(); next !== undefined; next = await inbox.take()) {
      if (next === "missed") await this.#copyMissing();
      else await this.#register(next);
    }
  }

  async #copyMissing(): Promise<number> {
    let copied = 0;
    for (let moreFollows = true; moreFollows;) {
      const page = await this.#client.query({
        kind: "server",
        serverId: this.#serverId,
        persisted: true,
        maxResults: PAGE_EVENTS,
        lastEventId: this.#last,
      });
      const registered = await this.#register(page.events);
      copied += registered;
      if (page.moreFollows && registered === 0) {
        throw new Error(
          `Cannot synchronise as server ${this.#serverId} answered with events up to ` +
            `${this.#last.session}.${this.#last.instance}, after which it was asked`,
        );
      }
      moreFollows = page.moreFollows;
    }
    return copied;
  }

  /** Events that were told may have been among those asked for. */
  async #register(events: readonly HatEvent[]): Promise<number> {
    const fresh = events.filter(({ id }) =>
      id.server === this.#serverId && compareEventIds(id, this.#last) > 0
    );
    if (fresh.length === 0) return 0;
    await this.#backend.register(fresh);
    this.#last = fresh.at(-1)?.id ?? this.#last;
    return fresh.length;
  }
}
