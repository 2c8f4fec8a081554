/**
 * Wide characters (East Asian Width W and F of Unicode 15) that are no emoji: first and last code point of
 * each range.
 */
const WIDE_RANGES: readonly number[] = [
  ...[0x1100, 0x115f, 0x2329, 0x232a, 0x2e80, 0x303e, 0x3041, 0x3247, 0x3250, 0x4dbf],
  ...[0x4e00, 0xa4c6, 0xa960, 0xa97c, 0xac00, 0xd7a3, 0xf900, 0xfaff, 0xfe10, 0xfe19],
  ...[0xfe30, 0xfe6b, 0xff01, 0xff60, 0xffe0, 0xffe6, 0x16fe0, 0x16ff1, 0x17000, 0x18cd5],
  ...[0x18d00, 0x18d08, 0x1aff0, 0x1b2fb, 0x1f200, 0x1f265, 0x1f57a, 0x1f57a],
  ...[0x20000, 0x2fffd, 0x30000, 0x3fffd],
];

/** Wide before any table is asked. */
const FIRST_WIDE = 0x1100;

/** Marks that are drawn over the character before them. */
const COMBINING = /^[\p{Mn}\p{Me}\u1160-\u11ff]$/u;

const EMOJI = /^\p{Emoji_Presentation}$/u;

/** Flags are made of two of these, of which each has one column to some terminals and two to others. */
const FIRST_REGIONAL = 0x1f1e6;
const LAST_REGIONAL = 0x1f1ff;

/** What a terminal may obey instead of showing, and what nobody knows how to show. */
const UNSHOWABLE = /^[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}]$/u;

/** Stands for what cannot be shown. */
export const REPLACEMENT = "\ufffd";

/** Kinds of characters by what they do on a screen. */
export type CharKind = "narrow" | "wide" | "combining" | "unshowable";

/** Characters are of few kinds of scripts at a time: the last ones asked for need no table. */
const known = new Map<number, CharKind>();

/** Bounds what is remembered: more than any text of people has. */
const MAX_KNOWN = 4096;

/**
 * What a code point does on a screen.
 *
 * Terminals differ on new emoji, flags and marks: whoever draws must set the cursor anew after any
 * character for which {@linkcode isUncertain} holds.
 */
export function charKind(codePoint: number): CharKind {
  if (codePoint < 0x7f) return codePoint < 0x20 ? "unshowable" : "narrow";
  let kind = known.get(codePoint);
  if (kind === undefined) {
    if (known.size >= MAX_KNOWN) known.clear();
    kind = findKind(codePoint);
    known.set(codePoint, kind);
  }
  return kind;
}

/** Whether a terminal may give the character another width than {@linkcode charKind} says. */
export function isUncertain(codePoint: number): boolean {
  if (codePoint < 0x300) return false;
  const isCommon = codePoint >= 0x370 && codePoint < 0x590 || // Greek, Cyrillic, Armenian
    codePoint >= 0x2500 && codePoint < 0x25a0 || // boxes and blocks
    codePoint >= 0x3041 && codePoint < 0xa000 || // kana, Han
    codePoint >= 0xac00 && codePoint < 0xd7a4; // Hangul
  return !isCommon;
}

function findKind(codePoint: number): CharKind {
  const character = String.fromCodePoint(codePoint);
  if (UNSHOWABLE.test(character)) return "unshowable";
  if (COMBINING.test(character)) return "combining";
  if (codePoint < FIRST_WIDE) return "narrow";
  if (codePoint >= FIRST_REGIONAL && codePoint <= LAST_REGIONAL) return "narrow";
  return EMOJI.test(character) || isInRanges(codePoint) ? "wide" : "narrow";
}

function isInRanges(codePoint: number): boolean {
  let low = 0;
  let high = WIDE_RANGES.length / 2;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (codePoint > (WIDE_RANGES[2 * middle + 1] ?? 0)) low = middle + 1;
    else high = middle;
  }
  return codePoint >= (WIDE_RANGES[2 * low] ?? Infinity);
}
