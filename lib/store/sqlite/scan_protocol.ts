import type { Criteria, Cursor } from "../../event/criteria.ts";
import type { PackedEvents } from "../../event/packed_events.ts";
import type { PartialCounts } from "../event_counter.ts";
import type { PackedCounts } from "./packed_counts.ts";
import type { StoreStats } from "../store.ts";
import type { CountBy } from "./block_counter.ts";
import type { PackedPart } from "./scan_part.ts";

/** What a scan thread is asked. */
export type ScanRequest =
  | {
    readonly kind: "open";
    readonly path: string;
    /** Where to give way to saves, if anybody saves here. */
    readonly rightOfWay: SharedArrayBuffer | undefined;
  }
  /** How to divide a search into parts. */
  | { readonly kind: "plan"; readonly search: number; readonly criteria: Criteria }
  /** One part of a search; has a number of its own. */
  | {
    readonly kind: "search";
    readonly search: number;
    readonly criteria: Criteria;
    /** What arrived later is not looked for: it was accepted after the call. */
    readonly until: Cursor;
    readonly part: PackedPart;
    /** Batches that its reader has room for. */
    readonly credits: number;
    /** Whether to tell when it gets its first turn. */
    readonly tellsTurn: boolean;
  }
  /** How to divide counting into parts, and what needs none. */
  | {
    readonly kind: "plan-count";
    readonly search: number;
    readonly criteria: Criteria;
    readonly until: Cursor;
    readonly countBy: CountBy;
  }
  /** One part of counting; has a number of its own. */
  | {
    readonly kind: "count";
    readonly search: number;
    readonly criteria: Criteria;
    /** What arrived later is not counted: it was accepted after the call. */
    readonly until: Cursor;
    readonly part: PackedPart;
    readonly countBy: CountBy;
    /** Whether to tell when it gets its first turn. */
    readonly tellsTurn: boolean;
  }
  /** The reader takes one more batch. */
  | { readonly kind: "credit"; readonly search: number }
  | { readonly kind: "cancel"; readonly search: number }
  | { readonly kind: "get"; readonly search: number; readonly id: string }
  | { readonly kind: "stats"; readonly search: number };

/** What a scan thread answers. */
export type ScanReply =
  /** In the order asked for. */
  | { readonly kind: "planned"; readonly search: number; readonly parts: readonly PackedPart[] }
  | { readonly kind: "turn"; readonly search: number }
  | {
    readonly kind: "batch";
    readonly search: number;
    readonly events: PackedEvents;
    readonly arrivals: readonly Cursor[];
    readonly scanned: number;
  }
  | {
    readonly kind: "end";
    readonly search: number;
    readonly scanned: number;
    /** What was counted, if that was asked for. */
    readonly counts?: PackedCounts;
  }
  | {
    readonly kind: "count-planned";
    readonly search: number;
    readonly parts: readonly PackedPart[];
    /** Of the blocks that are in no part. */
    readonly counts: PartialCounts;
    readonly scanned: number;
  }
  /** The event asked for with `get`, or none. */
  | { readonly kind: "got"; readonly search: number; readonly events: PackedEvents }
  | { readonly kind: "stats"; readonly search: number; readonly stats: StoreStats }
  | { readonly kind: "damaged"; readonly block: number; readonly reason: string }
  | {
    readonly kind: "error";
    readonly search: number;
    /** Whether the criteria are at fault, there are too many buckets, or it is the store. */
    readonly fault: "criteria" | "range" | "store";
    readonly message: string;
  };
