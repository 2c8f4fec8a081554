import { midnightOf, secondsOf } from "./calendar.ts";
import { code, digitsAt, isDigit } from "./characters.ts";
import { readFraction, readOffset } from "./clock_text.ts";
import { instantOf, LOOK_CHARACTERS, type Reading } from "./line_time.ts";

/** Finds the first time in the basic format of ISO 8601, `20150729T174144Z`. */
export function basicTime(head: string, reading: Reading): number | undefined {
  let mark = head.indexOf("T");
  while (mark >= 0 && mark <= LOOK_CHARACTERS) {
    const time = timeAt(head, mark, reading);
    if (time !== undefined) return time;
    mark = head.indexOf("T", mark + 1);
  }
  return undefined;
}

function timeAt(head: string, mark: number, { zone }: Reading): number | undefined {
  const date = digitsAt(head, mark - 8, 8);
  const clock = digitsAt(head, mark + 1, 6);
  const end = mark + 7;
  if (date < 0 || clock < 0 || isDigit(code(head, mark - 9)) || isDigit(code(head, end))) {
    return undefined;
  }
  const fraction = readFraction(head, end);
  if (fraction === undefined) return undefined;
  const midnight = midnightOf(
    Math.floor(date / 10_000),
    Math.floor(date / 100) % 100,
    date % 100,
  );
  const seconds = secondsOf(
    Math.floor(clock / 10_000),
    Math.floor(clock / 100) % 100,
    clock % 100,
  );
  const rest = fraction === "" ? end : end + 1 + fraction.length;
  return instantOf(midnight + seconds, fraction, readOffset(head, rest)?.seconds, zone);
}
