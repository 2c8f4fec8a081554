/** What one step of a segment matches: any characters, one of some, or one that is given. */
type Token =
  | { readonly kind: "run" }
  | { readonly kind: "class"; readonly negated: boolean; readonly ranges: readonly Range[] }
  | { readonly kind: "character"; readonly code: number };

/** First and last code point. */
type Range = readonly [number, number];

const ANY_CHARACTER: Token = { kind: "class", negated: true, ranges: [] };

/** A pattern for one name: `*`, `?`, `[a-z]`, `[!a-z]`; a backslash takes a character's meaning away. */
export class GlobSegment {
  /** The only name it matches, where there is only one. */
  readonly literal: string | undefined;
  readonly #tokens: readonly Token[];

  /** Anything can be parsed: a bracket that is never closed stands for itself. */
  constructor(pattern: string) {
    this.#tokens = parse([...pattern]);
    const codes = this.#tokens.map((token) => token.kind === "character" ? token.code : -1);
    this.literal = codes.includes(-1) ? undefined : String.fromCodePoint(...codes);
  }

  /** A segment that matches one name. */
  static of(name: string): GlobSegment {
    return new GlobSegment(name.replace(/[\\*?[]/g, "\\$&"));
  }

  /**
   * Tells whether the whole name matches, in time proportional to its length and that of the pattern.
   *
   * @param takesHidden Lets wildcards match a dot at the beginning, which they do not otherwise.
   */
  matches(name: string, takesHidden: boolean): boolean {
    if (this.literal !== undefined) return name === this.literal;
    const [first] = this.#tokens;
    if (!takesHidden && name.startsWith(".") && first?.kind !== "character") return false;
    return this.#match([...name].map((character) => character.codePointAt(0) as number));
  }

  /** Where a run must be longer than thought, only the last one needs to be tried again. */
  #match(codes: readonly number[]): boolean {
    const tokens = this.#tokens;
    let at = 0;
    let index = 0;
    let runIndex = -1;
    let runAt = 0;
    while (at < codes.length) {
      const token = tokens[index];
      if (token?.kind === "run") {
        runIndex = index++;
        runAt = at;
      } else if (token && takes(token, codes[at] as number)) {
        at++;
        index++;
      } else if (runIndex >= 0) {
        index = runIndex + 1;
        at = ++runAt;
      } else return false;
    }
    return tokens.slice(index).every((token) => token.kind === "run");
  }
}

function takes(token: Token, code: number): boolean {
  if (token.kind === "character") return token.code === code;
  if (token.kind === "run") return false;
  return token.ranges.some(([from, to]) => code >= from && code <= to) !== token.negated;
}

function parse(pattern: readonly string[]): Token[] {
  const tokens: Token[] = [];
  for (let at = 0; at < pattern.length; at++) {
    const character = pattern[at] as string;
    const end = character === "[" ? findBracket(pattern, at) : -1;
    if (character === "*") {
      if (tokens.at(-1)?.kind !== "run") tokens.push({ kind: "run" });
    } else if (character === "?") tokens.push(ANY_CHARACTER);
    else if (end > 0) {
      tokens.push(parseClass(pattern.slice(at + 1, end)));
      at = end;
    } else {
      if (character === "\\" && at + 1 < pattern.length) at++;
      tokens.push({ kind: "character", code: codeOf(pattern[at]) });
    }
  }
  return tokens;
}

/** Where the bracket closes; a closing one that comes first is one of the characters. */
function findBracket(pattern: readonly string[], open: number): number {
  const first = pattern[open + 1] === "!" || pattern[open + 1] === "^" ? open + 2 : open + 1;
  return pattern.indexOf("]", first + 1);
}

function parseClass(content: readonly string[]): Token {
  const negated = content[0] === "!" || content[0] === "^";
  const ranges: Range[] = [];
  for (let at = negated ? 1 : 0; at < content.length; at++) {
    const from = codeOf(content[at]);
    const isRange = content[at + 1] === "-" && at + 2 < content.length;
    ranges.push([from, isRange ? codeOf(content[at + 2]) : from]);
    if (isRange) at += 2;
  }
  return { kind: "class", negated, ranges };
}

function codeOf(character: string | undefined): number {
  return character?.codePointAt(0) as number;
}
