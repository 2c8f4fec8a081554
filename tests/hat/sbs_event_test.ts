import assert from "node:assert/strict";
import { HAT_SCHEMA, type HatEvent, type RegisterEvent } from "../../lib/hat/mod.ts";
import { EventPayloadBinary, EventPayloadJson } from "../../lib/hat/payload.ts";
import type { SbsValue } from "../../lib/hat/sbs/value.ts";
import {
  eventFromSbs,
  eventIdFromSbs,
  eventIdToSbs,
  eventToSbs,
  payloadFromSbs,
  payloadToSbs,
  registerEventFromSbs,
  registerEventToSbs,
  timestampFromSbs,
  timestampToSbs,
} from "../../lib/hat/sbs_event.ts";
import {
  orderByFromSbs,
  orderByToSbs,
  orderFromSbs,
  orderToSbs,
  queryParamsFromSbs,
  queryParamsToSbs,
  queryResultFromSbs,
  queryResultToSbs,
  statusFromSbs,
  statusToSbs,
} from "../../lib/hat/sbs_query.ts";
import { Timestamp } from "../../lib/hat/timestamp.ts";
import {
  EVENTS_ACK,
  EVENTS_NOTIFY,
  INIT_REQUEST,
  INIT_RESPONSE,
  QUERY_REQUEST,
  QUERY_RESPONSE,
  REGISTER_REQUEST,
  REGISTER_RESPONSE,
  STATUS_NOTIFY,
} from "../../lib/hat/eventer/messages.ts";
import { forSeeds } from "../random.ts";
import { randomEvent, randomQuery } from "./random_data.ts";
import { testVectors } from "./vectors.ts";

interface Vector {
  readonly type: string;
  readonly hex: string;
  /** The same as an object of Hat. */
  readonly object?: {
    readonly id?: { readonly server: string; readonly session: string; readonly instance: string };
    readonly type: readonly string[];
    readonly timestamp?: { readonly s: string; readonly us: number };
    readonly source_timestamp: { readonly s: string; readonly us: number } | null;
    readonly payload:
      | null
      | { readonly kind: "json"; readonly encoded: string }
      | {
        readonly kind: "binary";
        readonly type: string;
        readonly data_hex: string;
      };
  };
}

/** Data to typed value and back. */
type Both = (bytes: Uint8Array) => { readonly typed: unknown; readonly bytes: Uint8Array };

function both<T>(
  type: string,
  fromSbs: (value: SbsValue) => T,
  toSbs: (value: T) => SbsValue,
): readonly [string, Both] {
  const codec = HAT_SCHEMA.codec(`HatEventer.${type}`);
  return [type, (bytes) => {
    const typed = fromSbs(codec.decode(bytes));
    return { typed, bytes: codec.encode(toSbs(typed)) };
  }];
}

interface Message<T> {
  readonly type: string;
  encode(value: T): Uint8Array;
  decode(bytes: Uint8Array): T;
}

function message<T>(message: Message<T>): readonly [string, Both] {
  return [message.type.slice("HatEventer.".length), (bytes) => {
    const typed = message.decode(bytes);
    return { typed, bytes: message.encode(typed) };
  }];
}

const TYPED: ReadonlyMap<string, Both> = new Map([
  both("Timestamp", timestampFromSbs, timestampToSbs),
  both("EventId", eventIdFromSbs, eventIdToSbs),
  both("EventType", (value) => value, (value) => value),
  both("Order", orderFromSbs, orderToSbs),
  both("OrderBy", orderByFromSbs, orderByToSbs),
  both("Status", statusFromSbs, statusToSbs),
  both("EventPayload", payloadFromSbs, payloadToSbs),
  both(
    "EventPayloadJson",
    (value) => EventPayloadJson.fromText(value as string),
    ({ text }) => text,
  ),
  both("EventPayloadBinary", (value) => value, (value) => value),
  both("Event", eventFromSbs, eventToSbs),
  both("RegisterEvent", registerEventFromSbs, registerEventToSbs),
  both("QueryParams", queryParamsFromSbs, queryParamsToSbs),
  both("QueryResult", queryResultFromSbs, queryResultToSbs),
  message(INIT_REQUEST),
  message(INIT_RESPONSE),
  message(STATUS_NOTIFY),
  message(EVENTS_NOTIFY),
  message(EVENTS_ACK),
  message(REGISTER_REQUEST),
  message(REGISTER_RESPONSE),
  message(QUERY_REQUEST),
  message(QUERY_RESPONSE),
]);

