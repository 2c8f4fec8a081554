import { type Command, defineCommand, EXIT_DONE } from "./command.ts";
import { bashCompletions } from "./completions/bash.ts";
import { completionTable } from "./completions/completion_table.ts";
import { fishCompletions } from "./completions/fish.ts";
import { zshCompletions } from "./completions/zsh.ts";
import { UsageError } from "./usage_error.ts";

const SHELLS = { bash: bashCompletions, zsh: zshCompletions, fish: fishCompletions } as const;

/** `theia completions SHELL`. */
export const completionsCommand: Command = defineCommand({
  name: "completions",
  summary: "Print completions for bash, zsh or fish",
  description:
    "Prints a script by which the shell completes the commands of theia, their options and " +
    "what these take. It is made from the same tables as the help.",
  options: {},
  operands: {
    name: "SHELL",
    help: "bash, zsh or fish",
    min: 1,
    max: 1,
    choices: Object.keys(SHELLS),
  },
  examples: [
    {
      purpose: "For bash, with its package of completions",
      command: "theia completions bash > ~/.local/share/bash-completion/completions/theia",
    },
    {
      purpose: "For zsh, in a directory of its fpath",
      command: "theia completions zsh > ~/.zfunc/_theia",
    },
    {
      purpose: "For fish",
      command: "theia completions fish > ~/.config/fish/completions/theia.fish",
    },
  ],
  exitCodes: { done: "done", failed: "the script could not be written" },
  async run(_values, { operands: [shell = ""], commands, environment }) {
    const make = Object.entries(SHELLS).find(([name]) => name === shell)?.[1];
    if (make === undefined) {
      const known = Object.keys(SHELLS).map((name) => `'${name}'`).join(" or ");
      throw new UsageError(
        `Cannot print completions as the shell must be ${known}: current value is '${shell}'`,
      );
    }
    const script = make(completionTable(commands));
    await environment.stdout.write(new TextEncoder().encode(script));
    return EXIT_DONE;
  },
});
