import { type JsonValue, MAX_JSON_DEPTH } from "./json_value.ts";

/** As in Python: reading longer integers takes time that grows with the square of their digits. */
const MAX_DIGITS = 4300;

const SPACE = /[ \t\n\r]*/y;

const SCALAR = /null|true|false|NaN|-?Infinity|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;

const WORDS: ReadonlyMap<string, JsonValue> = new Map<string, JsonValue>([
  ["null", null],
  ["true", true],
  ["false", false],
  ["NaN", NaN],
  ["Infinity", Infinity],
  ["-Infinity", -Infinity],
  ["-0", 0],
]);

/**
 * Reads the JSON for which `JSON.parse` alone does not do.
 *
 * That is, besides what Python reads and JavaScript does not, every text with a backslash: the runtime's
 * V8 mistakes a key with escapes for one that holds a backslash (nodejs/node#63785). After `JSON.parse('{"\\\\": 1}')` it
 * reads `{"\"": 1}` as the same object.
 */
export class JsonReader {
  readonly #text: string;
  #at = 0;

  /** @param text What is read. */
  constructor(text: string) {
    this.#text = text;
  }

  /**
   * Reads the text, which must be one value.
   *
   * @throws {SyntaxError} When it is not; the message has the offset.
   */
  read(): JsonValue {
    const value = this.#value(0);
    this.#skipSpace();
    if (this.#at < this.#text.length) throw this.#problem("the end");
    return value;
  }

  #value(depth: number): JsonValue {
    if (depth > MAX_JSON_DEPTH) {
      throw this.#problem(`at most ${MAX_JSON_DEPTH} values in each other`);
    }
    this.#skipSpace();
    switch (this.#text[this.#at]) {
      case '"':
        return this.#string();
      case "[":
        return this.#list("]", () => this.#value(depth + 1));
      case "{":
        return Object.fromEntries(this.#list("}", () => this.#member(depth + 1)));
      default:
        return this.#scalar();
    }
  }

  /** What lies between brackets, separated by commas. */
  #list<T>(end: string, readItem: () => T): T[] {
    const items: T[] = [];
    this.#at++;
    if (this.#takes(end)) return items;
    do items.push(readItem()); while (this.#takes(","));
    if (!this.#takes(end)) throw this.#problem(`',' or '${end}'`);
    return items;
  }

  #member(depth: number): readonly [string, JsonValue] {
    this.#skipSpace();
    if (this.#text[this.#at] !== '"') throw this.#problem("a key in double quotes");
    const key = this.#string();
    if (!this.#takes(":")) throw this.#problem("':'");
    return [key, this.#value(depth)];
  }

  /** A string alone is what the runtime reads right. */
  #string(): string {
    const start = this.#at;
    this.#at = this.#endOfString(start);
    try {
      return JSON.parse(this.#text.slice(start, this.#at));
    } catch {
      this.#at = start;
      throw this.#problem(
        "a string that ends and has only valid escapes and no control characters",
      );
    }
  }

  /** After the next quote with an even number of backslashes before it. */
  #endOfString(start: number): number {
    const text = this.#text;
    for (let at = text.indexOf('"', start + 1); at >= 0; at = text.indexOf('"', at + 1)) {
      let before = at;
      while (text[before - 1] === "\\") before--;
      if ((at - before) % 2 === 0) return at + 1;
    }
    return text.length;
  }

  #scalar(): JsonValue {
    SCALAR.lastIndex = this.#at;
    const token = SCALAR.exec(this.#text)?.[0];
    if (token === undefined) throw this.#problem("a value");
    const word = WORDS.get(token);
    if (word === undefined && token.length > MAX_DIGITS) {
      throw this.#problem(`a number of at most ${MAX_DIGITS} digits`);
    }
    this.#at += token.length;
    if (word !== undefined) return word;
    const number = Number(token);
    return Number.isSafeInteger(number) || /[.eE]/.test(token) ? number : BigInt(token);
  }

  #takes(char: string): boolean {
    this.#skipSpace();
    if (this.#text[this.#at] !== char) return false;
    this.#at++;
    return true;
  }

  #skipSpace(): void {
    SPACE.lastIndex = this.#at;
    this.#at += SPACE.exec(this.#text)?.[0].length ?? 0;
  }

  #problem(expected: string): SyntaxError {
    const found = this.#text.slice(this.#at, this.#at + 20);
    return new SyntaxError(
      `Cannot read JSON text as there must be ${expected} at offset ${this.#at}: ` +
        `current value is ${JSON.stringify(found)}`,
    );
  }
}
