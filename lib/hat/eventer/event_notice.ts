import type { HatEvent } from "../event.ts";
import { eventToSbs } from "../sbs_event.ts";
import { HAT_SCHEMA } from "../schema/hat_schema.ts";
import { concatBytes } from "../../base/bytes.ts";

const EVENT = HAT_SCHEMA.codec("HatEventer.Event");
const COUNT = HAT_SCHEMA.codec("Integer");

/** Events of one session that clients are told, each of them encoded once however many clients there are. */
export class EventNotice {
  readonly events: readonly HatEvent[];
  readonly #encoded: (Uint8Array | undefined)[];
  #all: Uint8Array | undefined;

  constructor(events: readonly HatEvent[]) {
    this.events = events;
    this.#encoded = new Array(events.length);
  }

  /**
   * The data of `MsgEventsNotify` for a client.
   *
   * @param wanted Which events it is told.
   * @returns Undefined when there are none.
   */
  encode(wanted: (event: HatEvent) => boolean): Uint8Array | undefined {
    const indexes: number[] = [];
    for (const [i, event] of this.events.entries()) if (wanted(event)) indexes.push(i);
    if (indexes.length === 0) return undefined;
    if (indexes.length < this.events.length) return this.#join(indexes);
    return this.#all ??= this.#join(indexes);
  }

  #join(indexes: readonly number[]): Uint8Array {
    const parts = indexes.map((i) =>
      this.#encoded[i] ??= EVENT.encode(eventToSbs(this.events[i] as HatEvent))
    );
    return concatBytes([COUNT.encode(indexes.length), ...parts]);
  }
}

/** The events of each session apart, in order. */
export function noticesOf(events: readonly HatEvent[]): readonly EventNotice[] {
  const sessions: HatEvent[][] = [];
  let last: HatEvent | undefined;
  for (const event of events) {
    const isNew = last?.id.session !== event.id.session || last.id.server !== event.id.server;
    if (isNew) sessions.push([event]);
    else sessions.at(-1)?.push(event);
    last = event;
  }
  return sessions.map((session) => new EventNotice(session));
}
