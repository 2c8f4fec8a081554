import { concatBytes } from "../../base/bytes.ts";
import type { HatEvent } from "../event.ts";
import { MAX_ELEMENTS } from "../sbs/limits.ts";
import { eventToSbs } from "../sbs_event.ts";
import { HAT_SCHEMA } from "../schema/hat_schema.ts";
import { elementsOf } from "./fit_answer.ts";

const EVENT = HAT_SCHEMA.codec("HatEventer.Event");
const COUNT = HAT_SCHEMA.codec("Integer");

/** What a message takes besides its events, at most: the rest of its record, and how many events there are. */
const HEAD_BYTES = 128;

/** Events of one session that clients are told, each of them encoded once however many clients there are. */
export class EventNotice {
  readonly events: readonly HatEvent[];
  readonly #maxBytes: number;
  readonly #encoded: (Uint8Array | undefined)[];
  #all: readonly Uint8Array[] | undefined;

  /** @param maxMessageBytes How long a message may be. */
  constructor(events: readonly HatEvent[], maxMessageBytes: number) {
    this.events = events;
    this.#maxBytes = maxMessageBytes - HEAD_BYTES;
    this.#encoded = new Array(events.length);
  }

  /**
   * The data of `MsgEventsNotify` for a client: of one message, or of several when one could not be sent or
   * read. None when there are no events. An event that alone is too long is in a message of its own.
   *
   * @param wanted Which events it is told.
   */
  encode(wanted: (event: HatEvent) => boolean): readonly Uint8Array[] {
    const indexes: number[] = [];
    for (const [i, event] of this.events.entries()) if (wanted(event)) indexes.push(i);
    if (indexes.length < this.events.length) return this.#join(indexes);
    return this.#all ??= this.#join(indexes);
  }

  #join(indexes: readonly number[]): readonly Uint8Array[] {
    const messages: Uint8Array[][] = [];
    let bytes = Infinity;
    let elements = 0;
    for (const i of indexes) {
      const event = this.events[i] as HatEvent;
      const encoded = this.#encoded[i] ??= EVENT.encode(eventToSbs(event));
      bytes += encoded.length;
      elements += elementsOf(event);
      if (bytes > this.#maxBytes || elements > MAX_ELEMENTS) {
        messages.push([]);
        bytes = encoded.length;
        elements = elementsOf(event);
      }
      messages.at(-1)?.push(encoded);
    }
    return messages.map((parts) => concatBytes([COUNT.encode(parts.length), ...parts]));
  }
}

/**
 * The events of each session apart, in order.
 *
 * @param maxMessageBytes How long a message may be.
 */
export function noticesOf(
  events: readonly HatEvent[],
  maxMessageBytes: number,
): readonly EventNotice[] {
  const sessions: HatEvent[][] = [];
  let last: HatEvent | undefined;
  for (const event of events) {
    const isNew = last?.id.session !== event.id.session || last.id.server !== event.id.server;
    if (isNew) sessions.push([event]);
    else sessions.at(-1)?.push(event);
    last = event;
  }
  return sessions.map((session) => new EventNotice(session, maxMessageBytes));
}
