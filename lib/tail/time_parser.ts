import { basicTime } from "./time/basic_time.ts";
import { calendarTime } from "./time/calendar_time.ts";
import {
  readCtimeDate,
  readIsoDate,
  readMonthDate,
  readRequestDate,
  readSlashDate,
  readSyslogDate,
} from "./time/date_text.ts";
import { epochTime, leadingEpochTime } from "./time/epoch_time.ts";
import { headOf, type LineTime, type Reading } from "./time/line_time.ts";
import { compileStrptime } from "./time/strptime.ts";
import { TimeZone } from "./time/time_zone.ts";

/** Known ways to write times, by the name of the format. */
const FORMATS: ReadonlyMap<string, readonly LineTime[]> = new Map([
  ["auto", [
    leadingEpochTime,
    calendarTime([readIsoDate, readSlashDate, readRequestDate, readMonthDate]),
    basicTime,
  ]],
  ["iso8601", [calendarTime([readIsoDate]), basicTime]],
  ["rfc3164", [calendarTime([readSyslogDate])]],
  ["apache", [calendarTime([readRequestDate, readCtimeDate])]],
  ["nginx", [calendarTime([readRequestDate, readSlashDate])]],
  ["epoch", [epochTime]],
]);

/** Settings of a {@linkcode TimeParser}. */
export interface TimeParserOptions {
  /** Takes times without a zone for UTC, and not for those of this machine. @default {false} */
  readonly utc?: boolean;
}

/**
 * Finds the time that a line tells of itself, in its first 256 characters.
 *
 * The format is one of
 * - `iso8601`: `2015-07-29T17:41:44.747Z`, `2015-07-29 17:41:44,747`, `20150729T174144+0200`;
 * - `rfc3164`: `Jun 14 15:16:01`, of the latest year in which it has been when it is read;
 * - `apache`: `[10/Oct/2000:13:55:36 -0700]` and `[Sun Dec 04 04:47:44 2005]`;
 * - `nginx`: `[10/Oct/2000:13:55:36 -0700]` and `2023/01/02 15:04:05`;
 * - `epoch`: a number of seconds since 1970, or of milli-, micro- or nanoseconds by its digits;
 * - `auto`: the first of these; a number only where the line begins with it;
 * - a pattern as for `strptime`, which is known by its `%`: see `compileStrptime`.
 *
 * The same line read at the same time has the same time, whatever the lines before it were. A time
 * that cannot be, such as 30 February or one that the clocks have skipped, is no time; no other is
 * looked for in that line then.
 *
 * @example
 * ```ts
 * import { TimeParser } from "./time_parser.ts";
 * import assert from "node:assert/strict";
 *
 * const times = TimeParser.create("auto", { utc: true });
 * assert.equal(times.parse("2015-07-29 17:41:44,747 - INFO", 1.7e9), 1438191704.747);
 * assert.equal(times.parse("Dec 31 23:59:59 host app: done", 1767225700), 1767225599);
 * assert.equal(times.parse("no time", 1.7e9), undefined);
 * ```
 */
export class TimeParser {
  readonly #times: readonly LineTime[];
  #readAt = NaN;
  #reading: Reading;

  private constructor(times: readonly LineTime[], zone: TimeZone) {
    this.#times = times;
    this.#reading = { zone, localNow: NaN };
  }

  /**
   * Makes a parser for a format.
   *
   * @throws {RangeError} When there is no such format; the message names `--time-pattern`.
   */
  static create(format: string, options: TimeParserOptions = {}): TimeParser {
    const times = format.includes("%") ? [compileStrptime(format)] : FORMATS.get(format);
    if (times === undefined) {
      throw new RangeError(
        `Cannot read times as '--time-pattern' must be one of ${[...FORMATS.keys()].join(", ")}, ` +
          `or a pattern such as %Y-%m-%d %H:%M:%S: current value is ${JSON.stringify(format)}`,
      );
    }
    return new TimeParser(times, new TimeZone({ utc: options.utc ?? false }));
  }

  /**
   * The time of a line.
   *
   * @param readAt Seconds since 1970 at which the line was read.
   * @returns Seconds since 1970, more than 0, which to a collector is no time.
   */
  parse(line: string, readAt: number): number | undefined {
    if (readAt !== this.#readAt) {
      const { zone } = this.#reading;
      this.#readAt = readAt;
      this.#reading = { zone, localNow: zone.toLocal(readAt) };
    }
    const head = headOf(line);
    for (const find of this.#times) {
      const time = find(head, this.#reading);
      if (time !== undefined) return time > 0 ? time : undefined;
    }
    return undefined;
  }
}
