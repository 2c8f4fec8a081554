/** What a directive tells of a time; `nothing` is read and passed over, as the day of the week. */
export type TimeField =
  | "year"
  | "shortYear"
  | "month"
  | "monthName"
  | "day"
  | "yearDay"
  | "hour"
  | "halfDayHour"
  | "halfDay"
  | "minute"
  | "second"
  | "fraction"
  | "zone"
  | "epoch"
  | "nothing";

/** What one directive letter reads. */
export type TimeDirective =
  | {
    /** A part of the time. */
    readonly kind: "field";
    /** Which. */
    readonly field: TimeField;
    /** A regular expression without groups that capture. */
    readonly source: string;
  }
  | {
    /** Other directives, written as one text. */
    readonly kind: "composite";
    /** The pattern it stands for. */
    readonly format: string;
  };

const MONTH_NAME =
  "(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sep(?:tember)?|" +
  "oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)";
const WEEKDAY_NAME =
  "(?:mon(?:day)?|tue(?:sday)?|wed(?:nesday)?|thu(?:rsday)?|fri(?:day)?|sat(?:urday)?|sun(?:day)?)";
const TWO_DIGITS = String.raw`\d{1,2}`;
const PADDED = String.raw` ?\d{1,2}`;

/**
 * The directives of `strptime`, as in Python, with those of glibc that it has beyond
 * (`%e %h %k %l %s %D %F %R %T %r`). Names are those of the C locale.
 */
export const TIME_DIRECTIVES: ReadonlyMap<string, TimeDirective> = new Map([
  ["Y", field("year", String.raw`\d{4}`)],
  ["y", field("shortYear", String.raw`\d{2}`)],
  ["m", field("month", TWO_DIGITS)],
  ["b", field("monthName", MONTH_NAME)],
  ["B", field("monthName", MONTH_NAME)],
  ["h", field("monthName", MONTH_NAME)],
  ["d", field("day", TWO_DIGITS)],
  ["e", field("day", PADDED)],
  ["j", field("yearDay", String.raw`\d{1,3}`)],
  ["H", field("hour", TWO_DIGITS)],
  ["k", field("hour", PADDED)],
  ["I", field("halfDayHour", TWO_DIGITS)],
  ["l", field("halfDayHour", PADDED)],
  ["p", field("halfDay", "[ap]m")],
  ["P", field("halfDay", "[ap]m")],
  ["M", field("minute", TWO_DIGITS)],
  ["S", field("second", TWO_DIGITS)],
  ["f", field("fraction", String.raw`\d{1,12}`)],
  ["z", field("zone", String.raw`(?:z|[+-]\d{2}(?::?\d{2})?)`)],
  ["Z", field("zone", "(?:utc|gmt|z)")],
  ["s", field("epoch", String.raw`\d{1,11}`)],
  ["a", field("nothing", WEEKDAY_NAME)],
  ["A", field("nothing", WEEKDAY_NAME)],
  ["u", field("nothing", "[1-7]")],
  ["w", field("nothing", "[0-6]")],
  ["%", field("nothing", "%")],
  ["n", composite(" ")],
  ["t", composite(" ")],
  ["c", composite("%a %b %e %H:%M:%S %Y")],
  ["D", composite("%m/%d/%y")],
  ["F", composite("%Y-%m-%d")],
  ["r", composite("%I:%M:%S %p")],
  ["R", composite("%H:%M")],
  ["T", composite("%H:%M:%S")],
  ["x", composite("%m/%d/%y")],
  ["X", composite("%H:%M:%S")],
]);

function field(name: TimeField, source: string): TimeDirective {
  return { kind: "field", field: name, source };
}

function composite(format: string): TimeDirective {
  return { kind: "composite", format };
}
