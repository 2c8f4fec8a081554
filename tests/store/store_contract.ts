import type { EventStore } from "../../lib/store/store.ts";
import { testCounting } from "./contract/counting.ts";
import { testCountingLimits } from "./contract/counting_limits.ts";
import { testCriteria } from "./contract/criteria.ts";
import { testHostilePatterns } from "./contract/hostile_patterns.ts";
import { testLifecycle } from "./contract/lifecycle.ts";
import { testManyEvents } from "./contract/many_events.ts";
import { testRemoving } from "./contract/removing.ts";
import { testSaving } from "./contract/saving.ts";
import { testSearching } from "./contract/searching.ts";

/** A store of its own for one test. */
export interface StoreFixture extends AsyncDisposable {
  readonly store: EventStore;
  /**
   * Closes the store, if that was not done yet, and opens it again; undefined where nothing outlives
   * closing. The fixture disposes what it opened.
   */
  reopen(): Promise<EventStore> | undefined;
}

/** Makes a store that is empty. */
export type OpenStore = () => Promise<StoreFixture>;

/** How much the tests of the contract do. */
export interface ContractSize {
  /** Events where there must be many. @default {50_000} */
  readonly events?: number;
}

/** Part of the contract: declares its tests. */
export type ContractPart = (name: string, open: OpenStore, size: Required<ContractSize>) => void;

/** So many that a store that keeps blocks has more than ten of them. */
const MANY_EVENTS = 50_000;

const PARTS: readonly ContractPart[] = [
  testSaving,
  testSearching,
  testCriteria,
  testRemoving,
  testLifecycle,
  testManyEvents,
  testHostilePatterns,
  testCounting,
  testCountingLimits,
];

/**
 * Declares the tests of the contract in `lib/store/store.ts`, one per rule.
 *
 * @param name Of the implementation, with which the names of the tests start.
 */
export function testStoreContract(name: string, open: OpenStore, size: ContractSize = {}): void {
  for (const part of PARTS) part(name, open, { events: MANY_EVENTS, ...size });
}
