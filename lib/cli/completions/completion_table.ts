import type { Command, Operands } from "../command.ts";
import { GLOBAL_OPTIONS } from "../global_options.ts";
import { type Option, optionNames } from "../option.ts";
import { optionGroups } from "../option_groups.ts";

/** What can be typed where a value is expected. */
export type CompletionValues =
  /** Nothing that a shell could know. */
  | { readonly kind: "any" }
  | { readonly kind: "words"; readonly words: readonly CompletionWord[] }
  | { readonly kind: "files" }
  | { readonly kind: "directories" };

/** A word that can be typed, and what it means. */
export interface CompletionWord {
  readonly word: string;
  readonly help: string;
}

/** An option as shells know it. */
export interface CompletionOption {
  /** One letter, without the dash. */
  readonly short: string | undefined;
  /** Without the dashes. */
  readonly long: string | undefined;
  readonly help: string;
  readonly valueName: string;
  /** Undefined for a flag. */
  readonly values: CompletionValues | undefined;
  /** Whether all values up to the next option are its. */
  readonly isList: boolean;
}

/** What can be typed after a command, or after the program itself. */
export interface CompletionEntry {
  /** Such as `query` or `store export`; empty for the program. */
  readonly path: string;
  readonly options: readonly CompletionOption[];
  /** What belongs to no option. */
  readonly operands: CompletionValues;
  /** What an operand is called. */
  readonly operandName: string;
}

/** Names of values and operands that are paths. */
const FILE_NAMES: readonly string[] = ["FILE", "PEM", "MODULE"];
const DIRECTORY_NAMES: readonly string[] = ["DIR"];

/** What the names of operands that are commands are. */
const COMMAND_NAME = "COMMAND";

/** What shells can complete: the program, its commands, their subcommands. */
export function completionTable(commands: readonly Command[]): readonly CompletionEntry[] {
  const all = commands.flatMap((command) => [command, ...command.subcommands ?? []]);
  return [
    {
      path: "",
      options: Object.values(GLOBAL_OPTIONS).map(toOption),
      operands: { kind: "words", words: commands.map(toWord) },
      operandName: COMMAND_NAME,
    },
    ...all.map((command) => toEntry(command, commands)),
  ];
}

function toEntry(command: Command, commands: readonly Command[]): CompletionEntry {
  const { subcommands, operands } = command;
  return {
    path: command.name,
    options: [...optionGroups(command).values()].flat().map(toOption),
    operands: subcommands === undefined
      ? operandValues(operands, commands)
      : { kind: "words", words: subcommands.map(toWord) },
    operandName: subcommands === undefined ? operands?.name ?? "" : COMMAND_NAME,
  };
}

/** The last word of a command is what is typed. */
function toWord({ name, summary }: Command): CompletionWord {
  return { word: name.split(" ").at(-1) ?? "", help: summary };
}

function operandValues(
  operands: Operands | undefined,
  commands: readonly Command[],
): CompletionValues {
  if (operands === undefined) return { kind: "any" };
  const { name, choices } = operands;
  if (choices !== undefined) return toWords(choices);
  if (name === COMMAND_NAME) return { kind: "words", words: commands.map(toWord) };
  return valuesOf(name.replace("...", ""));
}

function toOption(option: Option): CompletionOption {
  const { short, long, help, kind } = option;
  const common = { short, long, help, isList: kind === "list" };
  if (kind === "flag") return { ...common, valueName: "", values: undefined };
  const values = kind === "text" && option.choices !== undefined
    ? toWords(option.choices)
    : valuesOf(option.valueName);
  return { ...common, valueName: option.valueName, values };
}

function toWords(words: readonly string[]): CompletionValues {
  return { kind: "words", words: words.map((word) => ({ word, help: "" })) };
}

function valuesOf(name: string): CompletionValues {
  if (FILE_NAMES.includes(name)) return { kind: "files" };
  if (DIRECTORY_NAMES.includes(name)) return { kind: "directories" };
  return { kind: "any" };
}

/**
 * What is typed where no option expects a value: an operand, or one more value of a list, for shells that
 * know no option with several values.
 */
export function looseValues({ operands, options }: CompletionEntry): CompletionValues {
  if (operands.kind !== "any") return operands;
  const list = options.find(({ isList, values }) => isList && values?.kind === "files");
  return list?.values ?? operands;
}

/** The ways to write an option. */
export function namesOf({ short, long }: CompletionOption): string[] {
  return optionNames({
    kind: "flag",
    help: "",
    ...(short === undefined ? {} : { short }),
    ...(long === undefined ? {} : { long }),
  });
}
