/** What every row of an option table says. */
interface OptionRow {
  /** One letter, without the dash. */
  readonly short?: string;
  /** Without the dashes. At least one of `short` and `long` is there. */
  readonly long?: string;
  /** One sentence, without a full stop; the help adds the default. */
  readonly help: string;
  /** The heading of the help that it stands under. @default {"Options"} */
  readonly group?: string;
  /** True when Theia 0.9.2 does not have it: an abbreviation that meant another option still does. */
  readonly isNew?: boolean;
  /** What other programs call it, such as `--since`: who types that is told of this one. */
  readonly otherWords?: readonly string[];
}

/** An option without a value. */
export interface FlagOption extends OptionRow {
  readonly kind: "flag";
  /** True when no argument after it is looked at, as for `--help`. */
  readonly endsParsing?: boolean;
}

/** An option with a text as its value. */
export interface TextOption extends OptionRow {
  readonly kind: "text";
  readonly valueName: string;
  readonly default?: string;
  /** The only values it takes. */
  readonly choices?: readonly string[];
  /** What somebody may have looked for who gives it another value, as a part of a sentence. */
  readonly otherwise?: string;
}

/** An option with a number as its value. */
export interface NumberOption extends OptionRow {
  readonly kind: "number" | "integer";
  readonly valueName: string;
  readonly default?: number;
  /** The least value it takes. */
  readonly min?: number;
  /** The greatest value it takes. */
  readonly max?: number;
}

/** An option with a point in time as its value: seconds since 1970. */
export interface TimeOption extends OptionRow {
  readonly kind: "time";
  readonly valueName: string;
}

/** An option with any number of values, which may also be given several times. */
export interface ListOption extends OptionRow {
  readonly kind: "list";
  readonly valueName: string;
}

/** A row of an option table: parsing and help are made from it. */
export type Option = FlagOption | TextOption | NumberOption | TimeOption | ListOption;

/** The options of a command, by the name that its code uses. */
export type OptionTable = Readonly<Record<string, Option>>;

/** What an option holds after parsing. */
export type OptionValue<O extends Option> = O extends { readonly kind: "flag" } ? boolean
  : O extends { readonly kind: "list" } ? readonly string[]
  : O extends { readonly kind: "text"; readonly default: string } ? string
  : O extends { readonly kind: "text" } ? string | undefined
  : O extends { readonly default: number } ? number
  : number | undefined;

/** What the options of a table hold after parsing. */
export type OptionValues<T extends OptionTable> = { readonly [K in keyof T]: OptionValue<T[K]> };

/** The value of an option that was given. */
export type GivenValue = boolean | string | number | readonly string[];

/** The options that were given. */
export type GivenOptions = ReadonlyMap<Option, GivenValue>;

/** The values of a table: what was given, else the default, else nothing, `false` or an empty list. */
export function optionValues<T extends OptionTable>(
  table: T,
  given: GivenOptions,
): OptionValues<T> {
  const values: Record<string, GivenValue | undefined> = {};
  for (const [key, option] of Object.entries(table)) {
    values[key] = given.get(option) ?? defaultValue(option);
  }
  return values as OptionValues<T>;
}

function defaultValue(option: Option): GivenValue | undefined {
  switch (option.kind) {
    case "flag":
      return false;
    case "list":
      return [];
    case "time":
      return undefined;
    default:
      return option.default;
  }
}

/** How an option is written: `-o/--order`. */
export function optionName(option: Option): string {
  return optionNames(option).join("/");
}

/** The ways to write an option: `-o` and `--order`. */
export function optionNames(option: Option): string[] {
  const names: string[] = [];
  if (option.short !== undefined) names.push(`-${option.short}`);
  if (option.long !== undefined) names.push(`--${option.long}`);
  return names;
}
