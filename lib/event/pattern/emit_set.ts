import {
  type CodePoints,
  complement,
  equal,
  intersection,
  isSubset,
  toRanges,
  union,
} from "./code_points.ts";

/**
 * Which texts a generated expression is for: `ascii` = U+0000–U+007F only, `wellFormed` = any without lone
 * surrogates, `any` = really any.
 */
export type Dialect = "ascii" | "wellFormed" | "any";

const ASCII: CodePoints = [0, 0x7f];
const BMP: CodePoints = [0, 0xd7ff, 0xe000, 0xffff];
const FIRST_ASTRAL = 0x10000;
const ASTRAL: CodePoints = [FIRST_ASTRAL, 0x10ffff];
const HARD_TO_READ = /[\p{Cs}\p{Cf}\p{Z}\p{M}]/u;
const HIGH: CodePoints = [0xd800, 0xdbff];
const SURROGATES: CodePoints = [0xd800, 0xdfff];
const UNITS: CodePoints = [0, 0xffff];
const LOW: CodePoints = [0xdc00, 0xdfff];

/**
 * A class with more alternatives than this looks back at the pair instead: V8 needs a second to compile ten classes of
 * forty alternatives in a row.
 */
const MAX_ALTERNATIVES = 3;

/** The source of an expression that never matches. */
export const NEVER = "[]";

/** Holds where no surrogate pair is cut in two, in text without lone surrogates. */
export const BETWEEN_CHARACTERS = "(?<![\\ud800-\\udbff])";

/** The same for any text. */
export const BETWEEN_CHARACTERS_ANY = "(?!(?<=[\\ud800-\\udbff])[\\udc00-\\udfff])";

/** What was written for a set; the big ones, such as `\w`, are shared objects and found here again. */
const written: Readonly<Record<Dialect, WeakMap<CodePoints, string>>> = {
  ascii: new WeakMap(),
  wellFormed: new WeakMap(),
  any: new WeakMap(),
};

/** Writes an expression that matches one code point of the set and can take a quantifier as it stands. */
export function emitSet(set: CodePoints, dialect: Dialect): string {
  let source = written[dialect].get(set);
  if (source === undefined) written[dialect].set(set, source = writeSet(set, dialect));
  return source;
}

/**
 * Writes a class of UTF-16 units that, under `*`, takes the same as the set does: when the set has every astral code
 * point, halves of pairs can be taken one by one. `undefined` when it has not, or the dialect knows no pairs.
 */
export function emitHalves(set: CodePoints, dialect: Dialect): string | undefined {
  if (dialect !== "wellFormed" || !isSubset(ASTRAL, set)) return undefined;
  return emitUnits(union(intersection(set, BMP), SURROGATES), UNITS);
}

function writeSet(set: CodePoints, dialect: Dialect): string {
  if (dialect === "ascii") return emitUnits(intersection(set, ASCII), ASCII);
  const bmp = intersection(set, BMP);
  const parts = emitPairs(intersection(set, ASTRAL));
  if (dialect === "any") parts.push(...emitLoneSurrogates(set));
  if (parts.length === 0) return emitUnits(bmp, undefined);
  if (bmp.length > 0) parts.unshift(emitUnits(bmp, undefined));
  return `(?:${parts.join("|")})`;
}

/** Writes one UTF-16 unit as itself, outside a class. */
export function emitUnit(unit: number): string {
  const character = String.fromCharCode(unit);
  return /[\^$\\.*+?()[\]{}|/]/.test(character) ? `\\${character}` : emitPlain(unit);
}

/** Writes a class of UTF-16 units, negated when that is shorter and `whole` is all there is. */
function emitUnits(units: CodePoints, whole: CodePoints | undefined): string {
  if (units.length === 0) return NEVER;
  if (units.length === 2 && units[0] === units[1]) return emitUnit(units[0]);
  if (whole !== undefined) {
    if (equal(units, whole)) return "[^]";
    const rest = intersection(complement(units), whole);
    if (rest.length < units.length) return `[^${emitRanges(rest)}]`;
  }
  return `[${emitRanges(units)}]`;
}

/** Astral code points as surrogate pairs; high surrogates with the same low ones share an alternative. */
function emitPairs(astral: CodePoints): string[] {
  if (equal(astral, ASTRAL)) return ["[\\ud800-\\udbff][\\udc00-\\udfff]"];
  const groups = new Map<string, { readonly lows: readonly number[]; readonly highs: number[] }>();
  for (const [high, lows] of lowsByHigh(astral)) {
    const key = lows.join();
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { lows, highs: [high, high] });
    else if (group.highs.at(-1) === high - 1) group.highs[group.highs.length - 1] = high;
    else group.highs.push(high, high);
  }
  const pairs = Array.from(groups.values(), ({ highs, lows }) => {
    return emitUnits(highs, undefined) + emitUnits(lows, undefined);
  });
  if (pairs.length <= MAX_ALTERNATIVES) return pairs;
  const highs = union(...groups.values().map((group) => group.highs));
  return [`${emitUnits(highs, undefined)}[\\udc00-\\udfff](?<=${pairs.join("|")})`];
}

/** For each high surrogate, in order, the low ones that follow it. */
function lowsByHigh(astral: CodePoints): Map<number, number[]> {
  const lows = new Map<number, number[]>();
  for (const [first, last] of toRanges(astral)) {
    for (let high = highOf(first); high <= highOf(last); high++) {
      const from = high === highOf(first) ? lowOf(first) : LOW[0];
      const to = high === highOf(last) ? lowOf(last) : LOW[1];
      const known = lows.get(high) ?? [];
      known.push(from, to);
      lows.set(high, known);
    }
  }
  return lows;
}

function emitLoneSurrogates(set: CodePoints): string[] {
  const parts: string[] = [];
  const high = intersection(set, HIGH);
  const low = intersection(set, LOW);
  if (high.length > 0) parts.push(`${emitUnits(high, undefined)}(?![\\udc00-\\udfff])`);
  if (low.length > 0) parts.push(`${BETWEEN_CHARACTERS}${emitUnits(low, undefined)}`);
  return parts;
}

function emitRanges(units: CodePoints): string {
  let source = "";
  for (const [first, last] of toRanges(units)) {
    source += emitClassUnit(first);
    if (last > first + 1) source += "-";
    if (last > first) source += emitClassUnit(last);
  }
  return source;
}

function emitClassUnit(unit: number): string {
  const character = String.fromCharCode(unit);
  return /[\]\\^[-]/.test(character) ? `\\${character}` : emitPlain(unit);
}

/** Letters stand as they are; what could be invisible or cut in two is escaped. */
function emitPlain(unit: number): string {
  const character = String.fromCharCode(unit);
  if (unit >= 0x20 && unit < 0x7f) return character;
  const named = ["\t", "\n", "\v", "\f", "\r"].indexOf(character);
  if (named >= 0) return `\\${"tnvfr"[named]}`;
  if (unit > 0xa0 && !HARD_TO_READ.test(character)) return character;
  if (unit < 0x100) return `\\x${unit.toString(16).padStart(2, "0")}`;
  return `\\u${unit.toString(16).padStart(4, "0")}`;
}

function highOf(codePoint: number): number {
  return 0xd800 + ((codePoint - FIRST_ASTRAL) >> 10);
}

function lowOf(codePoint: number): number {
  return 0xdc00 + (codePoint & 0x3ff);
}
