import { emitBoundary } from "./emit_boundary.ts";
import { type RepeatBody, repeatSource } from "./emit_repeat.ts";
import {
  BETWEEN_CHARACTERS,
  BETWEEN_CHARACTERS_ANY,
  type Dialect,
  emitHalves,
  emitSet,
} from "./emit_set.ts";
import { characterSet } from "./character_set.ts";
import { type CodePoints, isDisjoint } from "./code_points.ts";
import { edgeSet } from "./edges.ts";
import { INSIDE, type Place } from "./place.ts";
import { PatternError } from "./pattern_error.ts";
import {
  type AnchorNode,
  type AtomicNode,
  type BoundaryNode,
  type ChoiceNode,
  isCharacter,
  type LookNode,
  type Node,
  type ParsedPattern,
  type ReferenceNode,
  type RepeatNode,
  type SequenceNode,
} from "./syntax.ts";
import { canBeEmpty } from "./width.ts";

/**
 * How much of a text must match: a part of it anywhere, a part at its start, or all of it; Python's `re.search`,
 * `re.match` and `re.fullmatch`.
 */
export type PatternMode = "search" | "match" | "fullmatch";

/** The longest expression that is generated, in UTF-16 units: V8 still compiles it within a moment. */
export const MAX_GENERATED_LENGTH = 1_048_576;

/**
 * The most alternatives, repetitions, assertions and back-references in the expression: V8 recurses over them, and
 * stops with a stack overflow at 3,500 to 16,000, depending on the kind.
 */
const MAX_TERMS = 1500;

/** More states than this make the linear engine itself slow on a large event, so they do not count as linear. */
const MAX_LINEAR_STATES = 4096;

/** A JavaScript expression, for `new RegExp` without flags. */
export interface Generated {
  readonly source: string;
  /** Whether V8's linear engine takes it. */
  readonly linear: boolean;
}

/** Writes a pattern as a JavaScript expression for the texts of a dialect. */
export function generate(pattern: ParsedPattern, mode: PatternMode, dialect: Dialect): Generated {
  return new Generator(pattern, mode, dialect).generate();
}

class Generator {
  readonly #pattern: ParsedPattern;
  readonly #mode: PatternMode;
  readonly #dialect: Dialect;
  readonly #groups = new Map<number, number>();
  readonly #nullable: boolean;
  #captures = 0;
  #length = 0;
  #terms = 0;
  #states = 0;
  #linear = true;
  #asserts = false;
  #cutsPairs = false;
  /** The largest product of nested repetition counts since it was last set to 1. */
  #replication = 1;

  constructor(pattern: ParsedPattern, mode: PatternMode, dialect: Dialect) {
    this.#pattern = pattern;
    this.#mode = mode;
    this.#dialect = dialect;
    this.#nullable = canBeEmpty(pattern.root);
  }

  generate(): Generated {
    const end = this.#mode === "fullmatch" ? "text" : "open";
    const body = this.#node(this.#pattern.root, { ...INSIDE, end });
    const source = this.#anchor(body);
    return { source, linear: this.#linear && this.#states <= MAX_LINEAR_STATES };
  }

  #anchor(body: string): string {
    if (this.#mode === "fullmatch") return `^(?:${body})$`;
    if (this.#mode === "match") return `^(?:${body})`;
    // Only an empty match, or one that takes half a pair, and only behind an assertion, could begin inside a pair.
    const astray = this.#asserts && (this.#nullable || this.#cutsPairs);
    if (this.#dialect === "ascii" || !astray) return body;
    if (this.#dialect === "wellFormed") return `${BETWEEN_CHARACTERS}(?:${body})`;
    return `${BETWEEN_CHARACTERS_ANY}(?:${body})`;
  }

  #node(node: Node, place: Place): string {
    if (isCharacter(node)) return this.#set(characterSet(node));
    if (node.kind !== "sequence") this.#charge(0, 1);
    switch (node.kind) {
      case "sequence":
        return this.#sequence(node, place);
      case "choice":
        return this.#choice(node, place);
      case "group":
        return this.#group(node.index, node.body, place);
      case "atomic":
        return this.#atomic(node, place);
      case "repeat":
        return this.#halves(node, place) ?? this.#repeat(node);
      case "anchor":
        return this.#place(node, place);
      case "boundary":
        return this.#boundary(node, place);
      case "look":
        return this.#look(node, place);
      case "reference":
        return this.#reference(node);
    }
  }

  #set(set: CodePoints): string {
    const source = emitSet(set, this.#dialect);
    if (source.includes("(?!")) this.#linear = false;
    this.#states += set.length;
    this.#charge(source.length, source.startsWith("(") ? 1 : 0);
    return source;
  }

  /** Counts what was written and stops when it is too much. */
  #charge(length: number, terms: number): void {
    this.#length += length;
    this.#terms += terms;
    if (this.#length <= MAX_GENERATED_LENGTH && this.#terms <= MAX_TERMS) return;
    throw new PatternError(
      `its JavaScript form has more than ${MAX_GENERATED_LENGTH} characters or ${MAX_TERMS} terms; use a ` +
        "shorter pattern, fewer classes such as \\w, or (?a)",
      {
        pattern: this.#pattern.source,
        position: 0,
        construct: "generated size",
        reason: "limit",
      },
    );
  }

  #sequence({ items }: SequenceNode, place: Place): string {
    return items.map((item, i) =>
      this.#node(item, {
        end: i === items.length - 1 ? place.end : "more",
        before: () => edgeSet(items.slice(0, i), "last", place.before()),
        after: () => edgeSet(items.slice(i + 1), "first", place.after()),
      })
    ).join("");
  }

