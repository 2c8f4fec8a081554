import type { Event } from "../../event/event.ts";
import { eventBytes, MAX_SESSION_BYTES } from "../engine/session_size.ts";
import { toRegisterEvent } from "../engine/register_event_init.ts";
import type { RegisterEvent } from "../event.ts";
import type { EventType } from "../event_type.ts";
import { theiaToHat } from "./theia_to_hat.ts";

/** A Theia event that no Hat event can be made of. */
export interface RefusedEvent {
  /** Its id. */
  readonly id: string;
  readonly reason: string;
}

/** Of what a session may have, half is left to modules that answer the events. */
const MAX_BYTES = MAX_SESSION_BYTES / 2;

/**
 * Makes Hat events of Theia events, as many together as one session takes.
 *
 * @param onRefused Is told which are passed over, and why.
 */
export function* theiaSessions(
  events: readonly Event[],
  prefix: EventType,
  onRefused: (refused: RefusedEvent) => void,
): Generator<readonly RegisterEvent[]> {
  let session: RegisterEvent[] = [];
  let bytes = 0;
  for (const event of events) {
    const made = tryMake(event, prefix);
    if (typeof made === "string") {
      onRefused({ id: event.id, reason: made });
      continue;
    }
    const more = eventBytes(made);
    if (bytes + more > MAX_BYTES && session.length > 0) {
      yield session;
      session = [];
      bytes = 0;
    }
    session.push(made);
    bytes += more;
  }
  if (session.length > 0) yield session;
}

/** The Hat event, or why there is none. */
function tryMake(event: Event, prefix: EventType): RegisterEvent | string {
  try {
    const made = toRegisterEvent(theiaToHat(event, prefix));
    const bytes = eventBytes(made);
    if (bytes <= MAX_BYTES) return made;
    return `it has ${bytes} bytes, and at most ${MAX_BYTES} can be registered`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
