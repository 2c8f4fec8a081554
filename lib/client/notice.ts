import type { Cursor } from "../event/criteria.ts";
import type { Rejection } from "../wire/messages.ts";

/** What happens to a connection that makes itself anew. */
export type ConnectionNotice =
  | { readonly kind: "connecting"; readonly url: string }
  | { readonly kind: "connected"; readonly url: string }
  /** A connection was lost, or could not be made. */
  | { readonly kind: "disconnected"; readonly url: string; readonly reason: string }
  /** The next attempt starts after that time. */
  | { readonly kind: "retrying"; readonly delayMs: number };

/** What a producer's client reports. */
export type ClientNotice =
  | ConnectionNotice
  /** Events were refused: by place in the array that was given to `send`, retryable or for good. */
  | { readonly kind: "rejected"; readonly rejections: readonly Rejection[] };

/** What a live subscription reports. */
export type LiveNotice =
  | ConnectionNotice
  /**
   * Events were left out by the collector because this side was too slow, or passed by while there was no
   * connection. `replayed` says whether they come after all.
   */
  | {
    readonly kind: "gap";
    /** How many, where that is known. */
    readonly dropped: number | undefined;
    /** They came after this place, where that is known. */
    readonly since: Cursor | undefined;
    readonly replayed: boolean;
  };
