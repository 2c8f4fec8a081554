import type { CriteriaError } from "../event/criteria.ts";
import type { EventFormatError } from "../event/event_reader.ts";
import type { Dialect } from "../wire/dialect.ts";

/** Who is at the other end of a connection. */
export interface ClientInfo {
  /** Counts the connections and the HTTP requests of a collector, from 1. */
  readonly id: number;
  /** `/event`, `/find` or `/live`, or the path of a request. */
  readonly path: string;
  /** How it speaks. */
  readonly dialect: Dialect | "http";
  /** Address and port, such as `127.0.0.1:50312` or `[::1]:50312`. */
  readonly remote: string;
}

/** Something that happened in a collector. */
export type CollectorNotice =
  /** It takes connections now; `addresses` are those bound, such as `127.0.0.1` and `::1`. */
  | {
    readonly kind: "listening";
    readonly hostname: string;
    readonly port: number;
    readonly addresses: readonly string[];
  }
  /** Nobody could connect for a moment, such as when there were more connections than open files may be. */
  | { readonly kind: "listening-interrupted"; readonly error: unknown }
  | { readonly kind: "client-joined"; readonly client: ClientInfo }
  | {
    readonly kind: "client-left";
    readonly client: ClientInfo;
    readonly code: number;
    readonly reason: string;
  }
  /** An HTTP request was answered with a status of 400 or more. */
  | {
    readonly kind: "request-refused";
    readonly remote: string;
    readonly status: number;
    readonly reason: string;
  }
  | {
    readonly kind: "malformed-event";
    readonly client: ClientInfo;
    readonly error: EventFormatError;
  }
  /** Events of an HTTP body were not taken; their sender was told. */
  | {
    readonly kind: "events-rejected";
    readonly client: ClientInfo;
    readonly count: number;
    /** Of the first. */
    readonly reason: string;
  }
  | {
    readonly kind: "criteria-refused";
    readonly client: ClientInfo;
    readonly error: CriteriaError;
  }
  | { readonly kind: "search-failed"; readonly client: ClientInfo; readonly error: unknown }
  /** Events were not stored. Unless `retrying`, their producers were told and they are gone. */
  | {
    readonly kind: "save-failed";
    readonly events: number;
    readonly retrying: boolean;
    readonly error: unknown;
  }
  /** A producer was closed: more is waiting to be saved than may. What was taken from it is kept. */
  | {
    readonly kind: "producer-overload";
    readonly client: ClientInfo;
    readonly pendingBytes: number;
  }
  /** A live subscriber missed events; `closed` when it could not be told in its dialect. */
  | {
    readonly kind: "slow-subscriber";
    readonly client: ClientInfo;
    readonly dropped: number;
    readonly closed: boolean;
  }
  /** A client was closed that read nothing for `stallMs`, or said nothing for `maxSilenceMs`. */
  | { readonly kind: "stalled-client"; readonly client: ClientInfo }
  /** A defect: the connection was closed with 1011. */
  | { readonly kind: "client-failed"; readonly client: ClientInfo; readonly error: unknown }
  /** It stopped; `unsaved` counts connections whose events the store did not save in time. */
  | { readonly kind: "stopped"; readonly unsaved: number };

/** Takes what a collector reports. */
export type CollectorObserver = (notice: CollectorNotice) => void;
