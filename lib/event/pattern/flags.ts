import type { Tokens } from "./tokens.ts";
import type { Fold } from "./syntax.ts";

/** The flags that hold at a place of a pattern. */
export interface Flags {
  readonly ignoreCase: boolean;
  readonly multiline: boolean;
  readonly dotAll: boolean;
  readonly verbose: boolean;
  readonly ascii: boolean;
}

/** What `(?ims-x:` or `(?ims)` says. */
export interface FlagChange {
  /** The letters to turn on. */
  readonly on: string;
  /** The letters to turn off. */
  readonly off: string;
  /** Whether it was `(?ims)`, for the whole pattern. */
  readonly global: boolean;
}

/** The flags of a pattern that names none. */
export const NO_FLAGS: Flags = {
  ignoreCase: false,
  multiline: false,
  dotAll: false,
  verbose: false,
  ascii: false,
};

const LETTERS = "iLmsxatu";
const TYPE_LETTERS = "auL";

/** Whether a token after `(?` begins a change of flags. */
export function beginsFlags(token: string): boolean {
  return token === "-" || LETTERS.includes(token);
}

/** How letters compare under the flags. */
export function foldOf(flags: Flags): Fold {
  if (!flags.ignoreCase) return "none";
  return flags.ascii ? "ascii" : "unicode";
}

/** The flags after a change. */
export function applyFlags(flags: Flags, change: FlagChange): Flags {
  const set = (letter: string, before: boolean) =>
    change.on.includes(letter) || (before && !change.off.includes(letter));
  return {
    ignoreCase: set("i", flags.ignoreCase),
    multiline: set("m", flags.multiline),
    dotAll: set("s", flags.dotAll),
    verbose: set("x", flags.verbose),
    ascii: change.on.includes("a") || (flags.ascii && !change.on.includes("u")),
  };
}

/** Reads the letters after `(?`, of which `first` is already taken, up to and including `)` or `:`. */
export function parseFlags(tokens: Tokens, first: string): FlagChange {
  const turnedOn = first === "-"
    ? { letters: "", end: "-" }
    : takeLetters(tokens, first, "-:)", "missing -, : or )", checkTurnedOn);
  if (turnedOn.end === ")") return { on: turnedOn.letters, off: "", global: true };
  const before = tokens.position - 1;
  if (turnedOn.letters.includes("t")) {
    tokens.fail("flags", "bad inline flags: cannot turn on global flag", before);
  }
  if (turnedOn.end === ":") return { on: turnedOn.letters, off: "", global: false };
  const off = parseTurnedOff(tokens);
  const at = tokens.position - 1;
  if (off.includes("t")) {
    tokens.fail("flags", "bad inline flags: cannot turn off global flag", at);
  }
  if ([...off].some((letter) => turnedOn.letters.includes(letter))) {
    tokens.fail("flags", "bad inline flags: flag turned on and off", at);
  }
  return { on: turnedOn.letters, off, global: false };
}

function parseTurnedOff(tokens: Tokens): string {
  const at = tokens.position;
  const first = tokens.take();
  if (first === undefined || !LETTERS.includes(first)) {
    failLetter(tokens, first, "missing flag", at);
  }
  return takeLetters(tokens, first, ":", "missing :", checkTurnedOff).letters;
}

function takeLetters(
  tokens: Tokens,
  first: string,
  ends: string,
  missing: string,
  check: (tokens: Tokens, letters: string, letter: string) => void,
): { readonly letters: string; readonly end: string } {
  let letters = "";
  let letter = first;
  while (true) {
    check(tokens, letters, letter);
    letters += letter;
    const at = tokens.position;
    const next = tokens.take();
    if (next !== undefined && ends.includes(next)) return { letters, end: next };
    if (next === undefined || !LETTERS.includes(next)) failLetter(tokens, next, missing, at);
    letter = next;
  }
}

function failLetter(
  tokens: Tokens,
  letter: string | undefined,
  missing: string,
  at: number,
): never {
  const unknown = letter !== undefined && /^\p{L}$/u.test(letter);
  return tokens.fail("flags", unknown ? "unknown flag" : missing, at);
}

function checkTurnedOn(tokens: Tokens, letters: string, letter: string): void {
  if (letter === "L") {
    tokens.fail("flags", "bad inline flags: cannot use 'L' flag with a str pattern");
  }
  if (!TYPE_LETTERS.includes(letter)) return;
  if ([...letters].some((other) => other !== letter && TYPE_LETTERS.includes(other))) {
    tokens.fail("flags", "bad inline flags: flags 'a', 'u' and 'L' are incompatible");
  }
}

function checkTurnedOff(tokens: Tokens, _letters: string, letter: string): void {
  if (TYPE_LETTERS.includes(letter)) {
    tokens.fail("flags", "bad inline flags: cannot turn off flags 'a', 'u' and 'L'");
  }
}
