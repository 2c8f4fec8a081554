import {
  type CodePoints,
  complement,
  contains,
  fromRanges,
  intersection,
  toRanges,
  union,
} from "./code_points.ts";
import type { CategoryName } from "./syntax.ts";

/*
 * The tables come from the runtime's own Unicode data, each built when a pattern first needs it. Characters assigned
 * after Python 3.11's Unicode 14 are what the runtime says they are.
 */

/** Planes 4 to 13 and 15 to 16 hold neither letters nor digits. */
const SCANNED = [[0, 0xd7ff], [0xe000, 0x3ffff], [0xe0000, 0xe0fff]] as const;
const LAST_SCANNED = 0xe0fff;
const FIRST_ASTRAL = 0x10000;

/** What `str.isspace` takes; JavaScript's own set lacks U+001C–U+001F and U+0085 and has U+FEFF. */
const SPACES: CodePoints = fromRanges([
  [0x09, 0x0d],
  [0x1c, 0x20],
  [0x85, 0x85],
  [0xa0, 0xa0],
  [0x1680, 0x1680],
  [0x2000, 0x200a],
  [0x2028, 0x2029],
  [0x202f, 0x202f],
  [0x205f, 0x205f],
  [0x3000, 0x3000],
]);

const ASCII_CATEGORIES: Readonly<Record<CategoryName, CodePoints>> = {
  digit: [0x30, 0x39],
  space: [0x09, 0x0d, 0x20, 0x20],
  word: [0x30, 0x39, 0x41, 0x5a, 0x5f, 0x5f, 0x61, 0x7a],
};

/** One entry of a case table: a code point and what it becomes. */
type CaseEntry = readonly [from: number, to: number];

interface CaseTables {
  /** Every code point that lower-casing changes, in order. */
  readonly lower: ReadonlyMap<number, number>;
  /** The same, ordered by what they become. */
  readonly byLower: readonly CaseEntry[];
  /** Every code point that upper-casing changes; the first code point of what it becomes. */
  readonly upper: ReadonlyMap<number, number>;
  /** For a lower-case letter the other lower-case letters with the same upper case. */
  readonly siblings: ReadonlyMap<number, readonly number[]>;
  readonly changedByLower: CodePoints;
  readonly cased: CodePoints;
}

const allCharacters = once(buildAllCharacters);
const unicodeWord = once(() => scan(/[\p{L}\p{N}_]+/gu));
const unicodeDigit = once(() => scan(/\p{Nd}+/gu));
const caseTables = once(buildCaseTables);
const complements = new Map<CodePoints, CodePoints>();

/** The members of `\d`, `\s` or `\w`, or of their capitals when `negated`. */
export function categorySet(name: CategoryName, ascii: boolean, negated = false): CodePoints {
  const set = ascii ? ASCII_CATEGORIES[name] : unicodeCategory(name);
  if (!negated) return set;
  let rest = complements.get(set);
  if (rest === undefined) complements.set(set, rest = complement(set));
  return rest;
}

/** What Python's simple lower-casing makes of a code point. */
export function lowerOf(codePoint: number): number {
  if (codePoint < 0x80) return codePoint >= 0x41 && codePoint <= 0x5a ? codePoint + 32 : codePoint;
  return caseTables().lower.get(codePoint) ?? codePoint;
}

/** Lower-case letters that Python takes for the same as this lower-case letter. */
export function siblingsOf(lower: number): readonly number[] {
  return caseTables().siblings.get(lower) ?? [];
}

/** Every code point with another case. */
export function casedSet(): CodePoints {
  return caseTables().cased;
}

/** Lower-cases a set, member by member. */
export function lowerSet(set: CodePoints): CodePoints {
  const { changedByLower } = caseTables();
  const changed = intersection(set, changedByLower);
  const kept = intersection(set, complement(changedByLower));
  return union(kept, fromRanges(members(changed).map((point) => single(lowerOf(point)))));
}

