/** What the calendars and clocks of a place show. */
export interface WallTime {
  /** In the Gregorian calendar, also before it was introduced. */
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  /** 1 to 31. */
  readonly day: number;
  /** 0 to 23. */
  readonly hour: number;
  /** 0 to 59. */
  readonly minute: number;
  /** 0 to 59. */
  readonly second: number;
}

/** The clocks of a place. */
export interface Zone {
  /**
   * The moment at which its clocks show this, in whole seconds since 1970. A day 0 is the last of the month
   * before, an hour 24 the first of the next day. What clocks that are put forward leave out is counted as
   * if they had not been; of what they show twice, the first is meant.
   */
  toSeconds(wall: WallTime): number;
  /** What its clocks show at a moment, in seconds since 1970. */
  toWall(seconds: number): WallTime;
}

/** Around this hour no clocks are changed. */
const NOON = 12;

/** The zone of the process. */
export const LOCAL_ZONE: Zone = {
  toSeconds({ year, month, day, hour, minute, second }) {
    const date = new Date(2000, 0, 1, NOON);
    date.setFullYear(year, month - 1, day);
    return date.setHours(hour, minute, second, 0) / 1000;
  },
  toWall(seconds) {
    const date = new Date(seconds * 1000);
    return {
      year: date.getFullYear(),
      month: date.getMonth() + 1,
      day: date.getDate(),
      hour: date.getHours(),
      minute: date.getMinutes(),
      second: date.getSeconds(),
    };
  },
};

/** Universal time. */
export const UTC_ZONE: Zone = {
  toSeconds({ year, month, day, hour, minute, second }) {
    const date = new Date(0);
    date.setUTCFullYear(year, month - 1, day);
    return date.setUTCHours(hour, minute, second, 0) / 1000;
  },
  toWall(seconds) {
    const date = new Date(seconds * 1000);
    return {
      year: date.getUTCFullYear(),
      month: date.getUTCMonth() + 1,
      day: date.getUTCDate(),
      hour: date.getUTCHours(),
      minute: date.getUTCMinutes(),
      second: date.getUTCSeconds(),
    };
  },
};
