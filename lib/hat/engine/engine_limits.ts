import { MAX_TIMER_MS } from "../../base/max_timer.ts";

/** What an engine allows. */
export interface EngineLimits {
  /** Rounds of one session. @default {1_000} */
  readonly maxRounds: number;
  /** Events that modules may add in one session. @default {100_000} */
  readonly maxAddedEvents: number;
  /** How long making a module, and one call of it, may take. @default {10_000} */
  readonly moduleTimeoutMs: number;
  /** Events of all requests that wait for their session. @default {1_000_000} */
  readonly maxWaitingEvents: number;
}

/** Far more than any chain of modules is long; two modules that answer each other get there at once. */
const MAX_ROUNDS = 1_000;

/** What one transaction of a backend takes well; a module that makes more goes astray. */
const MAX_ADDED_EVENTS = 100_000;

/** Long enough to ask a busy machine elsewhere, short enough that clients wait for it. */
const MODULE_TIMEOUT_MS = 10_000;

/** Some seconds of the busiest clients, some hundred megabytes of small events. */
const MAX_WAITING_EVENTS = 1_000_000;

/**
 * Fills in the defaults.
 *
 * @throws {RangeError} When a limit is out of its range; the message names it.
 */
export function checkEngineLimits(limits: Partial<EngineLimits>): EngineLimits {
  const checked: EngineLimits = {
    maxRounds: limits.maxRounds ?? MAX_ROUNDS,
    maxAddedEvents: limits.maxAddedEvents ?? MAX_ADDED_EVENTS,
    moduleTimeoutMs: limits.moduleTimeoutMs ?? MODULE_TIMEOUT_MS,
    maxWaitingEvents: limits.maxWaitingEvents ?? MAX_WAITING_EVENTS,
  };
  for (const [name, value] of Object.entries(checked)) {
    const max = maxOfLimit(name);
    if (Number.isInteger(value) && value >= 1 && value <= max) continue;
    throw new RangeError(
      `Cannot start engine as '${name}' must be an integer from 1 to ${max}: current value is ${value}`,
    );
  }
  return checked;
}

/** The greatest value that a limit can have. */
export function maxOfLimit(name: string): number {
  return name === "moduleTimeoutMs" ? MAX_TIMER_MS : Number.MAX_SAFE_INTEGER;
}
