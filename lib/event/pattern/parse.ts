import { applyFlags, type Flags, foldOf, NO_FLAGS } from "./flags.ts";
import { GroupScope } from "./group_scope.ts";
import { parseClass } from "./parse_class.ts";
import { type Escape, parseEscape } from "./parse_escape.ts";
import { parseGroupHead } from "./parse_group.ts";
import { parseQuantifier, type Quantifier } from "./parse_quantifier.ts";
import { PatternError } from "./pattern_error.ts";
import { type ClassItem, isCharacter, type Node, type ParsedPattern } from "./syntax.ts";
import { Tokens } from "./tokens.ts";
import { widthOf } from "./width.ts";

/** How deep groups may nest. Every walk over the tree recurses this deep at most, far from the end of the stack. */
export const MAX_NESTING = 200;

const VERBOSE_BLANKS = " \t\n\r\v\f";

/** Reads a pattern in Python's syntax; throws a {@linkcode PatternError} where Python does. */
export function parsePattern(source: string): ParsedPattern {
  return new Parser(source).parse();
}

/** One item of a sequence while it can still get a quantifier. */
interface Item {
  readonly node: Node;
  readonly repeatable: "yes" | "never" | "already repeated";
}

class Parser {
  readonly #tokens: Tokens;
  readonly #groups: GroupScope;
  #globals: Flags = NO_FLAGS;
  #globalLetters = "";
  #depth = 0;

  constructor(source: string) {
    this.#tokens = new Tokens(source);
    this.#groups = new GroupScope(this.#tokens);
  }

