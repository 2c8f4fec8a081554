import type { Tokens } from "./tokens.ts";
import type { CategoryName } from "./syntax.ts";
import { LAST_CODE_POINT } from "./code_points.ts";
import { PatternError } from "./pattern_error.ts";

/** What a backslash and the characters after it stand for. */
export type Escape =
  | { readonly kind: "point"; readonly codePoint: number }
  | { readonly kind: "category"; readonly name: CategoryName; readonly negated: boolean }
  | { readonly kind: "textStart" }
  | { readonly kind: "textEnd" }
  | { readonly kind: "boundary"; readonly negated: boolean }
  | { readonly kind: "reference"; readonly group: number; readonly position: number };

const CONTROL: ReadonlyMap<string, number> = new Map([
  ["a", 7],
  ["b", 8],
  ["f", 12],
  ["n", 10],
  ["r", 13],
  ["t", 9],
  ["v", 11],
]);

const CATEGORY: ReadonlyMap<string, CategoryName> = new Map([
  ["d", "digit"],
  ["s", "space"],
  ["w", "word"],
]);

const HEX_LENGTH: ReadonlyMap<string, number> = new Map([["x", 2], ["u", 4], ["U", 8]]);

const OCTAL = "01234567";
const DECIMAL = "0123456789";
const HEXADECIMAL = "0123456789abcdefABCDEF";
const LARGEST_OCTAL = 0o377;

/** Reads the rest of the escape that begins with `token`, outside a character class. */
export function parseEscape(tokens: Tokens, token: string, position: number): Escape {
  const letter = token.slice(1);
  if (letter === "A") return { kind: "textStart" };
  if (letter === "Z") return { kind: "textEnd" };
  if (letter === "b" || letter === "B") return { kind: "boundary", negated: letter === "B" };
  if (letter === "0") return point(parseInt("0" + tokens.takeWhile(OCTAL, 2), 8));
  if (DECIMAL.includes(letter)) return parseNumber(tokens, letter, position);
  return parseCommonEscape(tokens, letter, position);
}

/** Reads the rest of the escape that begins with `token`, inside a character class. */
export function parseClassEscape(tokens: Tokens, token: string, position: number): Escape {
  const letter = token.slice(1);
  if (OCTAL.includes(letter)) {
    return parseOctal(tokens, letter + tokens.takeWhile(OCTAL, 2), position);
  }
  if (DECIMAL.includes(letter)) tokens.fail("escape", `bad escape \\${letter}`, position);
  return parseCommonEscape(tokens, letter, position);
}

function parseCommonEscape(tokens: Tokens, letter: string, position: number): Escape {
  const control = CONTROL.get(letter);
  if (control !== undefined) return point(control);
  const category = CATEGORY.get(letter.toLowerCase());
  if (category !== undefined) {
    return { kind: "category", name: category, negated: letter !== letter.toLowerCase() };
  }
  const hexLength = HEX_LENGTH.get(letter);
  if (hexLength !== undefined) return parseHex(tokens, letter, hexLength, position);
  if (letter === "N") return refuseName(tokens, position);
  if (/^[a-zA-Z]$/.test(letter)) tokens.fail("escape", `bad escape \\${letter}`, position);
  return point(letter.codePointAt(0)!);
}

function parseHex(tokens: Tokens, letter: string, length: number, position: number): Escape {
  const digits = tokens.takeWhile(HEXADECIMAL, length);
  if (digits.length < length) {
    tokens.fail("escape", `incomplete escape \\${letter}${digits}`, position);
  }
  const codePoint = parseInt(digits, 16);
  if (codePoint > LAST_CODE_POINT) {
    tokens.fail("escape", `bad escape \\${letter}${digits}`, position);
  }
  return point(codePoint);
}

function parseNumber(tokens: Tokens, first: string, position: number): Escape {
  let digits = first;
  if (tokens.next !== undefined && DECIMAL.includes(tokens.next)) {
    digits += tokens.take();
    const third = tokens.next;
    if (/^[0-7]{2}$/.test(digits) && third !== undefined && OCTAL.includes(third)) {
      tokens.take();
      return parseOctal(tokens, digits + third, position);
    }
  }
  return { kind: "reference", group: parseInt(digits, 10), position };
}

function parseOctal(tokens: Tokens, digits: string, position: number): Escape {
  const codePoint = parseInt(digits, 8);
  if (codePoint > LARGEST_OCTAL) {
    tokens.fail(
      "escape",
      `octal escape value \\${digits} outside of range 0-0o377`,
      position,
    );
  }
  return point(codePoint);
}

function refuseName(tokens: Tokens, position: number): never {
  if (!tokens.accept("{")) tokens.fail("escape", "missing {");
  const name = tokens.takeName("}", "character name", "escape");
  throw new PatternError(
    `\\N{${name}} needs the table of character names, which this program does not carry; ` +
      "write the character itself or \\uXXXX",
    { pattern: tokens.source, position, construct: "character name", reason: "unsupported" },
  );
}

function point(codePoint: number): Escape {
  return { kind: "point", codePoint };
}
