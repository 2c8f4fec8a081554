import { characterSet } from "./character_set.ts";
import { type CodePoints, union } from "./code_points.ts";
import { isCharacter, type Node } from "./syntax.ts";
import { canBeEmpty } from "./width.ts";

/** Which end of a node one asks for. */
export type Edge = "first" | "last";

/** So far one looks for the nearest item that is never empty. */
const MAX_ITEMS = 24;

/**
 * The set that holds every code point which the items can consume first (or last); `fallback` stands for what comes
 * after (or before) them when they can match the empty string. `undefined` when nothing is certain.
 */
export function edgeSet(
  items: readonly Node[],
  edge: Edge,
  fallback: CodePoints | undefined,
): CodePoints | undefined {
  const near = edge === "first" ? items.slice(0, MAX_ITEMS) : items.slice(-MAX_ITEMS).toReversed();
  const sets: CodePoints[] = [];
  for (const item of near) {
    if (isTransparent(item)) continue;
    const set = nodeEdge(item, edge);
    if (set === undefined) return undefined;
    sets.push(set);
    if (!canBeEmpty(item)) return union(...sets);
  }
  return fallback === undefined || items.length > MAX_ITEMS ? undefined : union(...sets, fallback);
}

/** What the node can consume first or last when it consumes anything. */
function nodeEdge(node: Node, edge: Edge): CodePoints | undefined {
  if (isCharacter(node)) return characterSet(node);
  switch (node.kind) {
    case "sequence":
      return edgeSet(node.items, edge, []);
    case "choice": {
      const sets = node.branches.map((branch) => nodeEdge(branch, edge));
      const known = sets.filter((set) => set !== undefined);
      return known.length === sets.length ? union(...known) : undefined;
    }
    case "group":
    case "atomic":
    case "repeat":
      return nodeEdge(node.body, edge);
    case "reference":
      return undefined;
    default:
      return [];
  }
}

function isTransparent(node: Node): boolean {
  return node.kind === "anchor" || node.kind === "boundary" || node.kind === "look";
}
