import type { CommandInfo } from "./command.ts";
import { GLOBAL_OPTIONS } from "./global_options.ts";
import { type Option, optionNames, type OptionTable } from "./option.ts";

/** The heading of options that name none. */
export const DEFAULT_GROUP = "Options";

/** The heading of the options that every command takes. */
const GLOBAL_GROUP = "Global options";

/**
 * The options that a command takes: a group for each heading, in the order of the table, then the global
 * options that are not hidden by options of the same name, which the command has or all of its subcommands
 * have.
 */
export function optionGroups(
  { options, subcommands }: Pick<CommandInfo, "options" | "subcommands">,
): ReadonlyMap<string, readonly Option[]> {
  const groups = Map.groupBy(
    Object.values<Option>(options),
    ({ group }) => group ?? DEFAULT_GROUP,
  );
  const tables = subcommands?.map((subcommand) => namesOf(subcommand.options)) ??
    [namesOf(options)];
  const global = Object.values<Option>(GLOBAL_OPTIONS).filter(({ long }) =>
    !tables.every((names) => names.has(`--${long}`))
  );
  groups.set(GLOBAL_GROUP, global);
  return groups;
}

function namesOf(options: OptionTable): ReadonlySet<string> {
  return new Set(Object.values<Option>(options).flatMap(optionNames));
}

/** What is typed after an option, such as `<FILE>...`; empty for a flag. */
export function describeValue(option: Option): string {
  if (option.kind === "flag") return "";
  return option.kind === "list" ? `<${option.valueName}>...` : `<${option.valueName}>`;
}

/** The default of an option as help texts show it, empty when it has none. */
export function describeDefault(option: Option): string {
  return "default" in option && option.default !== undefined ? `[default: ${option.default}]` : "";
}
