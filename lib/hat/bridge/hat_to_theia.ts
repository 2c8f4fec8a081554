import { createEvent, type Event } from "../../event/event.ts";
import type { EventId, HatEvent } from "../event.ts";
import type { EventType } from "../event_type.ts";
import type { EventPayload } from "../payload.ts";
import type { Timestamp } from "../timestamp.ts";

/** Begins the ids of Theia events that were Hat events. */
const ID_PREFIX = "hat:";

/** How {@linkcode hatToTheia} makes events. */
export interface HatToTheiaOptions {
  /** The segments of the type that become no tags. @default {[]} */
  readonly prefix?: EventType;
  /** Tags that every event gets. @default {[]} */
  readonly tags?: readonly string[];
}

/**
 * A Hat event as a Theia event. The same event always gives the same one, by id and timestamp, so that
 * a collector recognises what is sent again.
 *
 * The source is the whole type, as a path; each segment after the prefix is a tag as well. The content is
 * the JSON text of the payload, or its bytes in base64. The timestamp is that of the source, where there
 * is one. The header line `hat:` has all else, as JSON.
 *
 * @example
 * ```ts
 * import { EventPayloadJson, hatToTheia, Timestamp } from "@theia/collector/hat";
 * import assert from "node:assert/strict";
 *
 * const event = hatToTheia({
 *   id: { server: 1, session: 7, instance: 2 },
 *   type: ["plant", "oven", "temperature"],
 *   timestamp: new Timestamp(1_700_000_000n, 0),
 *   sourceTimestamp: undefined,
 *   payload: EventPayloadJson.of(212),
 * }, { prefix: ["plant"] });
 * assert.equal(event.id, "hat:1:7:2");
 * assert.equal(event.source, "plant/oven/temperature");
 * assert.deepEqual(event.tags, ["oven", "temperature"]);
 * assert.equal(event.content, "212");
 * ```
 */
export function hatToTheia(event: HatEvent, options: HatToTheiaOptions = {}): Event {
  const { prefix = [], tags = [] } = options;
  const segments = event.type.slice(prefix.length).filter(isTag);
  return createEvent({
    id: theiaIdOf(event.id),
    timestamp: secondsOf(event),
    source: event.type.map(inOneLine).join("/"),
    tags: [...new Set([...segments, ...tags])],
    content: contentOf(event.payload),
    headers: [`hat: ${describe(event)}`],
  });
}

/** The id of a Theia event that was a Hat event. */
export function theiaIdOf({ server, session, instance }: EventId): string {
  return `${ID_PREFIX}${server}:${session}:${instance}`;
}

/** How the ids of Theia events begin that were events of this Hat server. */
export function theiaIdPrefix(serverId: number): string {
  return `${ID_PREFIX}${serverId}:`;
}

/** A collector takes 0 for no timestamp, and gives its own time: not the same when it comes again. */
function secondsOf({ timestamp, sourceTimestamp }: HatEvent): number {
  return sourceTimestamp?.toNumber() || timestamp.toNumber();
}

function contentOf(payload: EventPayload | undefined): string {
  if (payload === undefined) return "";
  return payload.kind === "json" ? payload.text : payload.data.toBase64();
}

/** Text that the header of an event can have as a tag, and gives back as it was. */
function isTag(segment: string): boolean {
  return segment !== "" && segment.trim() === segment && !/[,\r\n]/.test(segment);
}

function inOneLine(segment: string): string {
  return segment.replaceAll(/[\r\n]+/g, " ");
}

function describe({ type, timestamp, sourceTimestamp, payload }: HatEvent): string {
  return JSON.stringify({
    type,
    timestamp: parts(timestamp),
    ...(sourceTimestamp === undefined ? {} : { sourceTimestamp: parts(sourceTimestamp) }),
    ...(payload === undefined ? {} : { payload: payload.kind }),
    ...(payload?.kind === "binary" ? { payloadType: payload.type } : {}),
  });
}

/** Seconds as text: they may be more than a number holds. */
function parts({ s, us }: Timestamp): { readonly s: string; readonly us: number } {
  return { s: String(s), us };
}
