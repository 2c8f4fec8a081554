import { type Command, defineCommand, EXIT_DONE } from "./command.ts";
import { namedCommand } from "./help.ts";
import { commandPage, programPage } from "./man/man_page.ts";

/** `theia man [COMMAND]`. */
export const manCommand: Command = defineCommand({
  name: "man",
  summary: "Print a manual page",
  description:
    "Prints the manual page of the program or of one command, for man(1), groff or mandoc. " +
    "It is made from the same tables as the help.",
  options: {},
  operands: { name: "COMMAND", help: "The command, of one or two words", max: 2 },
  examples: [
    { purpose: "Read the page of query", command: "theia man query | man -l -" },
    {
      purpose: "Install the page of the program",
      command: "theia man > /usr/local/share/man/man1/theia.1",
    },
  ],
  exitCodes: { done: "done", failed: "the page could not be written" },
  async run(_values, { operands, commands, environment }) {
    const command = namedCommand(operands, commands);
    const nowMs = environment.now();
    const page = command === undefined ? programPage(commands, nowMs) : commandPage(command, nowMs);
    await environment.stdout.write(new TextEncoder().encode(page));
    return EXIT_DONE;
  },
});