/** Everything whose lower case is in the set. */
export function withLowerIn(set: CodePoints): CodePoints {
  const { byLower, changedByLower } = caseTables();
  const ranges = toRanges(intersection(set, complement(changedByLower)));
  for (const [first, last] of toRanges(set)) {
    for (let i = lowerBound(byLower, first); i < byLower.length && byLower[i][1] <= last; i++) {
      ranges.push(single(byLower[i][0]));
    }
  }
  return fromRanges(ranges);
}

/** The first entry that becomes at least `point`. */
function lowerBound(entries: readonly CaseEntry[], point: number): number {
  let low = 0;
  let high = entries.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (entries[middle][1] < point) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The lower-case letters whose upper case begins with a member of the set. */
export function withUpperIn(set: CodePoints): CodePoints {
  const matching = [...caseTables().upper].filter(([, to]) => contains(set, to));
  return fromRanges(matching.map(([from]) => single(from)));
}

/** Lower-cases a text code point by code point, without the rules that look at neighbours. */
export function lowerText(text: string): string {
  return text.replace(/[^]/gu, (character) => {
    return String.fromCodePoint(lowerOf(character.codePointAt(0)!));
  });
}

function unicodeCategory(name: CategoryName): CodePoints {
  if (name === "space") return SPACES;
  return name === "word" ? unicodeWord() : unicodeDigit();
}

function buildAllCharacters(): string {
  const units = new Uint16Array(2 * (LAST_SCANNED + 1));
  let length = 0;
  for (const [first, last] of SCANNED) {
    for (let point = first; point <= last; point++) {
      if (point >= FIRST_ASTRAL) units[length++] = 0xd7c0 + (point >> 10);
      units[length++] = point < FIRST_ASTRAL ? point : 0xdc00 + (point & 0x3ff);
    }
  }
  return new TextDecoder("utf-16le", { ignoreBOM: true }).decode(units.subarray(0, length));
}

/** The runs of characters that a pattern finds among all characters. */
function scan(runs: RegExp): CodePoints {
  const ranges = Array.from(allCharacters().matchAll(runs), ([run]) => {
    const first = run.codePointAt(0)!;
    const length = first < FIRST_ASTRAL ? run.length : run.length / 2;
    return [first, first + length - 1] as const;
  });
  return fromRanges(ranges);
}

function buildCaseTables(): CaseTables {
  const lower = changes(/\p{CWL}/gu, (character) => character.toLowerCase());
  const upper = changes(/\p{CWU}/gu, (character) => character.toUpperCase());
  const changedByLower = fromRanges(lower.map(([from]) => single(from)));
  const cased = fromRanges([...lower, ...upper].map(([from]) => single(from)));
  const lowerMap = new Map(lower);
  return {
    lower: lowerMap,
    byLower: lower.toSorted((a, b) => a[1] - b[1]),
    upper: new Map(upper),
    siblings: buildSiblings(members(cased), lowerMap),
    changedByLower,
    cased,
  };
}

function changes(which: RegExp, change: (character: string) => string): CaseEntry[] {
  return Array.from(allCharacters().matchAll(which), ([character]) => {
    return [character.codePointAt(0)!, change(character).codePointAt(0)!] as const;
  });
}

function buildSiblings(
  cased: readonly number[],
  lower: ReadonlyMap<number, number>,
): Map<number, readonly number[]> {
  const families = new Map<string, Set<number>>();
  for (const point of cased) {
    const upper = String.fromCodePoint(point).toUpperCase();
    const family = families.get(upper) ?? new Set();
    families.set(upper, family.add(lower.get(point) ?? point));
  }
  const siblings = new Map<number, readonly number[]>();
  for (const family of families.values()) {
    for (const member of family) {
      if (family.size > 1) siblings.set(member, [...family].filter((other) => other !== member));
    }
  }
  return siblings;
}

function members(set: CodePoints): number[] {
  return toRanges(set).flatMap(([first, last]) => {
    return Array.from({ length: last - first + 1 }, (_, i) => first + i);
  });
}

function single(point: number): readonly [number, number] {
  return [point, point];
}

function once<T>(build: () => T): () => T {
  let built: { readonly value: T } | undefined;
  return () => (built ??= { value: build() }).value;
}
