import { parseArguments, type ParsedArguments } from "./arguments.ts";
import type { Command } from "./command.ts";
import { GLOBAL_OPTIONS, type GlobalValues } from "./global_options.ts";
import { findCommand, findSubcommand } from "./help.ts";
import { CRITERIA_OPTIONS } from "./criteria_options.ts";
import { type GivenOptions, optionName, optionNames, optionValues } from "./option.ts";
import { UnknownOptionError, UsageError } from "./usage_error.ts";

/** What somebody asks of the program. */
export interface Invocation {
  readonly command: Command;
  readonly given: GivenOptions;
  readonly global: GlobalValues;
  readonly operands: readonly string[];
}

/** Arguments that cannot be used. */
export class InvocationError extends UsageError {
  override readonly name = "InvocationError";
  /** The command that they were for, undefined when they name none. */
  readonly command: Command | undefined;

  constructor(cause: UsageError, command: Command | undefined) {
    super(cause.message, { cause });
    this.command = command;
  }
}

/** The commands, and which of them explains the others and which is run when none is named. */
export interface CommandSet {
  readonly all: readonly Command[];
  readonly help: Command;
  readonly preset: Command;
}

/**
 * Reads the arguments of the program: options that stand before or after the command, the command,
 * its options.
 *
 * @throws {InvocationError} When they cannot be used.
 */
export function readInvocation(
  args: readonly string[],
  commands: CommandSet,
  nowMs: number,
): Invocation {
  const named: { command?: Command } = {};
  try {
    return interpret(args, commands, nowMs, named);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    throw new InvocationError(error, named.command);
  }
}

function interpret(
  args: readonly string[],
  commands: CommandSet,
  nowMs: number,
  named: { command?: Command },
): Invocation {
  const before = parseGlobal(args, commands, nowMs);
  const [name, ...rest] = before.operands;
  const global = optionValues(GLOBAL_OPTIONS, before.given);
  if (global.help) return explain(undefined, commands, before.given);
  if (global.version || name === undefined) {
    return { command: commands.preset, given: before.given, global, operands: [] };
  }
  const command = named.command = findCommand(name, commands.all);
  if (command.subcommands !== undefined) {
    return interpretSubcommand(command, rest, before.given, commands, nowMs, named);
  }
  return interpretCommand(command, rest, before.given, commands, nowMs);
}

/** What follows a command that has commands of its own. */
function interpretSubcommand(
  command: Command,
  args: readonly string[],
  before: GivenOptions,
  commands: CommandSet,
  nowMs: number,
  named: { command?: Command },
): Invocation {
  const between = parseArguments(args, [GLOBAL_OPTIONS], { nowMs, stopAtOperand: true });
  const given = new Map([...before, ...between.given]);
  const global = optionValues(GLOBAL_OPTIONS, given);
  if (global.help) return explain(command, commands, given);
  const [name, ...rest] = between.operands;
  if (global.version || name === undefined) return { command, given, global, operands: [] };
  const subcommand = named.command = findSubcommand(name, command);
  return interpretCommand(subcommand, rest, given, commands, nowMs);
}

function interpretCommand(
  command: Command,
  args: readonly string[],
  before: GivenOptions,
  commands: CommandSet,
  nowMs: number,
): Invocation {
  const after = parseArguments(args, [command.options, GLOBAL_OPTIONS], { nowMs });
  const given = new Map([...before, ...after.given]);
  const all = optionValues(GLOBAL_OPTIONS, given);
  if (all.help) return explain(command, commands, given);
  if (!all.version) assertOperands(command, after.operands, given);
  return { command, given, global: all, operands: after.operands };
}

/** Options before the command. One that only commands have is not guessed at: the message names these. */
function parseGlobal(
  args: readonly string[],
  commands: CommandSet,
  nowMs: number,
): ParsedArguments {
  try {
    return parseArguments(args, [GLOBAL_OPTIONS], { nowMs, stopAtOperand: true });
  } catch (error) {
    if (!(error instanceof UnknownOptionError)) throw error;
    const { option } = error;
    const owners = commands.all.filter(({ options }) =>
      Object.values(options).some((row) => optionNames(row).includes(option))
    );
    if (owners.length === 0) throw error;
    const names = owners.map(({ name }) => `'theia ${name} ${option}'`).join(" or ");
    throw new UnknownOptionError(option, `: put it after its command, as in ${names}`);
  }
}

function explain(
  command: Command | undefined,
  commands: CommandSet,
  given: GivenOptions,
): Invocation {
  return {
    command: commands.help,
    given,
    global: optionValues(GLOBAL_OPTIONS, given),
    operands: command === undefined ? [] : command.name.split(" "),
  };
}

function assertOperands(
  command: Command,
  operands: readonly string[],
  given: GivenOptions,
): void {
  const { name = "", min = 0, max = 0 } = command.operands ?? {};
  if (operands.length < min) {
    throw new UsageError(`Missing argument: 'theia ${command.name}' needs ${name}`);
  }
  const excess = operands[max];
  if (excess === undefined) return;
  const list = [...given.keys()].findLast((option) => option.kind === "list");
  const hint = list === undefined
    ? contentHint(command, excess)
    : `; several values of '${optionName(list)}' follow it separately, or repeat it`;
  throw new UsageError(
    `Unexpected argument '${excess}': 'theia ${command.name}' takes ${
      command.operands === undefined ? "options only" : `at most ${max}`
    }${hint}`,
  );
}

/** What is typed without an option is mostly what somebody looks for. */
function contentHint({ options }: Command, word: string): string {
  return options["content"] === CRITERIA_OPTIONS.content
    ? `; to look for it in contents: -c '${word}'`
    : "";
}
