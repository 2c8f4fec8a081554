import { readTime, TimeTextError } from "../base/time_text.ts";
import { type NumberOption, type Option, optionName, type TextOption } from "./option.ts";
import { UsageError } from "./usage_error.ts";

const INTEGER = /^[-+]?\d+$/;

/**
 * Reads the value of an option.
 *
 * @param text As it was typed.
 * @param nowMs The current time, for points in time before now.
 * @throws {UsageError} When the value breaks a rule of the option; the message names all three.
 */
export function parseValue(
  option: Exclude<Option, { readonly kind: "flag" }>,
  text: string,
  nowMs: number,
): string | number {
  switch (option.kind) {
    case "list":
      return text;
    case "text":
      return parseChoice(option, text);
    case "time":
      return parseTime(option, text, nowMs);
    default:
      return parseNumber(option, text);
  }
}

function parseChoice(option: TextOption, text: string): string {
  const { choices, otherwise } = option;
  if (choices === undefined || choices.includes(text)) return text;
  const rule = `be ${choices.map((choice) => `'${choice}'`).join(" or ")}`;
  throw badValue(option, rule, text, otherwise);
}

function parseNumber(option: NumberOption, text: string): number {
  const { kind, min = -Infinity, max = Infinity } = option;
  const trimmed = text.trim();
  const value = trimmed === "" ? NaN : Number(trimmed);
  if (kind === "integer" && !INTEGER.test(trimmed)) {
    throw badValue(option, `be an integer${describeRange(min, max)}`, text);
  }
  if (!Number.isFinite(value) || value < min || value > max) {
    const noun = kind === "integer" ? "an integer" : "a number";
    throw badValue(option, `be ${noun}${describeRange(min, max)}`, text);
  }
  return value;
}

function describeRange(min: number, max: number): string {
  if (min === -Infinity) return max === Infinity ? "" : ` of at most ${max}`;
  return max === Infinity ? ` of at least ${min}` : ` from ${min} to ${max}`;
}

function parseTime(option: Option, text: string, nowMs: number): number {
  try {
    return readTime(text, nowMs / 1000);
  } catch (cause) {
    if (!(cause instanceof TimeTextError)) throw cause;
    throw new UsageError(`Cannot use option '${optionName(option)}': ${cause.message}`, { cause });
  }
}

/** The error for a value that an option does not take. */
export function badValue(
  option: Option,
  rule: string,
  text: string,
  hint?: string,
): UsageError {
  const reason = `its value must ${rule}: current value is '${text}'`;
  return new UsageError(
    `Cannot use option '${optionName(option)}' as ${reason}${
      hint === undefined ? "" : `; ${hint}`
    }`,
  );
}
