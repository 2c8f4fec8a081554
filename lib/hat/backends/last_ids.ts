import { compareEventIds, type EventId, type HatEvent } from "../event.ts";

/** The greatest event id of each server. */
export class LastIds {
  readonly #ids = new Map<number, EventId>();

  /** The greatest id of a server; session and instance are 0 where there is none. */
  get(server: number): EventId {
    return this.#ids.get(server) ?? { server, session: 0, instance: 0 };
  }

  /** Takes an id that is known from before. */
  set(id: EventId): void {
    this.#ids.set(id.server, id);
  }

  /**
   * Takes the events that are new and returns them. Ids of a server rise, so an event with an id that is
   * not greater than the last one is there already: a server that synchronises may get it twice.
   */
  takeNew(events: readonly HatEvent[]): readonly HatEvent[] {
    const fresh = events.filter(({ id }) => {
      const last = this.#ids.get(id.server);
      if (last !== undefined && compareEventIds(id, last) <= 0) return false;
      this.#ids.set(id.server, id);
      return true;
    });
    return fresh.length === events.length ? events : fresh;
  }
}
