/**
 * What Theia collects: a log line, a sensor reading, a record.
 *
 * All members are read-only. `createEvent` fills in what a producer need not say.
 */
export interface Event {
  /** Unique name of the event: any non-empty text on a single line. A UUID unless the producer chose one. */
  readonly id: string;
  /** Seconds since 1970-01-01T00:00:00Z, with a fraction. */
  readonly timestamp: number;
  /** Where it came from, such as a file path: a single line, possibly empty. */
  readonly source: string;
  /** Labels, each a single line without commas. */
  readonly tags: readonly string[];
  /** The text itself, of any number of lines. */
  readonly content: string;
  /** Custom header lines as the producer wrote them, such as `offset: 4096`. */
  readonly headers: readonly string[];
}

/** What {@linkcode createEvent} needs to know: everything but the content has a default. */
export interface EventInit {
  /** Unique name of the event. @default {crypto.randomUUID()} */
  readonly id?: string;
  /** Seconds since 1970. @default {Date.now() / 1000} */
  readonly timestamp?: number;
  /** Where it came from. @default {""} */
  readonly source?: string;
  /** Labels without commas. @default {[]} */
  readonly tags?: readonly string[];
  /** The text itself. @default {""} */
  readonly content?: string;
  /** Custom header lines. @default {[]} */
  readonly headers?: readonly string[];
}

/** The header names that the format gives a meaning; every other header line is custom. */
export const KNOWN_HEADERS: readonly string[] = ["id", "timestamp", "source", "tags"];

/**
 * Makes an event, checking that the text format can carry it.
 *
 * @example
 * ```ts
 * import { createEvent } from "@theia/collector/event";
 * import assert from "node:assert/strict";
 *
 * const event = createEvent({ source: "/var/log/app.log", tags: ["web"], content: "GET / 200" });
 * assert.equal(event.tags[0], "web");
 * ```
 *
 * @param init The members to set; see {@linkcode EventInit} for the defaults.
 * @throws {TypeError} When a member breaks a rule of {@linkcode Event}; the message names it.
 */
export function createEvent(init: EventInit = {}): Event {
  const event: Event = {
    id: init.id ?? crypto.randomUUID(),
    timestamp: init.timestamp ?? Date.now() / 1000,
    source: init.source ?? "",
    tags: init.tags ?? [],
    content: init.content ?? "",
    headers: init.headers ?? [],
  };
  assertEvent(event);
  return event;
}

/**
 * Checks the rules of {@linkcode Event}.
 *
 * @throws {TypeError} When a member breaks its rule; the message names the member and the rule.
 */
export function assertEvent(event: Event): void {
  if (event.id.trim() === "") throw invalid("id", "must not be empty", event.id);
  assertLine("id", event.id);
  if (!Number.isFinite(event.timestamp)) {
    throw invalid("timestamp", "must be a finite number of seconds", event.timestamp);
  }
  assertLine("source", event.source);
  for (const tag of event.tags) {
    assertLine("tags", tag);
    if (tag.includes(",")) throw invalid("tags", "must not contain commas", tag);
  }
  for (const line of event.headers) {
    assertLine("headers", line);
    if (KNOWN_HEADERS.includes(headerName(line))) {
      throw invalid("headers", "must not repeat a member of the event", line);
    }
  }
}

/** The name before the colon of a header line, in lower case; the whole line where there is no colon. */
export function headerName(line: string): string {
  const colon = line.indexOf(":");
  return (colon < 0 ? line : line.slice(0, colon)).trim().toLowerCase();
}

function assertLine(member: string, value: string): void {
  if (value.includes("\n")) throw invalid(member, "must be a single line", value);
}

function invalid(member: string, rule: string, value: unknown): TypeError {
  return new TypeError(
    `Cannot make event as '${member}' ${rule}: current value is ${JSON.stringify(value)}`,
  );
}
