import { PatternError } from "./pattern_error.ts";

/**
 * The characters of a pattern, read one after another with one character of look-ahead. A backslash and what it
 * escapes are one token.
 */
export class Tokens {
  /** The whole pattern. */
  readonly source: string;
  readonly #points: readonly string[];
  #next: string | undefined;
  #end = 0;

  constructor(source: string) {
    this.source = source;
    this.#points = Array.from(source);
    this.#advance();
  }

  /** The token that comes next; `undefined` at the end. */
  get next(): string | undefined {
    return this.#next;
  }

  /** Where the next token begins, in code points. */
  get position(): number {
    const length = this.#next === undefined ? 0 : this.#next.startsWith("\\") ? 2 : 1;
    return this.#end - length;
  }

  /** Returns the next token and moves past it. */
  take(): string | undefined {
    const token = this.#next;
    this.#advance();
    return token;
  }

  /** Moves past the next token when it is `token`. */
  accept(token: string): boolean {
    if (this.#next !== token) return false;
    this.#advance();
    return true;
  }

  /** Takes at most `limit` tokens that occur in `alphabet`. */
  takeWhile(alphabet: string, limit = Infinity): string {
    let taken = "";
    while (taken.length < limit && this.#next !== undefined && alphabet.includes(this.#next)) {
      taken += this.#next;
      this.#advance();
    }
    return taken;
  }

  /** Takes a name up to `terminator` and moves past both; `what` names it in errors. */
  takeName(terminator: string, what: string, construct: string): string {
    const start = this.position;
    let name = "";
    while (this.#next !== terminator) {
      if (this.#next === undefined) {
        this.fail(
          construct,
          name === "" ? `missing ${what}` : `missing ${terminator}, unterminated name`,
          start,
        );
      }
      name += this.#next;
      this.#advance();
    }
    this.#advance();
    if (name === "") this.fail(construct, `missing ${what}`, start);
    return name;
  }

  /** Goes back to a position read before. */
  seek(position: number): void {
    this.#end = position;
    this.#advance();
  }

  /** Throws the error for a pattern that Python refuses. */
  fail(construct: string, problem: string, position: number = this.position): never {
    throw new PatternError(problem, {
      pattern: this.source,
      position,
      construct,
      reason: "syntax",
    });
  }

  #advance(): void {
    const point = this.#points[this.#end];
    this.#next = point;
    if (point === undefined) return;
    this.#end++;
    if (point !== "\\") return;
    const escaped = this.#points[this.#end];
    if (escaped === undefined) {
      this.fail("escape", "bad escape (end of pattern)", this.#points.length - 1);
    }
    this.#next = point + escaped;
    this.#end++;
  }
}
