import { type Command, defineCommand, EXIT_DONE } from "./command.ts";
import { commandHelp, programHelp } from "./help_text.ts";
import { printLine } from "./line_output.ts";
import { Paint } from "./paint.ts";
import { closest, didYouMean } from "./suggestion.ts";
import { UsageError } from "./usage_error.ts";

/** `theia help [COMMAND]`. */
export const helpCommand: Command = defineCommand({
  name: "help",
  summary: "Explain a command",
  description: "Prints what there is, or all options of one command, as --help does.",
  options: {},
  operands: { name: "COMMAND", help: "The command to explain, of one or two words", max: 2 },
  examples: [{ purpose: "Explain the options of query", command: "theia help query" }],
  exitCodes: { done: "done", failed: "the text could not be written" },
  async run(_values, { operands, commands, environment }) {
    const paint = Paint.for(environment, environment.stdout);
    const command = namedCommand(operands, commands);
    const text = command === undefined ? programHelp(commands, paint) : commandHelp(command, paint);
    await printLine(environment.stdout, text);
    return EXIT_DONE;
  },
});

/**
 * The command that one or two words name, undefined for none.
 *
 * @throws {UsageError} When there is no such command.
 */
export function namedCommand(
  [name, subname]: readonly string[],
  commands: readonly Command[],
): Command | undefined {
  if (name === undefined) return undefined;
  const command = findCommand(name, commands);
  return subname === undefined ? command : findSubcommand(subname, command);
}

/**
 * The subcommand of that name.
 *
 * @throws {UsageError} When there is none.
 */
export function findSubcommand(name: string, command: Command): Command {
  if (command.subcommands === undefined) {
    throw new UsageError(
      `Unexpected argument '${name}': 'theia help' takes at most 1 command here, as ` +
        `'${command.name}' has none of its own`,
    );
  }
  return findCommand(`${command.name} ${name}`, command.subcommands);
}

/**
 * The command of that name.
 *
 * @throws {UsageError} When there is none; the message says which are close to it.
 */
export function findCommand(name: string, commands: readonly Command[]): Command {
  const command = commands.find((command) => command.name === name);
  if (command !== undefined) return command;
  const names = commands.map((command) => command.name);
  const near = closest(name, names);
  const longer = names.filter((known) => known.startsWith(name));
  const suggestion = didYouMean(near.length > 0 ? near : longer) ||
    `; commands are ${names.join(", ")}`;
  throw new UsageError(`Unknown command '${name}'${suggestion}`);
}
