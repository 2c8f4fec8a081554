import type { GivenOptions, GivenValue, Option, OptionTable } from "./option.ts";
import { OptionLookup, type OptionWord } from "./option_lookup.ts";
import { parseValue } from "./option_value.ts";
import { didYouMean } from "./suggestion.ts";
import { UnknownOptionError, UsageError } from "./usage_error.ts";

/** Options of {@linkcode parseArguments}. */
export interface ParseOptions {
  /** The current time in milliseconds since 1970. */
  readonly nowMs: number;
  /** Ends at the first operand: what follows belongs to a command. @default {false} */
  readonly stopAtOperand?: boolean;
}

/** What arguments say. */
export interface ParsedArguments {
  readonly given: GivenOptions;
  /** Arguments that belong to no option. */
  readonly operands: readonly string[];
}

/**
 * Reads arguments as Python's `argparse` does: a list takes all values up to the next option, values
 * may be attached (`--order=asc`, `-oasc`), short flags may be joined, long options abbreviated,
 * negative numbers are values, and `--` ends the options. Unlike there, a list that is given several
 * times holds all values.
 *
 * @param tables The options; those of the first table hide those of the next with the same name.
 * @throws {UsageError} When the arguments break a rule; the message names option, value and rule.
 */
export function parseArguments(
  args: readonly string[],
  tables: readonly OptionTable[],
  options: ParseOptions,
): ParsedArguments {
  return new ArgumentParser(args, new OptionLookup(tables), options).parse();
}

class ArgumentParser {
  readonly #args: readonly string[];
  readonly #lookup: OptionLookup;
  readonly #nowMs: number;
  readonly #stopAtOperand: boolean;
  readonly #given = new Map<Option, GivenValue>();
  readonly #operands: string[] = [];
  #at = 0;

  constructor(args: readonly string[], lookup: OptionLookup, options: ParseOptions) {
    this.#args = args;
    this.#lookup = lookup;
    this.#nowMs = options.nowMs;
    this.#stopAtOperand = options.stopAtOperand ?? false;
  }

  parse(): ParsedArguments {
    while (this.#at < this.#args.length) {
      const argument = this.#args[this.#at++] ?? "";
      const word = this.#lookup.classify(argument);
      if (word.kind === "unknown") throw this.#unknown(argument);
      if (word.kind === "option") {
        if (this.#takeOption(word) === "end") break;
        continue;
      }
      if (word.kind === "operand") this.#operands.push(argument);
      if (word.kind === "separator" || this.#stopAtOperand) {
        this.#operands.push(...this.#args.slice(this.#at));
        break;
      }
    }
    return { given: this.#given, operands: this.#operands };
  }

  #takeOption({ option, name, attached }: OptionWord): "end" | "go on" {
    switch (option.kind) {
      case "flag":
        this.#given.set(option, true);
        if (option.endsParsing) return "end";
        return attached === undefined ? "go on" : this.#takeJoined(name, attached);
      case "list": {
        const before = this.#given.get(option);
        const values = attached === undefined ? this.#takeOperands() : [attached];
        this.#given.set(option, [...Array.isArray(before) ? before : [], ...values]);
        return "go on";
      }
      default: {
        const value = attached ?? this.#takeOperand();
        if (value === undefined) {
          throw new UsageError(
            `Cannot use option '${name}' as it must have a value: ${this.#describeNext()}`,
          );
        }
        this.#given.set(option, parseValue(option, value, this.#nowMs));
        return "go on";
      }
    }
  }

  /** `-lv` is `-l -v`; a long flag takes nothing. */
  #takeJoined(name: string, attached: string): "end" | "go on" {
    const next = `-${attached.slice(0, 1)}`;
    const option = name.startsWith("--") ? undefined : this.#lookup.get(next);
    if (option === undefined) {
      throw new UsageError(
        `Cannot use option '${name}' as it takes no value: current value is '${attached}'`,
      );
    }
    const rest = attached.slice(1);
    return this.#takeOption({
      kind: "option",
      option,
      name: next,
      attached: rest === "" ? undefined : rest,
    });
  }

  #takeOperand(): string | undefined {
    const argument = this.#args[this.#at];
    if (argument === undefined) return undefined;
    if (this.#lookup.classify(argument).kind !== "operand") return undefined;
    this.#at++;
    return argument;
  }

  #takeOperands(): string[] {
    const values: string[] = [];
    for (let next = this.#takeOperand(); next !== undefined; next = this.#takeOperand()) {
      values.push(next);
    }
    return values;
  }

  #describeNext(): string {
    const next = this.#args[this.#at];
    return next === undefined
      ? "nothing follows it"
      : `'${next}' follows it, which is read as an option; attach a value that starts with a dash`;
  }

  #unknown(argument: string): UsageError {
    const [name = argument] = argument.split("=", 1);
    return new UnknownOptionError(name, didYouMean(this.#lookup.suggest(name)));
  }
}
