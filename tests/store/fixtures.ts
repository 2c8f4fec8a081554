import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { crc32 } from "node:zlib";
import type { Criteria, Cursor } from "../../lib/event/criteria.ts";
import { createEvent, type Event, type EventInit } from "../../lib/event/event.ts";
import { EventReader } from "../../lib/event/event_reader.ts";
import { RawEvent } from "../../lib/event/raw_event.ts";
import { serializeEvent } from "../../lib/event/text_format.ts";
import type { EventSearch, EventStore, SearchOptions } from "../../lib/store/store.ts";

/** A directory that goes away with the block it is used in. */
export interface TempDirectory extends AsyncDisposable {
  readonly path: string;
}

/** Makes a directory for a test. */
export async function tempDirectory(): Promise<TempDirectory> {
  const path = await Deno.makeTempDir({ prefix: "theia-store-" });
  return {
    path,
    [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }),
  };
}

/** An event with a fixed default timestamp, so that tests say what they depend on. */
export function event(id: string, init: Omit<EventInit, "id"> = {}): Event {
  return createEvent({ timestamp: 1, ...init, id });
}

/** Events `<prefix>0`, `<prefix>1`, …, a second apart. */
export function events(prefix: string, count: number, start = 0): Event[] {
  return Array.from(
    { length: count },
    (_, i) => event(`${prefix}${i}`, { timestamp: start + i, content: `content of ${prefix}${i}` }),
  );
}

const encoder = new TextEncoder();

/** An event of the very header lines and content given, as a reader of the wire makes it. */
export function rawEvent(header: string, content: string): RawEvent {
  const headerBytes = encoder.encode(header);
  const contentBytes = encoder.encode(content);
  const sizes = `${headerBytes.length} ${contentBytes.length}`;
  const total = headerBytes.length + contentBytes.length;
  const frame = encoder.encode(`event: ${total} ${sizes}\n${header}${content}\n`);
  const read = new EventReader(frame, { maxEventBytes: Infinity }).next();
  assert.ok(read instanceof RawEvent, `not an event: ${read}`);
  return read;
}

/** What a search returned. */
export interface Found {
  readonly events: readonly RawEvent[];
  readonly arrivals: readonly Cursor[];
  readonly ids: readonly string[];
  readonly search: EventSearch;
}

/** Runs a search to its end, checking what holds for each. */
export async function find(
  store: EventStore,
  criteria: Criteria = {},
  options: SearchOptions = {},
): Promise<Found> {
  return await drain(store.search(criteria, options));
}

/** Takes everything from a search, checking what holds for each. */
export async function drain(search: EventSearch): Promise<Found> {
  const found: RawEvent[] = [];
  const arrivals: Cursor[] = [];
  for await (const batch of search) {
    assert.ok(batch.events.length > 0, "a batch has at least one event");
    assert.equal(batch.events.length, batch.arrivals.length);
    for (const item of batch.events) found.push(item);
    for (const arrival of batch.arrivals) arrivals.push(arrival);
    assert.equal(search.summary.matched, found.length);
  }
  return { events: found, arrivals, ids: found.map(({ id }) => id), search };
}

/** The ids that a search returns, in its order. */
export async function findIds(
  store: EventStore,
  criteria: Criteria = {},
): Promise<readonly string[]> {
  return (await find(store, criteria)).ids;
}

/** Header and content as they came, as text that is equal only for equal bytes. */
export function bytesOf(item: Event): string {
  const frame = serializeEvent(item);
  return frame.length > 4096
    ? `${frame.length} bytes, CRC-32 ${crc32(frame)}`
    : new TextDecoder("utf-8", { ignoreBOM: true, fatal: true }).decode(frame);
}

/** Fails where two lists of events differ in a byte; shows the first difference only. */
export function assertSameEvents(actual: readonly Event[], expected: readonly Event[]): void {
  const length = Math.min(actual.length, expected.length);
  for (let i = 0; i < length; i++) {
    const [a, b] = [actual[i], expected[i]];
    if (a === undefined || b === undefined) continue;
    if (Buffer.compare(serializeEvent(a), serializeEvent(b)) === 0) continue;
    assert.equal(bytesOf(a), bytesOf(b), `event ${i} of ${expected.length}`);
  }
  assert.equal(actual.length, expected.length, "number of events");
}

/** Fails when a promise takes too long, so that a hang names its test. */
export async function within<T>(ms: number, promise: PromiseLike<T>, what: string): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error(`${what} took longer than ${ms} ms`)), ms);
  try {
    return await Promise.race([promise, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
