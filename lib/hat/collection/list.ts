import type { EventType } from "../event_type.ts";
import type { Subscription } from "../subscription.ts";
import type { EventTypeCollection } from "./collection.ts";

/**
 * A collection that asks one subscription after another: the simple form, for few values.
 *
 * @example
 * ```ts
 * import { ListCollection, Subscription } from "@theia/collector/hat";
 * import assert from "node:assert/strict";
 *
 * const names = new ListCollection<string>();
 * names.add(new Subscription([["plant", "*"]]), "all");
 * assert.deepEqual(names.get(["plant", "pump"]), ["all"]);
 * ```
 *
 * @typeParam T What a value is.
 */
export class ListCollection<T> implements EventTypeCollection<T> {
  readonly #subscriptions = new Map<T, Subscription[]>();

  /** Adds a value, or a subscription to it. */
  add(subscription: Subscription, value: T): void {
    const subscriptions = this.#subscriptions.get(value);
    if (subscriptions === undefined) this.#subscriptions.set(value, [subscription]);
    else subscriptions.push(subscription);
  }

  /** Removes a value, if it is there. */
  remove(value: T): void {
    this.#subscriptions.delete(value);
  }

  /** The values of which a subscription chooses this event type, in the order in which they were added. */
  get(type: EventType): readonly T[] {
    const values: T[] = [];
    for (const [value, subscriptions] of this.#subscriptions) {
      if (subscriptions.some((subscription) => subscription.matches(type))) values.push(value);
    }
    return values;
  }
}
