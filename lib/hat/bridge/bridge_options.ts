import type { BackoffOptions } from "../../base/backoff.ts";
import type { Cursor } from "../../event/criteria.ts";
import type { Event } from "../../event/event.ts";
import { ANY_REST, ANY_SEGMENT, assertEventType, type EventType } from "../event_type.ts";
import { Subscription } from "../subscription.ts";

/** How a bridge follows a collector. */
export interface FeedOptions {
  /** Ends it. */
  readonly signal: AbortSignal;
  /** Must be told, between two batches, that all that arrived up to a cursor was handed out. */
  readonly onCursor: (cursor: Cursor) => void;
}

/**
 * Follows Theia events: those that a collector stored after a cursor, then those that arrive, each once.
 * Without a cursor it begins with those that arrive, and must tell a cursor before the first.
 */
export type TheiaFeed = (
  since: Cursor | undefined,
  options: FeedOptions,
) => AsyncIterable<readonly Event[]>;

/**
 * Brings Theia events into a collector: resolves when each one is stored, was stored before, or is
 * refused for good.
 */
export type TheiaPush = (events: readonly Event[]) => Promise<{
  readonly rejected: readonly { readonly index: number; readonly reason: string }[];
}>;

/** Where the first start begins; later ones go on where the last one ended. */
export type BridgeStart = "new" | "stored";

/** Theia events that become Hat events. */
export interface ToHatOptions {
  /** The first segments of their types. */
  readonly prefix: EventType;
  /** Where they come from. */
  readonly feed: TheiaFeed;
  /** With which events the first start begins. @default {"new"} */
  readonly start?: BridgeStart;
}

/** Hat events that become Theia events. */
export interface ToTheiaOptions {
  /** How their types begin. */
  readonly prefix: EventType;
  /** Where they go. */
  readonly push: TheiaPush;
  /** Tags that they get, besides the segments of their types. @default {[]} */
  readonly tags?: readonly string[];
  /** With which events the first start begins. @default {"new"} */
  readonly start?: BridgeStart;
}

/** What happens in a bridge. */
export type BridgeNotice =
  | {
    /** Something did not work and is tried again. */
    readonly kind: "bridge-stalled";
    /** The name of the bridge. */
    readonly bridge: string;
    /** Which of its ways. */
    readonly direction: "to-hat" | "to-theia";
    /** Why. */
    readonly error: unknown;
  }
  | {
    /** It works again. */
    readonly kind: "bridge-resumed";
    /** The name of the bridge. */
    readonly bridge: string;
    /** Which of its ways. */
    readonly direction: "to-hat" | "to-theia";
  }
  | {
    /**
     * An event cannot be brought to the other side, as the collector refused it for good or Hat cannot
     * have it: it is passed over.
     */
    readonly kind: "bridge-refused";
    /** The name of the bridge. */
    readonly bridge: string;
    /** Which of its ways. */
    readonly direction: "to-hat" | "to-theia";
    /** The id of the Theia event. */
    readonly id: string;
    /** Why. */
    readonly reason: string;
  };

/** Options of a bridge. */
export interface BridgeOptions {
  /** Tells the bridges of one server apart. @default {"bridge"} */
  readonly name?: string;
  /** Theia events that become Hat events. @default {none} */
  readonly toHat?: ToHatOptions | undefined;
  /** Hat events that become Theia events. @default {none} */
  readonly toTheia?: ToTheiaOptions | undefined;
  /** Is told what happens; must not throw. @default {nobody is told} */
  readonly observer?: (notice: BridgeNotice) => void;
  /** How long to wait before something is tried again. */
  readonly backoff?: BackoffOptions;
}

/** The name of a bridge that is not given one. */
export const DEFAULT_BRIDGE_NAME = "bridge";

/**
 * Checks options.
 *
 * @throws {TypeError} When a prefix is none.
 * @throws {RangeError} When events would go round in circles.
 */
export function checkBridgeOptions({ toHat, toTheia }: BridgeOptions): void {
  if (toHat !== undefined) assertPrefix(toHat.prefix, "toHat.prefix");
  if (toTheia !== undefined) assertPrefix(toTheia.prefix, "toTheia.prefix");
  if (toHat === undefined || toTheia === undefined) return;
  const [into, out] = [toHat, toTheia].map(({ prefix }) =>
    new Subscription([[...prefix, ANY_REST]])
  );
  if (into !== undefined && out !== undefined && into.isdisjoint(out)) return;
  throw new RangeError(
    "Cannot make bridge as neither of 'toHat.prefix' and 'toTheia.prefix' must begin with the other, or " +
      `events would go round in circles: current values are ${JSON.stringify(toHat.prefix)} and ` +
      JSON.stringify(toTheia.prefix),
  );
}

function assertPrefix(prefix: EventType, name: string): void {
  assertEventType(prefix, name);
  if (!prefix.includes(ANY_SEGMENT) && !prefix.includes(ANY_REST)) return;
  throw new TypeError(
    `Cannot make bridge as '${name}' must not have the segments '?' and '*': ` +
      `current value is ${JSON.stringify(prefix)}`,
  );
}
