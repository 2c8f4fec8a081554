import assert from "node:assert/strict";
import { until } from "../e2e/until.ts";
import type { Locator } from "./chromium.ts";

/**
 * Waits until what is read from a page is what is wanted. The page shows things when its collector, its
 * threads and its frames have come round to them: whoever reads at once may be too early.
 */
export async function untilEqual<T>(
  what: string,
  read: () => T | Promise<T>,
  wanted: T,
): Promise<void> {
  await untilHolds(what, read, (seen) => assert.deepEqual(seen, wanted));
}

/** Waits until an assertion about what is read from a page holds. */
export async function untilHolds<T>(
  what: string,
  read: () => T | Promise<T>,
  check: (seen: T) => void,
): Promise<void> {
  let fault: unknown;
  try {
    await until(what, async () => {
      fault = faultOf(check, await read());
      return fault === undefined;
    });
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    const seen = fault instanceof Error ? fault.message : String(fault);
    throw new Error(`${message}: ${seen}`, { cause });
  }
}

/** Waits until the texts of the elements are these, and no others. */
export async function untilTexts(elements: Locator, wanted: readonly string[]): Promise<void> {
  await untilEqual(`the texts of ${elements}`, () => elements.allInnerTexts(), [...wanted]);
}

/** Waits until a field holds a value. */
export async function untilValue(field: Locator, wanted: string): Promise<void> {
  await untilEqual(`the value of ${field}`, () => field.inputValue(), wanted);
}

/** Waits until an attribute of an element has a value; `null` when it has no such attribute. */
export async function untilAttribute(
  element: Locator,
  name: string,
  wanted: string | null,
): Promise<void> {
  await untilEqual(`'${name}' of ${element}`, () => element.getAttribute(name), wanted);
}

function faultOf<T>(check: (seen: T) => void, seen: T): unknown {
  try {
    check(seen);
    return undefined;
  } catch (error) {
    return error ?? new Error("The check failed");
  }
}
