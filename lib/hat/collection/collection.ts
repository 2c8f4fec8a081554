import type { EventType } from "../event_type.ts";
import type { Subscription } from "../subscription.ts";

/**
 * Values with subscriptions: finds those whose subscription chooses an event type.
 *
 * @typeParam T What a value is; values are told apart as the keys of a `Map` are.
 */
export interface EventTypeCollection<T> {
  /** Adds a value. One that is there already must keep what it was added with, and get this besides. */
  add(subscription: Subscription, value: T): void;

  /** Removes a value with all its subscriptions; one that is not there must change nothing. */
  remove(value: T): void;

  /** The values of which a subscription chooses this event type, each once, in any order. */
  get(type: EventType): readonly T[];
}
