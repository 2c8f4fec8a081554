import { assertEventType, type EventType } from "../../hat/event_type.ts";
import { Subscription } from "../../hat/subscription.ts";
import { UsageError } from "../usage_error.ts";

/** How types are typed, for help texts. */
export const TYPE_HELP = "segments separated by '/', or as a JSON array";

/**
 * Reads an event type as people type it: `plant/oven/1`, or `["theia", "/var/log/app.log"]` where a
 * segment has a slash.
 *
 * @throws {UsageError} When it is none.
 */
export function parseTypeArgument(text: string): EventType {
  return parse(text, () => {});
}

/**
 * Reads a query type: as an event type, with `?` for any segment and `*` at the end for any rest.
 *
 * @throws {UsageError} When it is none.
 */
export function parseQueryTypeArgument(text: string): EventType {
  return parse(text, (type) => new Subscription([type]));
}

/** An event type for people: as {@linkcode parseTypeArgument} reads it. */
export function formatType(type: EventType): string {
  const isPlain = type.every((segment) => !segment.includes("/")) && !type[0]?.startsWith("[");
  return isPlain && type.length > 0 ? type.join("/") : JSON.stringify(type);
}

function parse(text: string, check: (type: EventType) => unknown): EventType {
  try {
    const type: unknown = text.startsWith("[") ? JSON.parse(text) : text.split("/");
    assertEventType(type);
    check(type);
    return type;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new UsageError(`Cannot read type '${text}', which must be ${TYPE_HELP}: ${reason}`, {
      cause,
    });
  }
}