const SAMPLE: readonly Vector[] = [{
  type: "HatEventer.RegisterEvent",
  hex: "8181618181bf80",
  object: { type: ["a"], source_timestamp: { s: "1", us: 63 }, payload: null },
}];

/** What a typed value cannot hold: ids beyond safe integers, queries that cannot be answered. */
const REFUSED =
  /must be a safe integer|must not be negative|must be its last segment|must be \d+, as/;

testVectors("FromSbs and ToSbs of every type", "sbs-eventer", SAMPLE, (vectors) => {
  let refused = 0;
  for (const { type, hex, object } of vectors) {
    const convert = TYPED.get(type.slice("HatEventer.".length));
    assert(convert !== undefined, type);
    let converted: ReturnType<Both>;
    try {
      converted = convert(Uint8Array.fromHex(hex));
    } catch (error) {
      assert(error instanceof Error && REFUSED.test(error.message), `${type} ${hex} ${error}`);
      refused++;
      continue;
    }
    assert.equal(converted.bytes.toHex(), hex, type);
    if (object !== undefined) assert.deepEqual(converted.typed, typedObject(object));
  }
  assert(refused * 5 <= vectors.length, `${refused} of ${vectors.length} refused`);
});

function typedObject(object: NonNullable<Vector["object"]>): RegisterEvent | HatEvent {
  const { payload, source_timestamp: source } = object;
  const event: RegisterEvent = {
    type: object.type,
    sourceTimestamp: source === null ? undefined : new Timestamp(BigInt(source.s), source.us),
    payload: payload === null
      ? undefined
      : payload.kind === "json"
      ? EventPayloadJson.fromText(payload.encoded)
      : new EventPayloadBinary(payload.type, Uint8Array.fromHex(payload.data_hex)),
  };
  if (object.id === undefined || object.timestamp === undefined) return event;
  const { server, session, instance } = object.id;
  return {
    id: { server: Number(server), session: Number(session), instance: Number(instance) },
    ...event,
    timestamp: new Timestamp(BigInt(object.timestamp.s), object.timestamp.us),
  };
}

Deno.test("FromSbs gives back what ToSbs was given, over random data", async () => {
  await forSeeds(100, (random) => {
    const event = randomEvent(random);
    assert.deepEqual(EVENTS_NOTIFY.decode(EVENTS_NOTIFY.encode([event, event])), [event, event]);
    const { type, sourceTimestamp, payload } = event;
    const register = { type, sourceTimestamp, payload };
    assert.deepEqual(REGISTER_REQUEST.decode(REGISTER_REQUEST.encode([register])), [register]);
    const query = randomQuery(random);
    const decoded = QUERY_REQUEST.decode(QUERY_REQUEST.encode(query));
    assert.deepEqual(QUERY_REQUEST.encode(decoded), QUERY_REQUEST.encode(query));
    for (const [name, member] of Object.entries(query)) {
      assert.deepEqual((decoded as unknown as Record<string, unknown>)[name], member);
    }
  });
});

Deno.test("FromSbs refuses what a typed value cannot hold", () => {
  const id = { server: 1, session: 1, instance: 1 };
  const timestamp = { s: 0, us: 0 };
  const none = { name: "none", value: null };
  const event = { id, type: ["a"], timestamp, sourceTimestamp: none, payload: none };
  assert.throws(() => eventFromSbs({ ...event, id: { ...id, session: 2n ** 53n } }), TypeError);
  assert.throws(() => eventFromSbs({ ...event, timestamp: { s: 2n ** 63n, us: 0 } }), RangeError);
  assert.throws(() => eventFromSbs({ ...event, timestamp: { s: 0, us: -1 } }), RangeError);
  const payload = { name: "value", value: { name: "json", value: "{" } };
  assert.throws(() => eventFromSbs({ ...event, payload }), SyntaxError);
});
