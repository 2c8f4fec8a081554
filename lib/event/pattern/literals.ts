import { characterSet } from "./character_set.ts";
import { isCharacter, type Node } from "./syntax.ts";

/** How many required strings are kept. */
const MAX_LITERALS = 16;

/**
 * The strings that every text matching the node must contain, longest first. Those of alternatives are left out: none
 * of them is certain.
 */
export function requiredLiterals(root: Node): readonly string[] {
  const found = new LiteralFinder();
  found.visit(root);
  return found.finish();
}

class LiteralFinder {
  readonly #found = new Set<string>();
  #run = "";

  visit(node: Node): void {
    if (isCharacter(node)) return this.#character(exactText(node));
    switch (node.kind) {
      case "sequence":
        for (const item of node.items) this.visit(item);
        break;
      case "group":
      case "atomic":
        this.visit(node.body);
        break;
      case "repeat":
        this.#repeat(node.body, node.min, node.max);
        break;
      case "look":
        this.#look(node.body, node.negated);
        break;
      case "choice":
      case "reference":
        this.#cut();
    }
  }

  finish(): readonly string[] {
    this.#cut();
    const longest = [...this.#found].sort((a, b) => b.length - a.length);
    return longest.slice(0, MAX_LITERALS);
  }

  #character(text: string | undefined): void {
    if (text === undefined) this.#cut();
    else this.#run += text;
  }

  /** The first round continues what came before; what follows the last one is another run. */
  #repeat(body: Node, min: number, max: number): void {
    if (min > 0) this.visit(body);
    if (max !== 1 || min === 0) this.#cut();
  }

  /** What a look-around sees overlaps its neighbours, so it is a run of its own. */
  #look(body: Node, negated: boolean): void {
    if (negated) return;
    const outside = this.#run;
    this.#run = "";
    this.visit(body);
    this.#cut();
    this.#run = outside;
  }

  #cut(): void {
    if (this.#run !== "") this.#found.add(this.#run);
    this.#run = "";
  }
}

/** The only text a one-character node matches; `undefined` when there are several. */
function exactText(node: Parameters<typeof characterSet>[0]): string | undefined {
  if (node.kind === "any") return undefined;
  const set = characterSet(node);
  return set.length === 2 && set[0] === set[1] ? String.fromCodePoint(set[0]) : undefined;
}
