import { PatternError } from "./pattern_error.ts";
import type { Tokens } from "./tokens.ts";

/** How often, and whether it takes as much as it can, as little, or never gives back. */
export interface Quantifier {
  readonly min: number;
  /** `Infinity` when there is no bound. */
  readonly max: number;
  readonly style: "greedy" | "lazy" | "possessive";
}

/** The largest count in `{m,n}`: no event is longer (1 MiB). */
export const MAX_REPETITIONS = 1_048_576;

/** Python's own bound, from which it refuses the pattern too. */
const PYTHON_MAX_REPETITIONS = 2 ** 32 - 1;

const DECIMAL = "0123456789";

/** Reads the quantifier that begins with `token` at `position`; `undefined` when it is none, then nothing is taken. */
export function parseQuantifier(
  tokens: Tokens,
  token: string,
  position: number,
): Quantifier | undefined {
  const range = parseRange(tokens, token, position);
  if (range === undefined) return undefined;
  const [min, max] = range;
  if (tokens.accept("?")) return { min, max, style: "lazy" };
  return { min, max, style: tokens.accept("+") ? "possessive" : "greedy" };
}

function parseRange(
  tokens: Tokens,
  token: string,
  position: number,
): readonly [number, number] | undefined {
  if (token === "?") return [0, 1];
  if (token === "*") return [0, Infinity];
  if (token === "+") return [1, Infinity];
  return token === "{" ? parseBraces(tokens, position) : undefined;
}

/** Braces that do not hold a range are literal characters. */
function parseBraces(tokens: Tokens, position: number): readonly [number, number] | undefined {
  const inside = tokens.position;
  if (tokens.next === "}") return undefined;
  const low = tokens.takeWhile(DECIMAL);
  const high = tokens.accept(",") ? tokens.takeWhile(DECIMAL) : low;
  if (!tokens.accept("}")) {
    tokens.seek(inside);
    return undefined;
  }
  const min = low === "" ? 0 : checkCount(tokens, Number(low), position);
  const max = high === "" ? Infinity : checkCount(tokens, Number(high), position);
  if (max < min) tokens.fail("quantifier", "min repeat greater than max repeat", inside);
  return [min, max];
}

function checkCount(tokens: Tokens, count: number, position: number): number {
  if (count >= PYTHON_MAX_REPETITIONS) {
    tokens.fail("quantifier", "the repetition number is too large", position);
  }
  if (count <= MAX_REPETITIONS) return count;
  throw new PatternError(
    `a repetition count may be ${MAX_REPETITIONS} at most: current value is ${count}`,
    { pattern: tokens.source, position, construct: "repetition count", reason: "limit" },
  );
}
