import { Problem } from "./api.js";
import { inertText } from "./inert_text.js";

/** Stands before the fault of a pattern; the field tells it already. */
const FIELD_PREFIX = /^Cannot read criteria: '\w+': /;

/**
 * What people are told about a request that failed.
 *
 * @param {unknown} error
 * @param {boolean} willRetry
 * @returns {{message: string, state: string, parameter: string | undefined}} `state`: what it means for
 *   what is shown; `parameter`: what is to blame, where that is known.
 */
export function describeFault(error, willRetry) {
  const text = error instanceof Error ? error.message : String(error);
  // It may quote a pattern, which came with a link.
  const message = inertText(text.replace(FIELD_PREFIX, ""));
  if (!(error instanceof Problem)) {
    return { message, state: "Collector not reachable, trying again", parameter: undefined };
  }
  const state = willRetry ? `${message}; trying again` : message;
  return { message, state, parameter: error.parameter };
}