  parse(): ParsedPattern {
    const root = this.#choice(NO_FLAGS, true);
    if (this.#tokens.next !== undefined) this.#tokens.fail("group", "unbalanced parenthesis");
    return { source: this.#tokens.source, root, referenced: this.#groups.referenced };
  }

  #choice(flags: Flags, outermost: boolean): Node {
    const branches = [this.#sequence(flags, outermost)];
    while (this.#tokens.accept("|")) {
      branches.push(this.#sequence(outermost ? this.#globals : flags, false));
    }
    if (branches.length === 1) return branches[0];
    return mergeCharacters(branches) ?? { kind: "choice", branches };
  }

  /** `first` says that global flags may still stand here: nothing of the pattern came before. */
  #sequence(flags: Flags, first: boolean): Node {
    const items: Item[] = [];
    let current = flags;
    while (this.#tokens.next !== undefined && !"|)".includes(this.#tokens.next)) {
      const position = this.#tokens.position;
      const token = this.#tokens.take()!;
      if (current.verbose && this.#skipBlank(token)) continue;
      const quantifier = parseQuantifier(this.#tokens, token, position);
      if (quantifier !== undefined) {
        items.push(this.#repeat(items.pop(), quantifier, position));
      } else if (token !== "(") {
        items.push(this.#single(token, position, current));
      } else {
        const item = this.#parenthesis(position, current, first && items.length === 0);
        if (item !== undefined) items.push(item);
        else if (first && items.length === 0) current = this.#globals;
      }
    }
    return items.length === 1
      ? items[0].node
      : { kind: "sequence", items: items.map((item) => item.node) };
  }

  #skipBlank(token: string): boolean {
    if (VERBOSE_BLANKS.includes(token)) return true;
    if (token !== "#") return false;
    for (let next = this.#tokens.take(); next !== undefined && next !== "\n";) {
      next = this.#tokens.take();
    }
    return true;
  }

  #repeat(item: Item | undefined, quantifier: Quantifier, position: number): Item {
    if (item === undefined || item.repeatable === "never") {
      this.#tokens.fail("quantifier", "nothing to repeat", position);
    }
    if (item.repeatable === "already repeated") {
      this.#tokens.fail("quantifier", "multiple repeat", position);
    }
    return { node: repeatNode(item.node, quantifier), repeatable: "already repeated" };
  }

  #single(token: string, position: number, flags: Flags): Item {
    if (token.startsWith("\\")) {
      return this.#escape(parseEscape(this.#tokens, token, position), flags);
    }
    const anchor = (at: "textStart" | "lastLine" | "lineStart" | "lineEnd"): Item => ({
      node: { kind: "anchor", at },
      repeatable: "never",
    });
    if (token === "^") return anchor(flags.multiline ? "lineStart" : "textStart");
    if (token === "$") return anchor(flags.multiline ? "lineEnd" : "lastLine");
    if (token === ".") return repeatable({ kind: "any", newline: flags.dotAll });
    const fold = foldOf(flags);
    if (token === "[") {
      const content = parseClass(this.#tokens, position);
      return repeatable({ kind: "class", ...content, fold, ascii: flags.ascii });
    }
    return repeatable({ kind: "literal", codePoint: token.codePointAt(0)!, fold });
  }

  #escape(escape: Escape, flags: Flags): Item {
    const fold = foldOf(flags);
    const { ascii } = flags;
    switch (escape.kind) {
      case "point":
        return repeatable({ kind: "literal", codePoint: escape.codePoint, fold });
      case "category":
        return repeatable({ kind: "class", items: [escape], negated: false, fold, ascii });
      case "textStart":
      case "textEnd":
        return { node: { kind: "anchor", at: escape.kind }, repeatable: "never" };
      case "boundary":
        return {
          node: { kind: "boundary", negated: escape.negated, ascii },
          repeatable: "never",
        };
      case "reference": {
        const { group, position } = escape;
        this.#groups.refer(group, position);
        return repeatable({ kind: "reference", group, fold, position });
      }
    }
  }

  /** Reads what `(` at `start` opens; `undefined` when it is only a comment or flags. */
  #parenthesis(start: number, flags: Flags, atStart: boolean): Item | undefined {
    const head = parseGroupHead(this.#tokens, this.#groups, start);
    switch (head.kind) {
      case "comment":
        return undefined;
      case "flags":
        if (head.change.global) return this.#setGlobals(head.change.on, start, atStart);
        return repeatable(this.#body(applyFlags(flags, head.change), start));
      case "reference":
        return repeatable({
          kind: "reference",
          group: head.group,
          fold: foldOf(flags),
          position: start,
        });
      case "plain":
        return repeatable(this.#body(flags, start));
      case "atomic":
        return repeatable({ kind: "atomic", body: this.#body(flags, start) });
      case "capture": {
        const body = this.#body(flags, start);
        this.#groups.close(head.index, widthOf(body, this.#groups.widths));
        return repeatable({ kind: "group", index: head.index, body });
      }
      case "look":
        return repeatable(this.#look(head.behind, head.negated, flags, start));
    }
  }

  #look(behind: boolean, negated: boolean, flags: Flags, start: number): Node {
    const leave = behind ? this.#groups.enterLookBehind() : () => {};
    const body = this.#body(flags, start);
    leave();
    const width = widthOf(body, this.#groups.widths);
    if (behind && width.min !== width.max) {
      this.#tokens.fail("look-behind", "look-behind requires fixed-width pattern", start);
    }
    return { kind: "look", behind, negated, body };
  }

  #body(flags: Flags, start: number): Node {
    if (++this.#depth > MAX_NESTING) {
      throw new PatternError(`groups may nest ${MAX_NESTING} deep at most`, {
        pattern: this.#tokens.source,
        position: start,
        construct: "nesting",
        reason: "limit",
      });
    }
    const body = this.#choice(flags, false);
    this.#depth--;
    if (!this.#tokens.accept(")")) {
      this.#tokens.fail("group", "missing ), unterminated subpattern", start);
    }
    return body;
  }

  #setGlobals(letters: string, start: number, atStart: boolean): undefined {
    if (!atStart) {
      this.#tokens.fail("flags", "global flags not at the start of the expression", start);
    }
    this.#globalLetters += letters;
    if (this.#globalLetters.includes("a") && this.#globalLetters.includes("u")) {
      this.#tokens.fail("flags", "ASCII and UNICODE flags are incompatible", start);
    }
    this.#globals = applyFlags(this.#globals, { on: letters, off: "", global: true });
  }
}

function repeatable(node: Node): Item {
  return { node, repeatable: "yes" };
}

/** A possessive repetition gives nothing back, neither a round nor, unlike `(?>…)` around it, a part of one. */
function repeatNode(body: Node, { min, max, style }: Quantifier): Node {
  if (style !== "possessive") return { kind: "repeat", body, min, max, lazy: style === "lazy" };
  const round: Node = isCharacter(body) ? body : { kind: "atomic", body };
  return { kind: "atomic", body: { kind: "repeat", body: round, min, max, lazy: false } };
}

/** Alternatives of single characters under the same flags are one class, as in Python. */
function mergeCharacters(branches: readonly Node[]): Node | undefined {
  const items: ClassItem[] = [];
  const first = branches[0];
  if (first.kind !== "literal" && first.kind !== "class") return undefined;
  let ascii: boolean | undefined;
  for (const branch of branches) {
    if (branch.kind === "literal" && branch.fold === first.fold) {
      items.push({ kind: "point", codePoint: branch.codePoint });
    } else if (branch.kind === "class" && !branch.negated && branch.fold === first.fold) {
      if (ascii !== undefined && ascii !== branch.ascii) return undefined;
      ascii = branch.ascii;
      items.push(...branch.items);
    } else {
      return undefined;
    }
  }
  return { kind: "class", items, negated: false, fold: first.fold, ascii: ascii ?? false };
}
