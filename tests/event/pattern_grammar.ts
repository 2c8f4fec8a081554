/** Random patterns in Python's syntax and random texts, the same for the same seed. */
import type { Random } from "../random.ts";

const LETTERS = [
  ..."aaabbbcAB019 _-.\n\n\r\t,",
  ..."kKsSiIßſµμıİéÉçжЖяςσΣǅﬅ漢字😀😁𐐀𐐨𝟘١",
  "\u2028",
  "\u212a",
  "\x85",
  "\x1c",
  "\ufeff",
  "\r\n",
];

const ESCAPES = ["\\d", "\\D", "\\s", "\\S", "\\w", "\\W"];
const POINTS = ["\\n", "\\x41", "\\u0436", "\\U0001F600", "\\101", "\\.", "\\-", "\\t", "\\0"];
const ANCHORS = ["^", "$", "\\A", "\\Z", "\\b", "\\B"];
const QUANTIFIERS = [
  "*",
  "+",
  "?",
  "{2}",
  "{1,2}",
  "{0,3}",
  "{,2}",
  "{2,}",
  "{17}",
  "{0}",
  "{0,18}",
];
const STARTS = ["", "", "", "", "(?i)", "(?m)", "(?s)", "(?a)", "(?x)", "(?im)", "(?ai)", "(?u)"];
const SCOPES = ["(?:", "(?:", "(?i:", "(?-i:", "(?s:", "(?m:", "(?-m:", "(?a:", "(?u:", "(?is-m:"];

const PIECES = [
  ..."aab(()))[[]]^^--{},*+?|.$ #\\<>:=!imsxauLtP0128",
  ..."(?: (?P<n> (?P=n) (?i) (?i: (?-i: (?x) (?# (?= (?<= (?<! (?> [a- \\d \\1 \\x4 \\u00 \\0 \\7"
    .split(" "),
  ..."{1} {1, {,2} {2,1} \\Z \\b \\N{ (?P (?m)".split(" "),
];

/** Makes patterns, most of which Python takes. */
export class PatternMaker {
  readonly #chance: Random;
  #groups = 0;

  constructor(chance: Random) {
    this.#chance = chance;
  }

  pattern(): string {
    this.#groups = 0;
    return this.#chance.pick(STARTS) + this.#choice(3);
  }

  /** A string of syntax, which Python mostly refuses. */
  noise(): string {
    const length = 1 + this.#chance.below(8);
    return Array.from({ length }, () => this.#chance.pick(PIECES)).join("");
  }

  text(): string {
    const length = this.#chance.below(9);
    return Array.from({ length }, () => this.#chance.pick(LETTERS)).join("");
  }

  #choice(depth: number): string {
    const branches = this.#chance.below(4) === 0 ? 2 + this.#chance.below(2) : 1;
    return Array.from({ length: branches }, () => this.#sequence(depth)).join("|");
  }

  #sequence(depth: number): string {
    const length = this.#chance.below(4) + (this.#chance.below(8) === 0 ? 0 : 1);
    return Array.from({ length }, () => this.#item(depth)).join("");
  }

  #item(depth: number): string {
    if (this.#chance.below(5) === 0) return this.#chance.pick(ANCHORS);
    const atom = this.#atom(depth);
    if (this.#chance.below(3) > 0) return atom;
    return atom + this.#chance.pick(QUANTIFIERS) + this.#chance.pick(["", "", "", "?", "+"]);
  }

  #atom(depth: number): string {
    const kind = this.#chance.below(depth > 0 ? 14 : 9);
    if (kind < 4) return this.#literal();
    if (kind === 4) return ".";
    if (kind === 5) return this.#chance.pick(ESCAPES);
    if (kind === 6) return this.#chance.pick(POINTS);
    if (kind === 7) return this.#class();
    if (kind === 8) return this.#reference();
    return this.#group(depth - 1);
  }

  #literal(): string {
    const letter = this.#chance.pick(LETTERS);
    return /^[.\\]$/.test(letter) ? `\\${letter}` : letter;
  }

  #class(): string {
    const length = 1 + this.#chance.below(3);
    const members = Array.from({ length }, () => this.#member());
    return `[${this.#chance.pick(["", "", "^"])}${members.join("")}]`;
  }

  #member(): string {
    const kind = this.#chance.below(6);
    if (kind === 0) return this.#chance.pick(ESCAPES);
    if (kind > 2) return this.#literal().replace("-", "\\-");
    const [first, last] = [this.#point(), this.#point()].sort((a, b) => a - b);
    const hex = (point: number) => `\\U${point.toString(16).padStart(8, "0")}`;
    return `${hex(first)}-${hex(last)}`;
  }

  #point(): number {
    return this.#chance.pick(LETTERS).codePointAt(0)! + this.#chance.below(3);
  }

  #reference(): string {
    if (this.#groups === 0 || this.#chance.below(2) === 0) return this.#literal();
    const group = 1 + this.#chance.below(this.#groups);
    return this.#chance.pick([`\\${group}`, `(?P=g${group})`]);
  }

  #group(depth: number): string {
    const kind = this.#chance.below(10);
    if (kind < 3) return `${this.#chance.pick(SCOPES)}${this.#choice(depth)})`;
    if (kind < 6) return `(?P<g${++this.#groups}>${this.#choice(depth)})`;
    if (kind === 6) return `(?>${this.#choice(depth)})`;
    if (kind === 7) return `${this.#chance.pick(["(?<=", "(?<!"])}${this.#sequence(0)})`;
    return `${this.#chance.pick(["(?=", "(?!"])}${this.#choice(depth)})`;
  }
}
