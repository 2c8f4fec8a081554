import { crc32 } from "node:zlib";
import type { EventId, HatEvent } from "../../event.ts";
import type { EventType } from "../../event_type.ts";
import { type EventPayload, EventPayloadBinary, EventPayloadJson } from "../../payload.ts";
import { Timestamp, TIMESTAMP_BYTES } from "../../timestamp.ts";

/** An id in bytes: server, session and instance in eight bytes each, plus 2^63, big-endian. */
export const ID_BYTES = 24;

/** The number of a type in bytes. */
export const TYPE_BYTES = 4;

/** Where the parts of a key are: id, type, timestamp, whether there is a source timestamp, that one. */
export const TYPE_AT: number = ID_BYTES;
/** See {@linkcode TYPE_AT}. */
export const TIME_AT: number = TYPE_AT + TYPE_BYTES;
/** See {@linkcode TYPE_AT}. */
export const HAS_SOURCE_AT: number = TIME_AT + TIMESTAMP_BYTES;
/** See {@linkcode TYPE_AT}. */
export const SOURCE_AT: number = HAS_SOURCE_AT + 1;
/** The bytes of a key. */
export const KEY_BYTES: number = SOURCE_AT + TIMESTAMP_BYTES;

/** A payload begins with a checksum of the event; where there is no payload, nothing follows. */
const CHECKSUM_BYTES = 4;

/** The byte after it. */
const JSON_PAYLOAD = 1;
/** Then follow the bytes of its type, how many these are in four bytes, and then the data. */
const BINARY_PAYLOAD = 2;
const BINARY_HEAD = 5;

/** Events as they are handed to another thread: in buffers that change hands without being copied. */
export interface PackedEvents {
  readonly count: number;
  /** What is of a fixed size, {@linkcode KEY_BYTES} each. */
  readonly keys: Uint8Array<ArrayBuffer>;
  /** How long each payload is. */
  readonly lengths: Uint32Array<ArrayBuffer>;
  /** The payloads, one after another. */
  readonly payloads: Uint8Array<ArrayBuffer>;
}

/** An event type with its number. */
export interface NumberedType {
  readonly number: number;
  readonly type: EventType;
  /** The checksum of its name, with which that of each event begins. */
  readonly checksum: number;
}

/** An event and its type. */
export interface NumberedEvent {
  readonly event: HatEvent;
  readonly type: NumberedType;
}

/** Events that were unpacked, and how many others were not what they had been. */
export interface UnpackedEvents {
  readonly events: HatEvent[];
  readonly damaged: number;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** Characters up to which it is not counted how many bytes a text has: three each at most. */
const SHORT_TEXT = 4096;

/** Bytes that a payload takes at most. */
export function maxPayloadBytes(payload: EventPayload | undefined): number {
  if (payload === undefined) return CHECKSUM_BYTES;
  if (payload.kind === "json") return CHECKSUM_BYTES + 1 + maxTextBytes(payload.text);
  return CHECKSUM_BYTES + BINARY_HEAD + maxTextBytes(payload.type) + payload.data.length;
}

function maxTextBytes(text: string): number {
  return text.length <= SHORT_TEXT ? 3 * text.length : encoder.encode(text).length;
}

/** Packs events. */
export function packEvents(events: readonly NumberedEvent[]): PackedEvents {
  let bytes = 0;
  for (const { event } of events) bytes += maxPayloadBytes(event.payload);
  const keys = new Uint8Array(events.length * KEY_BYTES);
  const view = new DataView(keys.buffer);
  const lengths = new Uint32Array(events.length);
  const payloads = new Uint8Array(bytes);
  const sums = new DataView(payloads.buffer);
  let at = 0;
  events.forEach(({ event, type }, i) => {
    const key = i * KEY_BYTES;
    putId(view, key, event.id);
    view.setUint32(key + TYPE_AT, type.number);
    putTimestamp(view, key + TIME_AT, event.timestamp);
    if (event.sourceTimestamp !== undefined) {
      keys[key + HAS_SOURCE_AT] = 1;
      putTimestamp(view, key + SOURCE_AT, event.sourceTimestamp);
    }
    const end = putPayload(payloads, at + CHECKSUM_BYTES, event.payload);
    sums.setUint32(at, checksumOf(type, keys.subarray(key, key + KEY_BYTES), payloads, at, end));
    lengths[i] = end - at;
    at = end;
  });
  return { count: events.length, keys, lengths, payloads: payloads.subarray(0, at) };
}

/** Makes the events of packed ones, except those whose checksum is wrong. */
export function unpackEvents(
  packed: PackedEvents,
  typeOf: (number: number) => NumberedType | undefined,
): UnpackedEvents {
  const { keys, payloads } = packed;
  const view = new DataView(keys.buffer, keys.byteOffset);
  const events: HatEvent[] = [];
  let at = 0;
  for (let i = 0; i < packed.count; i++) {
    const key = keys.subarray(i * KEY_BYTES, (i + 1) * KEY_BYTES);
    const end = at + (packed.lengths[i] ?? 0);
    const type = typeOf(view.getUint32(i * KEY_BYTES + TYPE_AT));
    if (type !== undefined && isSound(type, key, payloads, at, end)) {
      events.push({
        id: idAt(view, i * KEY_BYTES),
        type: type.type,
        timestamp: timestampAt(key, TIME_AT),
        sourceTimestamp: key[HAS_SOURCE_AT] === 1 ? timestampAt(key, SOURCE_AT) : undefined,
        payload: payloadOf(payloads.subarray(at + CHECKSUM_BYTES, end)),
      });
    }
    at = end;
  }
  return { events, damaged: packed.count - events.length };
}

/** The checksum of the name of a type, with which those of its events begin. */
export function typeChecksum(name: string): number {
  return crc32(name);
}

function checksumOf(
  type: NumberedType,
  key: Uint8Array,
  payloads: Uint8Array,
  at: number,
  end: number,
): number {
  return crc32(payloads.subarray(at + CHECKSUM_BYTES, end), crc32(key, type.checksum));
}

function isSound(
  type: NumberedType,
  key: Uint8Array,
  payloads: Uint8Array,
  at: number,
  end: number,
): boolean {
  if (end - at < CHECKSUM_BYTES) return false;
  const checksum = new DataView(payloads.buffer, payloads.byteOffset + at).getUint32(0);
  return checksum === checksumOf(type, key, payloads, at, end);
}

/** The buffers of packed events, for handing them over. */
export function transferables(packed: PackedEvents): ArrayBuffer[] {
  return [packed.keys.buffer, packed.lengths.buffer, packed.payloads.buffer];
}

/** An id in bytes, in the order of ids. */
export function idBytes(id: EventId): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(ID_BYTES);
  putId(new DataView(bytes.buffer), 0, id);
  return bytes;
}

