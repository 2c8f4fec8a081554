import type { Environment } from "./environment.ts";
import type { GlobalValues } from "./global_options.ts";
import { type GivenOptions, type OptionTable, type OptionValues, optionValues } from "./option.ts";
import type { Reporter } from "./reporter.ts";

/** What a command is given beside its own options. */
export interface CommandContext {
  readonly environment: Environment;
  readonly global: GlobalValues;
  /** Arguments that belong to no option. */
  readonly operands: readonly string[];
  readonly reporter: Reporter;
  /**
   * Aborts when the user wants the command to stop; it should then end soon, keeping its promises. A
   * command that does not look at it is ended by the system instead.
   */
  readonly stop: AbortSignal;
  /** All commands, for those that speak about them. */
  readonly commands: readonly Command[];
}

/** An example of a help text. */
export interface Example {
  readonly purpose: string;
  readonly command: string;
}

/** What a help text needs to know of a command. */
export interface CommandInfo {
  /** Typed after `theia`; of a subcommand both words. */
  readonly name: string;
  /** A few words, for the list of commands. */
  readonly summary: string;
  /** What it does, in whole sentences; paragraphs are separated by a blank line. */
  readonly description: string;
  readonly options: OptionTable;
  /** Arguments that belong to no option. @default {it takes none} */
  readonly operands?: Operands;
  /** Commands of its own, one of which follows its name. @default {it has none} */
  readonly subcommands?: readonly Command[];
  readonly examples: readonly Example[];
  /** What the exit codes 0 and 1 mean. */
  readonly exitCodes: { readonly done: string; readonly failed: string };
}

/** Arguments of a command that belong to no option. */
export interface Operands {
  /** As the usage line shows it. */
  readonly name: string;
  readonly help: string;
  /** How many it needs. @default {0} */
  readonly min?: number;
  /** How many it takes at most. */
  readonly max: number;
  /** The only values it takes. @default {any} */
  readonly choices?: readonly string[];
}

/** A command of `theia`. */
export interface Command extends CommandInfo {
  /**
   * Does it.
   *
   * @returns The exit code.
   * @throws {UsageError} When the options cannot be used together.
   */
  run(given: GivenOptions, context: CommandContext): Promise<number>;
}

/** What {@linkcode defineCommand} takes: `run` gets the values of the table with their types. */
export interface CommandDefinition<T extends OptionTable> extends CommandInfo {
  readonly options: T;
  readonly run: (values: OptionValues<T>, context: CommandContext) => Promise<number>;
}

/** The command was done. */
export const EXIT_DONE = 0;

/** The command failed. */
export const EXIT_FAILED = 1;

/** The arguments were wrong. */
export const EXIT_USAGE = 2;

/** What help texts and manual pages say of {@linkcode EXIT_USAGE}. */
export const USAGE_MEANING = "the arguments were wrong";

/** Makes a command of its table and its work. */
export function defineCommand<T extends OptionTable>(definition: CommandDefinition<T>): Command {
  return {
    ...definition,
    run: (given, context) => definition.run(optionValues(definition.options, given), context),
  };
}
