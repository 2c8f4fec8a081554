import { characterSet } from "./character_set.ts";
import { type CodePoints, equal, intersection, union } from "./code_points.ts";
import { PatternError } from "./pattern_error.ts";
import { isCharacter, type Node, type ParsedPattern, type ReferenceNode } from "./syntax.ts";
import { casedSet, withLowerIn } from "./unicode.ts";
import { canBeEmpty } from "./width.ts";

/** How case-insensitive back-references of a pattern are honoured in text that is not ASCII. */
export type ReferenceFold = "none" | "lowerText";

/**
 * What one path through a pattern leaves behind: the groups that surely took part, and those whose text Python and
 * JavaScript may remember differently.
 */
interface Captured {
  readonly set: ReadonlySet<number>;
  readonly doubtful: ReadonlySet<number>;
}

interface Scope {
  readonly pattern: ParsedPattern;
  readonly behind: boolean;
}

/**
 * Refuses back-references for which Python and JavaScript can differ: to a group that may not have taken part (Python
 * fails, JavaScript matches the empty string), and to one in a repetition that can match the empty string (Python
 * keeps an empty last round, JavaScript drops it).
 */
export function checkReferences(pattern: ParsedPattern): ReferenceFold {
  if (pattern.referenced.size === 0) return "none";
  const nothing: Captured = { set: new Set(), doubtful: new Set() };
  walk(pattern.root, nothing, { pattern, behind: false });
  return checkFolds(pattern);
}

function walk(node: Node, before: Captured, scope: Scope): Captured {
  switch (node.kind) {
    case "reference":
      return checkReference(node, before, scope.pattern);
    case "sequence":
      return node.items.reduce((captured, item) => walk(item, captured, scope), before);
    case "choice":
      return join(node.branches.map((branch) => walk(branch, before, scope)));
    case "group": {
      const after = walk(node.body, before, scope);
      return { set: new Set(after.set).add(node.index), doubtful: after.doubtful };
    }
    case "atomic": {
      const after = walk(node.body, before, scope);
      return scope.behind ? doubt(before, after) : after;
    }
    case "repeat": {
      const after = walk(node.body, before, scope);
      if (scope.behind || canBeEmpty(node.body)) return doubt(before, after);
      return node.min > 0 ? after : { set: before.set, doubtful: after.doubtful };
    }
    case "look": {
      const after = walk(node.body, before, { ...scope, behind: scope.behind || node.behind });
      return node.negated ? doubt(before, after) : after;
    }
    default:
      return before;
  }
}

function join(branches: readonly Captured[]): Captured {
  const [first, ...rest] = branches;
  return rest.reduce((a, b) => ({
    set: a.set.intersection(b.set),
    doubtful: a.doubtful.union(b.doubtful),
  }), first);
}

/** What took part inside cannot be relied on outside. */
function doubt(before: Captured, after: Captured): Captured {
  const inside = after.set.difference(before.set);
  return { set: before.set, doubtful: after.doubtful.union(inside) };
}

function checkReference(node: ReferenceNode, captured: Captured, pattern: ParsedPattern): Captured {
  if (captured.set.has(node.group)) return captured;
  const repeated = captured.doubtful.has(node.group);
  throw new PatternError(
    repeated
      ? `group ${node.group} stands in a repetition or look-around whose last round JavaScript may remember ` +
        "differently; move the group or the back-reference"
      : `group ${node.group} may not have taken part here, which fails in Python and matches in JavaScript; ` +
        "make the group take part on every path",
    {
      pattern: pattern.source,
      position: node.position,
      construct: repeated
        ? "back-reference to a repeated group"
        : "back-reference to a group that may be unset",
      reason: "unsupported",
    },
  );
}

/**
 * JavaScript has no comparison like Python's for captured text. Where the group can hold letters, the text is
 * lower-cased instead, which is right when everything else in the pattern ignores case too.
 */
function checkFolds(pattern: ParsedPattern): ReferenceFold {
  const nodes = [...descendants(pattern.root)];
  const folding = nodes.filter((node) => node.kind === "reference" && node.fold !== "none");
  const groups = new Map(
    nodes.filter((node) => node.kind === "group").map((node) => [node.index, node.body]),
  );
  const lettered = folding.filter((node) => {
    return node.kind === "reference" && holdsLetters(groups.get(node.group)!);
  });
  if (lettered.length === 0) return "none";
  const blind = nodes.every((node) =>
    node.kind === "reference" ? node.fold === "unicode" : !isCharacter(node) || ignoresCase(node)
  );
  if (blind) return "lowerText";
  const [first] = lettered;
  throw new PatternError(
    "a back-reference that ignores case is possible only where the whole pattern does, with (?i) at its start " +
      "and without (?a)",
    {
      pattern: pattern.source,
      position: first.kind === "reference" ? first.position : 0,
      construct: "case-insensitive back-reference",
      reason: "unsupported",
    },
  );
}

function holdsLetters(body: Node): boolean {
  for (const node of descendants(body)) {
    if (node.kind === "reference") return true;
    if (isCharacter(node) && intersection(characterSet(node), casedSet()).length > 0) return true;
  }
  return false;
}

function ignoresCase(node: Parameters<typeof characterSet>[0]): boolean {
  const set: CodePoints = characterSet(node);
  return equal(union(withLowerIn(set)), set);
}

function* descendants(node: Node): Generator<Node> {
  yield node;
  switch (node.kind) {
    case "sequence":
      for (const item of node.items) yield* descendants(item);
      break;
    case "choice":
      for (const branch of node.branches) yield* descendants(branch);
      break;
    case "group":
    case "atomic":
    case "repeat":
    case "look":
      yield* descendants(node.body);
  }
}