/** The id in bytes. */
export function idAt(view: DataView, at: number): EventId {
  return {
    server: integerAt(view, at),
    session: integerAt(view, at + 8),
    instance: integerAt(view, at + 16),
  };
}

function putId(view: DataView, at: number, { server, session, instance }: EventId): void {
  putInteger(view, at, server);
  putInteger(view, at + 8, session);
  putInteger(view, at + 16, instance);
}

/** Not by way of a bigint, which takes longer. */
function putInteger(view: DataView, at: number, value: number): void {
  view.setUint32(at, Math.floor(value / 2 ** 32) + 2 ** 31);
  view.setUint32(at + 4, value);
}

function integerAt(view: DataView, at: number): number {
  return (view.getUint32(at) - 2 ** 31) * 2 ** 32 + view.getUint32(at + 4);
}

function putTimestamp(view: DataView, at: number, { s, us }: Timestamp): void {
  view.setBigInt64(at, s);
  // Adds 2^63.
  view.setUint8(at, view.getUint8(at) ^ 0x80);
  view.setUint32(at + 8, us);
}

function timestampAt(bytes: Uint8Array, at: number): Timestamp {
  return Timestamp.fromBytes(bytes.subarray(at, at + TIMESTAMP_BYTES));
}

/** Puts a payload and returns where it ends. */
function putPayload(target: Uint8Array, at: number, payload: EventPayload | undefined): number {
  if (payload === undefined) return at;
  if (payload.kind === "json") {
    target[at] = JSON_PAYLOAD;
    return at + 1 + encoder.encodeInto(payload.text, target.subarray(at + 1)).written;
  }
  target[at] = BINARY_PAYLOAD;
  const { written } = encoder.encodeInto(payload.type, target.subarray(at + BINARY_HEAD));
  new DataView(target.buffer).setUint32(at + 1, written);
  target.set(payload.data, at + BINARY_HEAD + written);
  return at + BINARY_HEAD + written + payload.data.length;
}

function payloadOf(bytes: Uint8Array): EventPayload | undefined {
  if (bytes.length === 0) return undefined;
  if (bytes[0] === JSON_PAYLOAD) {
    return EventPayloadJson.fromKnownText(decoder.decode(bytes.subarray(1)));
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const dataAt = BINARY_HEAD + view.getUint32(1);
  // A copy: the buffer holds the payloads of all events that were found together.
  return new EventPayloadBinary(
    decoder.decode(bytes.subarray(BINARY_HEAD, dataAt)),
    bytes.slice(dataAt),
  );
}
