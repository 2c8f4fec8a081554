import type { Criteria, Cursor } from "../event/criteria.ts";
import type { Event } from "../event/event.ts";
import type { RawEvent } from "../event/raw_event.ts";

/**
 * Keeps events. All implementations pass one contract suite, `tests/store/store_contract.ts`.
 *
 * Contract:
 * - An event is a duplicate of a stored one when id and timestamp are equal; it must not be stored again.
 * - Every stored event has an arrival number: rising in the order in which `save` was called, never
 *   given twice, kept for the life of the store; numbers may be left out.
 * - What was saved must be returned with header and content bytes as they came.
 * - After `[Symbol.asyncDispose]` every other method must reject with an {@linkcode EventStoreError}.
 */
export interface EventStore extends AsyncDisposable {
  /** The arrival number of the last event accepted, 0 when there never was one. */
  readonly cursor: Cursor;

  /**
   * Stores events. When it resolves, all of them must survive a crash of program and machine; when it
   * rejects, none of them may have been stored.
   *
   * @throws {EventWriteError} When they could not be stored; `retryable` says whether to try again.
   */
  save(events: readonly Event[], options?: SaveOptions): Promise<SaveResult>;

  /**
   * The event with this id; with several of one id, the one with the greatest timestamp.
   *
   * @throws {EventNotFoundError} When there is none.
   * @throws {EventReadError} When the store could not be read.
   */
  get(id: string): Promise<RawEvent>;

  /**
   * Removes all events with this id.
   *
   * @throws {EventNotFoundError} When there is none.
   * @throws {EventWriteError} When it could not be removed.
   */
  delete(id: string): Promise<void>;

  /**
   * Finds events by criteria, in their order, of those that were accepted before the call.
   *
   * Must read on only as the results are taken, and must end and free what it holds when the loop is
   * left or the signal aborts. Iterating rejects with a `CriteriaError` for a pattern that is refused
   * or ran out of time, with an {@linkcode EventReadError} when the store could not be read, and with
   * the signal's reason.
   */
  search(criteria: Criteria, options?: SearchOptions): EventSearch;

  /**
   * Counts events by criteria, of those that were accepted before the call: how many in each stretch of
   * time, and of each source or tag. `order` and `limit` of the criteria must be ignored.
   *
   * Must hold only the counts in memory, and must end when the signal aborts. Rejects with a
   * `CriteriaError` for a pattern that is refused or ran out of time, with a `RangeError` when an option
   * is out of range or there would be more than {@linkcode MAX_BUCKETS} buckets, or
   * {@linkcode MAX_GROUP_BUCKETS} of all groups, with an {@linkcode EventReadError} when the store could
   * not be read, and with the signal's reason.
   */
  count(criteria: Criteria, options?: CountOptions): Promise<EventCounts>;

  /** What the store holds. */
  stats(): Promise<StoreStats>;
}

/** Options of {@linkcode EventStore.save}. */
export interface SaveOptions {
  /**
   * Called once, before `save` resolves, with those events that are no duplicates, as soon as searches
   * see them and they have arrival numbers; they may not be on disk yet. @default {nothing is called}
   */
  readonly onAccepted?: (batch: EventBatch) => void;
}

/** What {@linkcode EventStore.save} did. */
export interface SaveResult {
  /** How many events were stored. */
  readonly saved: number;
  /** How many were duplicates of stored ones or of each other. */
  readonly duplicates: number;
}

/** Options of {@linkcode EventStore.search}. */
export interface SearchOptions {
  /** Ends the search. @default {no signal} */
  readonly signal?: AbortSignal;
  /**
   * Called when patterns that may run away are tried first, as such searches wait for each other; it may
   * be called again, and of other patterns need not be called. @default {nothing is called}
   */
  readonly onTurn?: (() => void) | undefined;
}

/** Some events in order, with their arrival numbers. */
export interface EventBatch {
  /** In the order that was asked for. */
  readonly events: readonly RawEvent[];
  /** The arrival number of the event at the same index. */
  readonly arrivals: readonly Cursor[];
  /**
   * Gives the memory of the events back at once: who is done with all of them may call it, as garbage of
   * many batches may wait long to be collected. Absent where the store itself holds the events.
   */
  readonly free?: () => void;
}

/** A search under way: its batches, each with at least one event, and figures. */
export interface EventSearch extends AsyncIterable<EventBatch> {
  /** Figures up to the batch taken last; complete when iteration has ended. */
  readonly summary: SearchSummary;
}

/** Figures of a search. */
export interface SearchSummary {
  /** Events returned. */
  readonly matched: number;
  /** Events looked at. */
  readonly scanned: number;
  /** Every event that arrived up to this number was looked for, and none after it. */
  readonly cursor: Cursor;
}

