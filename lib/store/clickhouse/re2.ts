import { characterSet } from "../../event/pattern/character_set.ts";
import { parsePattern } from "../../event/pattern/parse.ts";
import { isCharacter, type Node } from "../../event/pattern/syntax.ts";
import type { Pattern } from "../../event/pattern.ts";

/** Longer expressions cost the server more than they spare. */
const MAX_LENGTH = 2000;

/** Nested deeper than this a pattern is not translated: re2 has a limit of its own. */
const MAX_DEPTH = 100;

/** Sets of more ranges, such as that of all letters, are translated as if they held all but ASCII. */
const MAX_RANGES = 32;

/**
 * ClickHouse looks for strings in an expression that every match must hold, to search for these first.
 * An alternative that never matches keeps it from that: releases differ in how well they do it.
 */
const NEVER = String.raw`[^\x00-\x{10FFFF}]`;

/**
 * An expression for re2, as ClickHouse's `match` takes it, that finds every text which the pattern
 * matches, and maybe others: what re2 does not have or sees differently is left out, and how often
 * something is repeated is not counted.
 *
 * It holds for texts of valid UTF-8 without NUL.
 *
 * @returns Undefined when the pattern is too large.
 */
export function toRe2(pattern: Pattern): string | undefined {
  const body = emit(parsePattern(pattern.source).root, 0);
  if (body === undefined || body.length > MAX_LENGTH) return undefined;
  switch (pattern.mode) {
    case "search":
      return `(?:${body})|${NEVER}`;
    case "match":
      return String.raw`\A(?:${body})|${NEVER}`;
    case "fullmatch":
      return String.raw`\A(?:${body})\z|${NEVER}`;
  }
}

function emit(node: Node, depth: number): string | undefined {
  if (depth > MAX_DEPTH) return undefined;
  if (isCharacter(node)) return emitSet(characterSet(node));
  switch (node.kind) {
    case "sequence":
      return emitAll(node.items, depth, "");
    case "choice": {
      const branches = emitAll(node.branches, depth, "|");
      return branches === undefined ? undefined : `(?:${branches})`;
    }
    case "group":
    case "atomic":
      return emit(node.body, depth + 1);
    case "repeat": {
      const body = emit(node.body, depth + 1);
      if (body === undefined) return undefined;
      if (node.max === 0) return "";
      const times = node.min > 0 ? (node.max === 1 ? "" : "+") : node.max === 1 ? "?" : "*";
      return `(?:${body})${times}`;
    }
    case "reference":
      return "(?s:.)*";
    case "anchor":
      return node.at === "textStart" ? String.raw`\A` : "";
    case "boundary":
    case "look":
      return "";
  }
}

function emitAll(nodes: readonly Node[], depth: number, separator: string): string | undefined {
  const parts = nodes.map((node) => emit(node, depth + 1));
  return parts.includes(undefined) ? undefined : parts.join(separator);
}

const LAST_ASCII = 0x7f;
const LAST_POINT = 0x10ffff;

/** @param set First and last code points of its ranges, one after another. */
function emitSet(set: ArrayLike<number>): string {
  if (set.length === 0) return NEVER;
  const isLarge = set.length > 2 * MAX_RANGES;
  const ranges: string[] = [];
  for (let i = 0; i < set.length; i += 2) {
    const first = set[i] ?? 0;
    const last = isLarge ? Math.min(set[i + 1] ?? 0, LAST_ASCII) : set[i + 1] ?? 0;
    if (first > last) continue;
    ranges.push(first === last ? emitPoint(first) : `${emitPoint(first)}-${emitPoint(last)}`);
  }
  if (isLarge) ranges.push(`${emitPoint(LAST_ASCII + 1)}-${emitPoint(LAST_POINT)}`);
  const [only = ""] = ranges;
  return ranges.length === 1 && !only.includes("-") ? only : `[${ranges.join("")}]`;
}

function emitPoint(point: number): string {
  const character = String.fromCodePoint(point);
  return /^[A-Za-z0-9_]$/.test(character) ? character : `\\x{${point.toString(16)}}`;
}
