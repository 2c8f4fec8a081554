/**
 * A set of code points as sorted inclusive ranges that neither overlap nor touch, flat:
 * `[first, last, first, last, …]`.
 */
export type CodePoints = readonly number[];

/** The largest code point. */
export const LAST_CODE_POINT = 0x10ffff;

/** Every code point, lone surrogates included. */
export const EVERY_CODE_POINT: CodePoints = [0, LAST_CODE_POINT];

/** Makes a set of inclusive ranges in any order, which may overlap. */
export function fromRanges(ranges: readonly (readonly [number, number])[]): CodePoints {
  const sorted = ranges.toSorted((a, b) => a[0] - b[0]);
  const set: number[] = [];
  for (const [first, last] of sorted) {
    const top = set.length - 1;
    if (top > 0 && first <= set[top] + 1) {
      if (last > set[top]) set[top] = last;
    } else {
      set.push(first, last);
    }
  }
  return set;
}

/** The ranges of a set, one by one. */
export function toRanges(set: CodePoints): (readonly [number, number])[] {
  const ranges: (readonly [number, number])[] = [];
  for (let i = 0; i < set.length; i += 2) ranges.push([set[i], set[i + 1]]);
  return ranges;
}

/** Everything that is in one of the sets. */
export function union(...sets: readonly CodePoints[]): CodePoints {
  return fromRanges(sets.flatMap(toRanges));
}

/** Everything that is not in the set. */
export function complement(set: CodePoints): CodePoints {
  const rest: number[] = [];
  let next = 0;
  for (let i = 0; i < set.length; i += 2) {
    if (set[i] > next) rest.push(next, set[i] - 1);
    next = set[i + 1] + 1;
  }
  if (next <= LAST_CODE_POINT) rest.push(next, LAST_CODE_POINT);
  return rest;
}

/** Everything that is in both sets. */
export function intersection(a: CodePoints, b: CodePoints): CodePoints {
  const both: number[] = [];
  for (let i = 0, j = 0; i < a.length && j < b.length;) {
    const first = Math.max(a[i], b[j]);
    const last = Math.min(a[i + 1], b[j + 1]);
    if (first <= last) both.push(first, last);
    if (a[i + 1] < b[j + 1]) i += 2;
    else j += 2;
  }
  return both;
}

/** Whether the code point is in the set. */
export function contains(set: CodePoints, codePoint: number): boolean {
  let low = 0;
  let high = set.length / 2 - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    if (codePoint < set[2 * middle]) high = middle - 1;
    else if (codePoint > set[2 * middle + 1]) low = middle + 1;
    else return true;
  }
  return false;
}

/** Whether two sets have the same members. */
export function equal(a: CodePoints, b: CodePoints): boolean {
  return a.length === b.length && a.every((point, i) => point === b[i]);
}

/** Whether every member of `a` is in `b`. */
export function isSubset(a: CodePoints, b: CodePoints): boolean {
  return equal(intersection(a, b), a);
}

/** Whether no member of `a` is in `b`. */
export function isDisjoint(a: CodePoints, b: CodePoints): boolean {
  return intersection(a, b).length === 0;
}
