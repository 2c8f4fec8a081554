import type { Event } from "../../event/event.ts";
import { makeInert } from "../../base/inert_text.ts";

/** The format may hold colours that its author wants; what others sent must not. */
export function inertEvent(event: Event): Event {
  return {
    id: makeInert(event.id),
    timestamp: event.timestamp,
    source: makeInert(event.source),
    tags: event.tags.map(makeInert),
    content: makeInert(event.content),
    headers: event.headers,
  };
}
