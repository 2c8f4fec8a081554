/** Cases for `compileStrftime` that can be sent to another process. */

import { compileStrftime } from "../../../lib/cli/format/strftime.ts";

/** A format, and the timestamp as text. */
export interface StrftimeCase {
  readonly format: string;
  readonly seconds: string;
}

/** The text of each case, `null` where the timestamp is no date. */
export function formatCases(cases: readonly StrftimeCase[], timeZone?: string): (string | null)[] {
  return cases.map(({ format, seconds }) => {
    const write = compileStrftime(format, timeZone === undefined ? {} : { timeZone });
    try {
      return write(Number(seconds));
    } catch (error) {
      if (error instanceof RangeError) return null;
      throw error;
    }
  });
}
