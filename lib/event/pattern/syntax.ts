/** How letters compare: exactly, by Unicode simple case mapping, or by A–Z alone. */
export type Fold = "none" | "unicode" | "ascii";

/** The categories behind `\d`, `\s` and `\w`. */
export type CategoryName = "digit" | "space" | "word";

/** One member of a character class. */
export type ClassItem =
  | { readonly kind: "point"; readonly codePoint: number }
  | { readonly kind: "range"; readonly first: number; readonly last: number }
  | { readonly kind: "category"; readonly name: CategoryName; readonly negated: boolean };

/** One code point, written as itself. */
export interface LiteralNode {
  readonly kind: "literal";
  readonly codePoint: number;
  readonly fold: Fold;
}

/** `.` */
export interface AnyNode {
  readonly kind: "any";
  /** Whether `\n` matches too. */
  readonly newline: boolean;
}

/** `[…]`, `\d`, `\s`, `\w` and alternatives of single characters. */
export interface ClassNode {
  readonly kind: "class";
  readonly items: readonly ClassItem[];
  readonly negated: boolean;
  readonly fold: Fold;
  /** Whether the categories mean their ASCII members only. */
  readonly ascii: boolean;
}

/** A node that consumes exactly one code point. */
export type CharacterNode = LiteralNode | AnyNode | ClassNode;

/** Nodes one after another; none at all matches the empty string. */
export interface SequenceNode {
  readonly kind: "sequence";
  readonly items: readonly Node[];
}

/** `a|b` */
export interface ChoiceNode {
  readonly kind: "choice";
  readonly branches: readonly Node[];
}

/** `(…)`, numbered from 1. */
export interface GroupNode {
  readonly kind: "group";
  readonly index: number;
  readonly body: Node;
}

/** `(?>…)` */
export interface AtomicNode {
  readonly kind: "atomic";
  readonly body: Node;
}

/** `*`, `+`, `?`, `{m,n}` and their lazy forms; a possessive one is an atomic node around a greedy one. */
export interface RepeatNode {
  readonly kind: "repeat";
  readonly body: Node;
  readonly min: number;
  /** `Infinity` when there is no bound. */
  readonly max: number;
  readonly lazy: boolean;
}

/**
 * A place in the text. `textStart` is `^` and `\A`, `textEnd` is `\Z`, `lastLine` is `$` (the end, or before a last
 * `\n`), `lineStart` and `lineEnd` are `^` and `$` under `m`.
 */
export interface AnchorNode {
  readonly kind: "anchor";
  readonly at: "textStart" | "textEnd" | "lastLine" | "lineStart" | "lineEnd";
}

/** `\b` and `\B` */
export interface BoundaryNode {
  readonly kind: "boundary";
  readonly negated: boolean;
  readonly ascii: boolean;
}

/** `(?=…)`, `(?!…)`, `(?<=…)`, `(?<!…)` */
export interface LookNode {
  readonly kind: "look";
  readonly behind: boolean;
  readonly negated: boolean;
  readonly body: Node;
}

/** `\1`, `(?P=name)` */
export interface ReferenceNode {
  readonly kind: "reference";
  readonly group: number;
  readonly fold: Fold;
  /** Where it stands in the pattern, in code points, for errors found after parsing. */
  readonly position: number;
}

/** What a pattern is made of. */
export type Node =
  | CharacterNode
  | SequenceNode
  | ChoiceNode
  | GroupNode
  | AtomicNode
  | RepeatNode
  | AnchorNode
  | BoundaryNode
  | LookNode
  | ReferenceNode;

/** A pattern after parsing. */
export interface ParsedPattern {
  /** As given. */
  readonly source: string;
  /** Its tree, all flags already resolved into the nodes. */
  readonly root: Node;
  /** The groups some back-reference names. */
  readonly referenced: ReadonlySet<number>;
}

/** Whether a node consumes exactly one code point. */
export function isCharacter(node: Node): node is CharacterNode {
  return node.kind === "literal" || node.kind === "any" || node.kind === "class";
}
