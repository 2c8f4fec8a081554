import type { Criteria } from "../../event/criteria.ts";
import type { RawEvent } from "../../event/raw_event.ts";
import type { LabelKind } from "./filter_completion.ts";
import type { HistogramData } from "./histogram.ts";
import type { PageRequest } from "./page_loader.ts";

/** What is saved: some events, or all that are found. */
export type Saved =
  | { readonly kind: "events"; readonly events: readonly RawEvent[] }
  | { readonly kind: "found"; readonly criteria: Criteria };

/** Something that the model wants to be done; what comes of it is a {@linkcode Report}. */
export type Effect =
  /** Follow what arrives, instead of what was followed before; loads and counts of before are given up. */
  | { readonly kind: "follow"; readonly scope: number; readonly criteria: Criteria }
  | { readonly kind: "load"; readonly load: number; readonly request: PageRequest }
  | { readonly kind: "giveUp"; readonly load: number }
  /** Count into at most so many stretches. */
  | {
    readonly kind: "count";
    readonly scope: number;
    readonly criteria: Criteria;
    readonly stretches: number;
  }
  | {
    readonly kind: "save";
    readonly path: string;
    readonly overwrite: boolean;
    readonly saved: Saved;
  }
  /** Tell all sources or tags. */
  | { readonly kind: "labels"; readonly by: LabelKind }
  | { readonly kind: "copy"; readonly text: string }
  | { readonly kind: "redraw" | "suspend" | "quit" };

/** How the connection to the collector is. */
export type ConnectionState =
  | { readonly kind: "connecting" | "connected" }
  | {
    readonly kind: "lost";
    readonly reason: string;
    /** When it is tried again, in milliseconds since 1970. */
    readonly retryAtMs: number | undefined;
  };

/** What came of an {@linkcode Effect}, or happened meanwhile. */
export type Report =
  | { readonly kind: "connection"; readonly state: ConnectionState }
  /** Whatever arrives from now on is told; what arrived before must be loaded. */
  | { readonly kind: "following"; readonly scope: number }
  | { readonly kind: "arrived"; readonly scope: number; readonly events: readonly RawEvent[] }
  /** Events passed by unseen. */
  | { readonly kind: "missed"; readonly count: number | undefined }
  /** The collector refuses to go on. */
  | { readonly kind: "refused"; readonly scope: number; readonly reason: string }
  | { readonly kind: "found"; readonly load: number; readonly events: readonly RawEvent[] }
  | { readonly kind: "loaded"; readonly load: number; readonly isEnd: boolean }
  | { readonly kind: "loadFailed"; readonly load: number; readonly reason: string }
  | { readonly kind: "counted"; readonly scope: number; readonly data: HistogramData | undefined }
  /** The reason is told once only. */
  | { readonly kind: "countFailed"; readonly scope: number; readonly reason: string | undefined }
  | { readonly kind: "labels"; readonly by: LabelKind; readonly labels: readonly string[] }
  | { readonly kind: "saving"; readonly count: number }
  | { readonly kind: "saved"; readonly path: string; readonly count: number }
  | { readonly kind: "saveExists"; readonly path: string; readonly saved: Saved }
  | { readonly kind: "saveFailed"; readonly reason: string };
