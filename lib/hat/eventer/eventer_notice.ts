import type { EventerClientInfo } from "./eventer_service.ts";

/** Something that happened in an event server. */
export type EventerNotice =
  /** It takes connections now. */
  | { readonly kind: "listening"; readonly hostname: string; readonly port: number }
  /** A client was accepted. */
  | { readonly kind: "client-joined"; readonly client: EventerClientInfo }
  /** A client was told that it is not accepted. */
  | {
    readonly kind: "client-refused";
    readonly name: string;
    readonly remote: string;
    readonly reason: string;
  }
  /**
   * A connection ended before it said who it is, as its first message was another, or as too many are
   * open.
   */
  | { readonly kind: "stranger-failed"; readonly remote: string; readonly error: unknown }
  /** The connection of a client was ended: it did what it must not, is too slow, or cannot be answered. */
  | { readonly kind: "client-failed"; readonly client: EventerClientInfo; readonly error: unknown }
  /** A client has gone. */
  | { readonly kind: "client-left"; readonly client: EventerClientInfo }
  /** A connection could not be taken; others can. */
  | { readonly kind: "accept-failed"; readonly error: unknown };

/** Is told what happens; must not throw. */
export type EventerObserver = (notice: EventerNotice) => void;