/** The most buckets that counts may have: a chart has fewer, and a smaller interval is a mistake. */
export const MAX_BUCKETS = 100_000;

/**
 * The most groups that are told apart. When there are more, those with the fewest events up to then are
 * counted together, and begin anew when more of theirs come: the count of a group that is returned may lack
 * those, as few as they are.
 */
export const MAX_GROUPS = 100_000;

/** The most buckets that all groups may have together, for each takes some memory: about 50 MB. */
export const MAX_GROUP_BUCKETS = 1_000_000;

/** Options of {@linkcode EventStore.count}. */
export interface CountOptions {
  /** Length of a bucket in seconds, more than 0; the buckets begin at its multiples. @default {no buckets} */
  readonly interval?: number | undefined;
  /** What to group by. @default {no groups} */
  readonly by?: "source" | "tag" | undefined;
  /** At most that many groups are returned, those with the most events. @default {100} */
  readonly top?: number | undefined;
  /** Ends the counting. @default {no signal} */
  readonly signal?: AbortSignal;
  /** As {@linkcode SearchOptions.onTurn}. @default {nothing is called} */
  readonly onTurn?: (() => void) | undefined;
}

/** How many events there are. */
export interface EventCounts {
  /** Events that match. */
  readonly matched: number;
  /** Events looked at, or known of without being looked at. */
  readonly scanned: number;
  /** Every event that arrived up to this number was counted, and none after it. */
  readonly cursor: Cursor;
  /** The buckets that have events, in the order of time; none without an interval. */
  readonly buckets: readonly CountedBucket[];
  /** Those with the most events first, equal ones by key; none when not grouped. */
  readonly groups: readonly CountedGroup[];
  /** The counts of all groups that are not returned, added up. */
  readonly otherEvents: number;
}

/** How many events there are in a stretch of time. */
export interface CountedBucket {
  /** Its first second since 1970, a multiple of the interval; it ends before the next multiple. */
  readonly start: number;
  /** At least 1. */
  readonly count: number;
}

/** How many events there are of a source or with a tag. */
export interface CountedGroup {
  /** The source, which may be empty, or the tag, `""` standing for events without tags. */
  readonly key: string;
  /** At least 1; an event with several tags counts for each of them, once. */
  readonly count: number;
  /** As those of all, for this group. */
  readonly buckets: readonly CountedBucket[];
}

/** What a store holds. */
export interface StoreStats {
  /** How many. */
  readonly events: number;
  /** Bytes of headers and contents as they came. */
  readonly rawBytes: number;
  /** Bytes that the store takes on disk, or in memory where there is no disk. */
  readonly storedBytes: number;
  /** The least timestamp, undefined when the store is empty. */
  readonly oldest: number | undefined;
  /** The greatest timestamp, undefined when the store is empty. */
  readonly newest: number | undefined;
  /** Parts of the store that could not be read and were passed over. */
  readonly damaged: number;
  /** What retention ever dropped; absent when it never did, or the store has none. */
  readonly dropped?: {
    readonly events: number;
    /** Bytes of headers and contents as they came. */
    readonly bytes: number;
  };
}

/** A store could not do what was asked. */
export class EventStoreError extends Error {
  /** Tells this error from others, also across copies of this library. */
  override readonly name: string = "EventStoreError";
}

/** Events could not be stored or removed. */
export class EventWriteError extends EventStoreError {
  /** Tells this error from others, also across copies of this library. */
  override readonly name = "EventWriteError";
  /** True when the same call may succeed later, such as after space was made on the disk. */
  readonly retryable: boolean;
  /** True when the disk had no room; stores tell their observer when that begins and when it ends. */
  readonly isDiskFull: boolean;

  /** For stores. */
  constructor(
    message: string,
    options: ErrorOptions & {
      /** Whether the same call may succeed later. */
      readonly retryable: boolean;
      /** Whether the disk had no room. @default {false} */
      readonly isDiskFull?: boolean;
    },
  ) {
    super(message, options);
    this.retryable = options.retryable;
    this.isDiskFull = options.isDiskFull ?? false;
  }
}

/** Stored events could not be read. */
export class EventReadError extends EventStoreError {
  /** Tells this error from others, also across copies of this library. */
  override readonly name = "EventReadError";
}

/** No event has the id that was asked for. */
export class EventNotFoundError extends EventStoreError {
  /** Tells this error from others, also across copies of this library. */
  override readonly name = "EventNotFoundError";
  /** What was asked for. */
  readonly id: string;

  /** For stores. */
  constructor(id: string) {
    super(`Cannot find event '${id}': no stored event has this id`);
    this.id = id;
  }
}
