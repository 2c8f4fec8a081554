import type { Node } from "./syntax.ts";

/** How many code points a node consumes, at least and at most. */
export interface Width {
  readonly min: number;
  /** `Infinity` when there is no bound. */
  readonly max: number;
}

const NONE: Width = { min: 0, max: 0 };
const ONE: Width = { min: 1, max: 1 };

/** Computes the width of a node, given those of the groups it may refer to. */
export function widthOf(node: Node, groups: ReadonlyMap<number, Width>): Width {
  switch (node.kind) {
    case "literal":
    case "any":
    case "class":
      return ONE;
    case "anchor":
    case "boundary":
    case "look":
      return NONE;
    case "reference":
      return groups.get(node.group) ?? { min: 0, max: Infinity };
    case "sequence":
      return node.items.map((item) => widthOf(item, groups)).reduce(add, NONE);
    case "choice":
      return node.branches.map((branch) => widthOf(branch, groups)).reduce(either);
    case "group":
    case "atomic":
      return widthOf(node.body, groups);
    case "repeat":
      return times(widthOf(node.body, groups), node.min, node.max);
  }
}

/** Whether a node can match the empty string, as far as widths tell. */
export function canBeEmpty(node: Node): boolean {
  return widthOf(node, new Map()).min === 0;
}

function add(a: Width, b: Width): Width {
  return { min: a.min + b.min, max: a.max + b.max };
}

function either(a: Width, b: Width): Width {
  return { min: Math.min(a.min, b.min), max: Math.max(a.max, b.max) };
}

function times(width: Width, min: number, max: number): Width {
  return {
    min: width.min * min,
    max: width.max === 0 || max === 0 ? 0 : width.max * max,
  };
}
