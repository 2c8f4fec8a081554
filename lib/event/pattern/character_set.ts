import {
  type CodePoints,
  complement,
  contains,
  EVERY_CODE_POINT,
  fromRanges,
  intersection,
  union,
} from "./code_points.ts";
import type { CharacterNode, ClassItem, ClassNode } from "./syntax.ts";
import {
  casedSet,
  categorySet,
  lowerOf,
  lowerSet,
  siblingsOf,
  withLowerIn,
  withUpperIn,
} from "./unicode.ts";

const ALL_BUT_NEWLINE: CodePoints = complement([0x0a, 0x0a]);
const FIRST_ASTRAL = 0x10000;

const sets = new WeakMap<CharacterNode, CodePoints>();
const foldedPoints = new Map<number, CodePoints>();

/** Every code point that a one-character node matches. */
export function characterSet(node: CharacterNode): CodePoints {
  let set = sets.get(node);
  if (set === undefined) sets.set(node, set = computeSet(node));
  return set;
}

function computeSet(node: CharacterNode): CodePoints {
  switch (node.kind) {
    case "any":
      return node.newline ? EVERY_CODE_POINT : ALL_BUT_NEWLINE;
    case "literal":
      return node.fold === "none"
        ? [node.codePoint, node.codePoint]
        : foldedPoint(node.codePoint, node.fold);
    case "class":
      return classSet(node);
  }
}

function classSet(node: ClassNode): CodePoints {
  const [only] = node.items;
  if (node.items.length === 1 && only.kind === "category") {
    return categorySet(only.name, node.ascii, only.negated !== node.negated);
  }
  const set = positiveSet(node);
  return node.negated ? complement(set) : set;
}

function positiveSet(node: ClassNode): CodePoints {
  const { items, fold, ascii } = node;
  const plain = union(...items.map((item) => itemSet(item, ascii)));
  if (fold === "ascii") return union(plain, swapAsciiCase(plain), ...items.map(upperOfRange));
  if (fold === "none") return plain;
  const points = items.filter((item) => item.kind === "point").map((item) => item.codePoint);
  if (points.length === items.length && new Set(points).size === 1) {
    return foldedPoint(points[0], fold);
  }
  return foldedClass(items, ascii);
}

function itemSet(item: ClassItem, ascii: boolean): CodePoints {
  switch (item.kind) {
    case "point":
      return [item.codePoint, item.codePoint];
    case "range":
      return [item.first, item.last];
    case "category":
      return categorySet(item.name, ascii, item.negated);
  }
}

function foldedPoint(codePoint: number, fold: "unicode" | "ascii"): CodePoints {
  const exact: CodePoints = [codePoint, codePoint];
  if (fold === "ascii") return union(exact, swapAsciiCase(exact));
  if (!contains(casedSet(), codePoint)) return exact;
  let set = foldedPoints.get(codePoint);
  if (set === undefined) {
    set = withLowerIn(lowerAndSiblings(lowerOf(codePoint)));
    foldedPoints.set(codePoint, set);
  }
  return set;
}

/** Python lower-cases the character it looks at and compares that with the lower-cased members of the class. */
function foldedClass(items: readonly ClassItem[], ascii: boolean): CodePoints {
  const explicit = union(
    ...items.filter((item) => item.kind !== "category").map((item) => itemSet(item, ascii)),
  );
  if (intersection(explicit, casedSet()).length === 0 && !reachesAstral(explicit)) {
    return union(...items.map((item) => itemSet(item, ascii)));
  }
  return withLowerIn(union(...items.map((item) => lowerItem(item, ascii))));
}

function lowerItem(item: ClassItem, ascii: boolean): CodePoints {
  if (item.kind === "category") return itemSet(item, ascii);
  const set = itemSet(item, ascii);
  if (!reachesAstral(set)) return withSiblings(lowerSet(set));
  // Python compares astral members as written, not in lower case.
  if (item.kind === "point") return set;
  const low = withSiblings(lowerSet(intersection(set, [0, FIRST_ASTRAL - 1])));
  return union(low, set, upperOfRange(item));
}

/** Python compares with a range that reaches beyond U+FFFF in upper case as well, even under `(?a)`. */
function upperOfRange(item: ClassItem): CodePoints {
  if (item.kind !== "range" || item.last < FIRST_ASTRAL) return [];
  return withUpperIn([item.first, item.last]);
}

function withSiblings(set: CodePoints): CodePoints {
  const cased = intersection(set, casedSet());
  const extra: (readonly [number, number])[] = [];
  for (let i = 0; i < cased.length; i += 2) {
    for (let point = cased[i]; point <= cased[i + 1]; point++) {
      for (const sibling of siblingsOf(point)) extra.push([sibling, sibling]);
    }
  }
  return union(set, fromRanges(extra));
}

function lowerAndSiblings(lower: number): CodePoints {
  return fromRanges([lower, ...siblingsOf(lower)].map((point) => [point, point] as const));
}

function reachesAstral(set: CodePoints): boolean {
  return set.length > 0 && set[set.length - 1] >= FIRST_ASTRAL;
}

function swapAsciiCase(set: CodePoints): CodePoints {
  const shift = (part: CodePoints, by: number) => part.map((point) => point + by);
  return union(
    shift(intersection(set, [0x41, 0x5a]), 32),
    shift(intersection(set, [0x61, 0x7a]), -32),
  );
}
