/** Most alternatives of one pattern: nobody writes as many, but `{a,b}` twenty times are a million. */
export const MAX_ALTERNATIVES = 256;

/**
 * Writes out the alternatives in braces: `{a,b}.log` is `a.log` and `b.log`. Braces without a comma, or
 * never closed, stand for themselves.
 *
 * @example
 * ```ts
 * import { expandBraces } from "./braces.ts";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(expandBraces("{a,b{1,2}}.log"), ["a.log", "b1.log", "b2.log"]);
 * ```
 *
 * @throws {RangeError} When there are more than {@linkcode MAX_ALTERNATIVES}.
 */
export function expandBraces(pattern: string): string[] {
  const done: string[] = [];
  const waiting: { readonly text: string; readonly from: number }[] = [{ text: pattern, from: 0 }];
  for (let next = waiting.shift(); next; next = waiting.shift()) {
    const group = findGroup(next.text, next.from);
    if (group) {
      const before = next.text.slice(0, group.open);
      const after = next.text.slice(group.close + 1);
      const parts = group.parts.map((part) => ({ text: before + part + after, from: group.open }));
      waiting.unshift(...parts);
    } else done.push(next.text);
    if (done.length + waiting.length > MAX_ALTERNATIVES) {
      throw new RangeError(
        `Cannot watch files as a pattern may have at most ${MAX_ALTERNATIVES} alternatives in braces: current value is '${pattern}'`,
      );
    }
  }
  return done;
}

interface Group {
  readonly open: number;
  readonly close: number;
  readonly parts: readonly string[];
}

/** The first braces from an index on that hold alternatives. */
function findGroup(text: string, from: number): Group | undefined {
  for (let open = from; open < text.length; open++) {
    if (text[open] === "\\") open++;
    else if (text[open] === "{") {
      const group = readGroup(text, open);
      if (group) return group;
    }
  }
  return undefined;
}

function readGroup(text: string, open: number): Group | undefined {
  const parts: string[] = [];
  let depth = 0;
  let begin = open + 1;
  for (let at = open; at < text.length; at++) {
    const character = text[at];
    if (character === "\\") at++;
    else if (character === "{") depth++;
    else if (character === "," && depth === 1) {
      parts.push(text.slice(begin, at));
      begin = at + 1;
    } else if (character === "}" && --depth === 0) {
      if (parts.length === 0) return undefined;
      return { open, close: at, parts: [...parts, text.slice(begin, at)] };
    }
  }
  return undefined;
}
