import { assertEvent, type Event } from "./event.ts";

/** The members of an event that its JSON has, in this order. */
const MEMBERS: readonly string[] = ["id", "timestamp", "source", "tags", "content", "headers"];

/** An event as one line of JSON, without a line end. Digits of the timestamp beyond a double are lost. */
export function eventToJson(event: Event): string {
  const { id, timestamp, source, tags, content, headers } = event;
  return JSON.stringify({ id, timestamp, source, tags, content, headers });
}

/** What stands for members of an event's JSON that are left out. */
export interface EventJsonDefaults {
  /** Makes an id. */
  readonly id: () => string;
  /** The time in seconds since 1970, also for an event of timestamp 0. */
  readonly timestamp: () => number;
  /** Reads a timestamp that is a text; without defaults it is refused. */
  readonly readTime: (text: string) => number;
}

/**
 * Reads an event from JSON: `id` and `timestamp` must be there unless there are defaults, other members
 * may be left out, others than those of an event must not be there.
 *
 * @throws {SyntaxError} When it is no JSON.
 * @throws {TypeError} When it is no event; the message names the member.
 */
export function eventFromJson(text: string, defaults?: EventJsonDefaults): Event {
  const value: unknown = JSON.parse(text);
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    const kind = Array.isArray(value) ? "an array" : value === null ? "null" : `a ${typeof value}`;
    throw new TypeError(`Cannot read event as it must be a JSON object: it is ${kind}`);
  }
  const members = new Map<string, unknown>(Object.entries(value));
  for (const name of members.keys()) {
    if (!MEMBERS.includes(name)) {
      throw new TypeError(`Cannot read event as '${name}' is no member of an event`);
    }
  }
  const event: Event = {
    id: readText(members, "id") || (defaults?.id() ?? ""),
    timestamp: readTimestamp(members.get("timestamp"), defaults),
    source: readText(members, "source"),
    tags: readTexts(members, "tags"),
    content: readText(members, "content"),
    headers: readTexts(members, "headers"),
  };
  // UTF-8 has one replacement for all halves of a pair: different ids would become the same.
  if (!event.id.isWellFormed()) throw wrong("id", "a text without lone surrogates");
  assertEvent(event);
  return event;
}

function readTimestamp(value: unknown, defaults: EventJsonDefaults | undefined): number {
  const given = typeof value === "string" ? defaults?.readTime(value) : value ?? 0;
  if (given === 0 && defaults !== undefined) return defaults.timestamp();
  if (typeof given === "number" && value !== undefined && value !== null) return given;
  throw wrong("timestamp", "a number of seconds");
}

function readText(members: ReadonlyMap<string, unknown>, name: string): string {
  const value = members.get(name) ?? "";
  if (typeof value === "string") return value;
  throw wrong(name, "a string");
}

function readTexts(members: ReadonlyMap<string, unknown>, name: string): readonly string[] {
  const value = members.get(name) ?? [];
  if (Array.isArray(value) && value.every((item) => typeof item === "string")) return value;
  throw wrong(name, "an array of strings");
}

function wrong(name: string, rule: string): TypeError {
  return new TypeError(`Cannot read event as '${name}' must be ${rule}`);
}