  #choice({ branches }: ChoiceNode, place: Place): string {
    return `(?:${branches.map((branch) => this.#node(branch, place)).join("|")})`;
  }

  /** Only a group that is referred to has to capture. */
  #group(index: number, body: Node, place: Place): string {
    if (!this.#pattern.referenced.has(index)) return `(?:${this.#node(body, place)})`;
    this.#groups.set(index, ++this.#captures);
    return `(${this.#node(body, place)})`;
  }

  #atomic({ body }: AtomicNode, place: Place): string {
    if (place.end === "open" || this.#cannotGiveBack(body, place)) {
      return this.#node(body, place);
    }
    this.#linear = false;
    const capture = ++this.#captures;
    return `(?=(${this.#node(body, INSIDE)}))(?:\\${capture})`;
  }

  /** Whether giving back characters never helps, because what follows cannot begin with one of them. */
  #cannotGiveBack(body: Node, place: Place): boolean {
    if (body.kind !== "repeat" || !isCharacter(body.body)) return false;
    if (place.end === "text") return true;
    const after = place.after();
    return after !== undefined && isDisjoint(characterSet(body.body), after);
  }

  /**
   * `.*` and the like take surrogates one by one, which is several times faster. What follows cannot begin inside a
   * pair, so none is cut in the end; a back-reference could tell the difference.
   */
  #halves({ body, min, max, lazy }: RepeatNode, place: Place): string | undefined {
    if (max !== Infinity || min > 1 || !isCharacter(body)) return undefined;
    if (this.#pattern.referenced.size > 0) return undefined;
    const set = characterSet(body);
    const halves = emitHalves(set, this.#dialect);
    if (halves === undefined || (place.end === "more" && place.after() === undefined)) {
      return undefined;
    }
    this.#cutsPairs = true;
    return `${min === 1 ? this.#set(set) : ""}${halves}*${lazy ? "?" : ""}`;
  }

  #repeat(node: RepeatNode): string {
    if (node.max === 0) return "";
    const outer = this.#replication;
    const captures = this.#captures;
    const states = this.#states;
    this.#replication = 1;
    const source = this.#node(node.body, INSIDE);
    const body: RepeatBody = {
      source: isCharacter(node.body) ? source : `(?:${source})`,
      replication: this.#replication,
      copyable: this.#captures === captures,
    };
    const repeat = repeatSource(body, node);
    this.#replication = Math.max(outer, repeat.replication);
    if (!repeat.linear) this.#linear = false;
    this.#states += (this.#states - states) * repeat.copies;
    this.#charge(Math.max(repeat.source.length - source.length, 0), repeat.pieces);
    return repeat.source;
  }

  #place({ at }: AnchorNode, place: Place): string {
    if (at === "textStart") return "^";
    if (at === "lineStart") return this.#assertion("(?<![^\\n])");
    if (place.end === "text") return "";
    if (at === "textEnd") return "$";
    if (place.end === "open") return at === "lineEnd" ? "(?:\\n|$)" : "\\n?$";
    return this.#lookAhead(at === "lineEnd" ? "(?![^\\n])" : "(?!\\n[^]|[^\\n])");
  }

  #boundary(node: BoundaryNode, place: Place): string {
    const native = node.ascii || this.#dialect === "ascii";
    this.#asserts = true;
    return emitBoundary(node, place, {
      native,
      textCanBeEmpty: this.#nullable,
      emit: (set) => this.#set(set),
      lookAhead: (source) => this.#lookAhead(source),
    });
  }

  #look({ behind, negated, body }: LookNode, place: Place): string {
    if (!behind && !negated && place.end === "open") return this.#node(body, place);
    const captures = this.#captures;
    const source = this.#node(
      body,
      behind ? INSIDE : { ...INSIDE, end: negated ? "open" : "more" },
    );
    const mark = negated ? "!" : "=";
    if (!behind) return this.#lookAhead(`(?${mark}${source})`);
    if (this.#captures > captures) this.#linear = false;
    return this.#assertion(`(?<${mark}${source})`);
  }

  #reference(node: ReferenceNode): string {
    this.#linear = false;
    const reference = `\\${this.#groups.get(node.group)}`;
    const folds = node.fold !== "none" && this.#dialect === "ascii";
    return folds ? `(?i:${reference})` : `(?:${reference})`;
  }

  #assertion(source: string): string {
    this.#asserts = true;
    return source;
  }

  #lookAhead(source: string): string {
    this.#linear = false;
    return this.#assertion(source);
  }
}
