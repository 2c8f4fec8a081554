import { type Option, optionName, optionNames, type OptionTable } from "./option.ts";
import { closest } from "./suggestion.ts";
import { UsageError } from "./usage_error.ts";

/** What an argument is, before anything is known of the arguments around it. */
export type Word =
  | { readonly kind: "operand" }
  | { readonly kind: "separator" }
  | OptionWord
  | { readonly kind: "unknown" };

/** An argument that names an option. */
export interface OptionWord {
  readonly kind: "option";
  readonly option: Option;
  /** As it was written: `-o`, `--order`, `--ord`. */
  readonly name: string;
  /** What follows in the same argument: `--order=asc`, `-oasc`. */
  readonly attached: string | undefined;
}

/** The length of `-x`. */
const SHORT_LENGTH = 2;

const NEGATIVE_NUMBER = /^-(?:\d+|\d*\.\d+)$/;

/**
 * Finds the option that an argument names, by the rules of Python's `argparse`.
 *
 * A long option may be abbreviated as long as it is clear which one is meant. Options that Theia 0.9.2
 * has go before those it has not, so that an option that is added never takes an abbreviation from an
 * older one; and besides, those of the first table before those of the next.
 */
export class OptionLookup {
  readonly #byName = new Map<string, Option>();
  readonly #tiers: (readonly (readonly [name: string, option: Option])[])[] = [];

  constructor(tables: readonly OptionTable[]) {
    for (const option of tables.flatMap((table) => Object.values(table))) {
      for (const name of optionNames(option)) {
        if (!this.#byName.has(name)) this.#byName.set(name, option);
      }
    }
    const older = tables.map((table) => Object.values(table).filter((option) => !option.isNew));
    const newer = tables.map((table) => Object.values(table).filter((option) => option.isNew));
    for (const tier of [...older, ...newer]) {
      const rows = tier.flatMap((option) =>
        optionNames(option).map((name) => [name, option] as const)
      );
      this.#tiers.push(rows.filter(([name, option]) => this.#byName.get(name) === option));
    }
  }

  /**
   * Tells options from operands.
   *
   * @throws {UsageError} When the argument abbreviates several options.
   */
  classify(argument: string): Word {
    if (argument === "--") return { kind: "separator" };
    if (!argument.startsWith("-") || argument === "-") return { kind: "operand" };
    const word = this.#exact(argument) ?? this.#abbreviated(argument);
    if (word !== undefined) return word;
    // A negative number, or a text that happens to start with a dash.
    if (NEGATIVE_NUMBER.test(argument) || argument.includes(" ")) return { kind: "operand" };
    return { kind: "unknown" };
  }

  /** The option of that exact name. */
  get(name: string): Option | undefined {
    return this.#byName.get(name);
  }

  /** Names that an unknown option may have been meant to be. */
  suggest(name: string): string[] {
    for (const option of new Set(this.#byName.values())) {
      if (option.otherWords?.includes(name)) return [optionName(option)];
    }
    // Of a single letter every other one is as far away.
    return name.length <= SHORT_LENGTH ? [] : closest(name, [...this.#byName.keys()]);
  }

  #exact(argument: string): OptionWord | undefined {
    const [name, attached] = splitAtEquals(argument);
    const whole = this.#byName.get(argument);
    if (whole !== undefined) return toWord(whole, argument, undefined);
    const option = this.#byName.get(name);
    return option && toWord(option, name, attached);
  }

  #abbreviated(argument: string): OptionWord | undefined {
    if (!argument.startsWith("--")) {
      const name = argument.slice(0, 2);
      const option = this.#byName.get(name);
      return option && toWord(option, name, argument.slice(2));
    }
    const [name, attached] = splitAtEquals(argument);
    for (const tier of this.#tiers) {
      const matches = tier.filter(([full]) => full.startsWith(name));
      if (matches.length > 1) {
        const names = matches.map(([full]) => full).join(", ");
        throw new UsageError(
          `Cannot use option '${name}' as an abbreviation must fit one option only: it fits ${names}`,
        );
      }
      const [match] = matches;
      if (match !== undefined) return toWord(match[1], match[0], attached);
    }
    return undefined;
  }
}

function toWord(option: Option, name: string, attached: string | undefined): OptionWord {
  return { kind: "option", option, name, attached };
}

function splitAtEquals(argument: string): [name: string, attached: string | undefined] {
  const at = argument.indexOf("=");
  return at < 0 ? [argument, undefined] : [argument.slice(0, at), argument.slice(at + 1)];
}
