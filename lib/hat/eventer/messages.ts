import type { EventType } from "../event_type.ts";
import type { HatEvent, RegisterEvent } from "../event.ts";
import type { QueryParams, QueryResult, Status } from "../query.ts";
import type { SbsChoice, SbsRecord, SbsValue } from "../sbs/value.ts";
import {
  eventFromSbs,
  eventToSbs,
  optionalFromSbs,
  optionalToSbs,
  registerEventFromSbs,
  registerEventToSbs,
} from "../sbs_event.ts";
import {
  queryParamsFromSbs,
  queryParamsToSbs,
  queryResultFromSbs,
  queryResultToSbs,
  statusFromSbs,
  statusToSbs,
} from "../sbs_query.ts";
import { HAT_SCHEMA } from "../schema/hat_schema.ts";

/** Who a client is and what it wants: the first message of a connection. */
export interface InitRequest {
  /** What it calls itself. */
  readonly clientName: string;
  /** A secret that it has of the server. */
  readonly clientToken: string | undefined;
  /** Query types: it is notified of events that match one. */
  readonly subscriptions: readonly EventType[];
  /** It is notified of events of this server only. */
  readonly serverId: number | undefined;
  /** Whether it is notified of events when they are durable, instead of when they are registered. */
  readonly persisted: boolean;
}

/** The answer to an {@linkcode InitRequest}. */
export type InitResponse =
  | { readonly kind: "success"; readonly status: Status }
  | { readonly kind: "error"; readonly message: string };

/** One kind of message between event client and event server. */
export interface EventerMessage<T> {
  /** The type of its data. */
  readonly type: string;
  /** The data. */
  encode(value: T): Uint8Array;
  /**
   * The value of data.
   *
   * @throws {SbsError | TypeError | RangeError | SyntaxError | QueryTypeError} When they are none.
   */
  decode(data: Uint8Array): T;
}

function define<T>(
  name: string,
  toSbs: (value: T) => SbsValue,
  fromSbs: (value: SbsValue) => T,
): EventerMessage<T> {
  const type = `HatEventer.${name}`;
  const codec = HAT_SCHEMA.codec(type);
  return {
    type,
    encode: (value) => codec.encode(toSbs(value)),
    decode: (data) => fromSbs(codec.decode(data)),
  };
}

/** The client says who it is. */
export const INIT_REQUEST: EventerMessage<InitRequest> = define(
  "MsgInitReq",
  initRequestToSbs,
  initRequestFromSbs,
);

/** The server accepts or refuses it. */
export const INIT_RESPONSE: EventerMessage<InitResponse> = define(
  "MsgInitRes",
  (response) =>
    response.kind === "success"
      ? { name: response.kind, value: statusToSbs(response.status) }
      : { name: response.kind, value: response.message },
  initResponseFromSbs,
);

/** The server tells its new status. */
export const STATUS_NOTIFY: EventerMessage<Status> = define(
  "MsgStatusNotify",
  statusToSbs,
  statusFromSbs,
);

/** The server tells events of one session. */
export const EVENTS_NOTIFY: EventerMessage<readonly HatEvent[]> = define(
  "MsgEventsNotify",
  eventsToSbs,
  eventsFromSbs,
);

/** The client has handled the events it was told. */
export const EVENTS_ACK: EventerMessage<null> = define("MsgEventsAck", () => null, () => null);

/** The client wants events to be registered. */
export const REGISTER_REQUEST: EventerMessage<readonly RegisterEvent[]> = define(
  "MsgRegisterReq",
  (events) => events.map(registerEventToSbs),
  (value) => (value as readonly SbsValue[]).map(registerEventFromSbs),
);

/** The server has registered them, or not. */
export const REGISTER_RESPONSE: EventerMessage<readonly HatEvent[] | undefined> = define(
  "MsgRegisterRes",
  (events) =>
    events === undefined
      ? { name: "failure", value: null }
      : { name: "events", value: eventsToSbs(events) },
  (value) => {
    const choice = value as SbsChoice;
    return choice.name === "failure" ? undefined : eventsFromSbs(choice.value);
  },
);

/** The client asks. */
export const QUERY_REQUEST: EventerMessage<QueryParams> = define(
  "MsgQueryReq",
  queryParamsToSbs,
  queryParamsFromSbs,
);

/** The server answers. */
export const QUERY_RESPONSE: EventerMessage<QueryResult> = define(
  "MsgQueryRes",
  queryResultToSbs,
  queryResultFromSbs,
);

function eventsToSbs(events: readonly HatEvent[]): SbsValue {
  return events.map(eventToSbs);
}

function eventsFromSbs(value: SbsValue): readonly HatEvent[] {
  return (value as readonly SbsValue[]).map(eventFromSbs);
}

function initRequestToSbs(request: InitRequest): SbsRecord {
  return {
    clientName: request.clientName,
    clientToken: optionalToSbs(request.clientToken, (token) => token),
    subscriptions: request.subscriptions,
    serverId: optionalToSbs(request.serverId, (id) => id),
    persisted: request.persisted,
  };
}

function initRequestFromSbs(value: SbsValue): InitRequest {
  const record = value as SbsRecord;
  return {
    clientName: record["clientName"] as string,
    clientToken: optionalFromSbs(record["clientToken"], (token) => token as string),
    subscriptions: record["subscriptions"] as readonly EventType[],
    serverId: optionalFromSbs(record["serverId"], serverIdFromSbs),
    persisted: record["persisted"] as boolean,
  };
}

function serverIdFromSbs(value: SbsValue): number {
  if (typeof value === "number") return value;
  throw new RangeError(
    `Cannot use server id as it must be a safe integer: current value is ${value}`,
  );
}

function initResponseFromSbs(value: SbsValue): InitResponse {
  const choice = value as SbsChoice;
  return choice.name === "error"
    ? { kind: "error", message: choice.value as string }
    : { kind: "success", status: statusFromSbs(choice.value) };
}
