import { beginsFlags, type FlagChange, parseFlags } from "./flags.ts";
import type { GroupScope } from "./group_scope.ts";
import { PatternError } from "./pattern_error.ts";
import type { Tokens } from "./tokens.ts";

/** What an opening parenthesis turns out to begin. */
export type GroupHead =
  | { readonly kind: "capture"; readonly index: number }
  | { readonly kind: "plain" }
  | { readonly kind: "atomic" }
  | { readonly kind: "comment" }
  | { readonly kind: "flags"; readonly change: FlagChange }
  | { readonly kind: "look"; readonly behind: boolean; readonly negated: boolean }
  | { readonly kind: "reference"; readonly group: number };

/** Reads what follows the `(` at `start` up to where the body begins; a comment or reference is read whole. */
export function parseGroupHead(tokens: Tokens, groups: GroupScope, start: number): GroupHead {
  if (!tokens.accept("?")) return { kind: "capture", index: groups.open() };
  const extension = takeExtension(tokens);
  switch (extension) {
    case "P":
      return parsePythonExtension(tokens, groups, start);
    case ":":
      return { kind: "plain" };
    case ">":
      return { kind: "atomic" };
    case "#":
      return skipComment(tokens, start);
    case "=":
    case "!":
      return { kind: "look", behind: false, negated: extension === "!" };
    case "<":
      return parseAngle(tokens, groups);
    case "(":
      return refuseConditional(tokens, groups, start);
  }
  if (beginsFlags(extension)) return { kind: "flags", change: parseFlags(tokens, extension) };
  return tokens.fail("group", `unknown extension ?${extension}`, start + 1);
}

function takeExtension(tokens: Tokens): string {
  return tokens.take() ?? tokens.fail("group", "unexpected end of pattern");
}

function parsePythonExtension(tokens: Tokens, groups: GroupScope, start: number): GroupHead {
  if (tokens.accept("<")) return openNamed(tokens, groups);
  if (!tokens.accept("=")) {
    const letter = takeExtension(tokens);
    return tokens.fail("group", `unknown extension ?P${letter}`, start + 1);
  }
  const position = tokens.position;
  const name = takeGroupName(tokens, ")");
  const group = groups.find(name);
  if (group === undefined) {
    tokens.fail("group name", `unknown group name '${name}'`, position);
  }
  groups.refer(group, position);
  return { kind: "reference", group };
}

/** `(?<=`, `(?<!`, and JavaScript's `(?<name>`, which Python does not know. */
function parseAngle(tokens: Tokens, groups: GroupScope): GroupHead {
  if (tokens.next === undefined) tokens.fail("group", "unexpected end of pattern");
  if (tokens.accept("=")) return { kind: "look", behind: true, negated: false };
  if (tokens.accept("!")) return { kind: "look", behind: true, negated: true };
  return openNamed(tokens, groups);
}

function openNamed(tokens: Tokens, groups: GroupScope): GroupHead {
  const position = tokens.position;
  const name = takeGroupName(tokens, ">");
  return { kind: "capture", index: groups.open(name, position) };
}

function takeGroupName(tokens: Tokens, terminator: string): string {
  const position = tokens.position;
  const name = tokens.takeName(terminator, "group name", "group name");
  if (!isIdentifier(name)) {
    tokens.fail("group name", `bad character in group name '${name}'`, position);
  }
  return name;
}

function isIdentifier(name: string): boolean {
  return /^[_\p{XIDS}]\p{XIDC}*$/u.test(name);
}

function skipComment(tokens: Tokens, start: number): GroupHead {
  while (tokens.next !== undefined) {
    if (tokens.take() === ")") return { kind: "comment" };
  }
  return tokens.fail("group", "missing ), unterminated comment", start);
}

function refuseConditional(tokens: Tokens, groups: GroupScope, start: number): never {
  const position = tokens.position;
  const name = tokens.takeName(")", "group name", "group name");
  if (/^0+$/.test(name)) tokens.fail("group name", "bad group number", position);
  if (isIdentifier(name) && groups.find(name) === undefined) {
    tokens.fail("group name", `unknown group name '${name}'`, position);
  }
  if (!isIdentifier(name) && !/^\d+$/.test(name)) {
    tokens.fail("group name", `bad character in group name '${name}'`, position);
  }
  throw new PatternError(
    `(?(${name})…|…) chooses by whether a group took part, which JavaScript cannot do; ` +
      "write both cases as alternatives",
    {
      pattern: tokens.source,
      position: start,
      construct: "conditional group",
      reason: "unsupported",
    },
  );
}
