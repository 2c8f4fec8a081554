import {
  type CompletionEntry,
  type CompletionOption,
  type CompletionValues,
  type CompletionWord,
  looseValues,
  namesOf,
} from "./completion_table.ts";
import { quote } from "./shell_quote.ts";

/** A script that completes `theia` in zsh: for a file `_theia` on its `fpath`, or to be sourced. */
export function zshCompletions(table: readonly CompletionEntry[]): string {
  return `#compdef theia

${table.map((entry) => entryFunction(entry, table)).join("\n\n")}

if [[ $funcstack[1] == _theia ]]; then
  _theia "$@"
else
  compdef _theia theia
fi
`;
}

function functionName(path: string): string {
  return path === "" ? "_theia" : `_theia_${path.replaceAll(/\W/g, "_")}`;
}

function entryFunction(entry: CompletionEntry, table: readonly CompletionEntry[]): string {
  const children = table.filter((other) => isChild(other.path, entry.path));
  const lines = entry.options.map((option) => `    ${optionSpec(option)}`);
  const name = functionName(entry.path);
  if (children.length === 0) {
    const operands = quote(
      `*:${escapeSpec(entry.operandName || " ")}:${action(looseValues(entry))}`,
    );
    return `${name}() {
  _arguments -s \\
${[...lines, `    ${operands}`].join(" \\\n")}
}`;
  }
  const words = entry.operands.kind === "words" ? entry.operands.words : [];
  return `${name}() {
  local context state state_descr line
  typeset -A opt_args
  local -a commands
  commands=(
${
    words.map(({ word, help }) => `    ${quote(`${word}:${help.replaceAll(":", "\\:")}`)}`).join(
      "\n",
    )
  }
  )
  _arguments -C -s \\
${lines.join(" \\\n")} \\
    '1:command:->command' \\
    '*::argument:->argument'
  case $state in
    command) _describe -t commands command commands ;;
    argument)
      case $line[1] in
${children.map(childCase).join("\n")}
      esac
      ;;
  esac
}`;
}

/** A command of the program, or a subcommand. */
function isChild(path: string, parent: string): boolean {
  if (path === "" || path === parent) return false;
  return parent === "" ? !path.includes(" ") : path.startsWith(`${parent} `);
}

function childCase({ path }: CompletionEntry): string {
  return `        ${path.split(" ").at(-1)}) ${functionName(path)} ;;`;
}

/** Options exclude their other name; lists may be repeated. */
function optionSpec(option: CompletionOption): string {
  const { values, isList, valueName, help } = option;
  const names = namesOf(option).map((name) => {
    if (values === undefined || isList) return name;
    return name.startsWith("--") ? `${name}=` : `${name}+`;
  });
  const repeat = isList ? "*" : "";
  const [only = ""] = names;
  const exclusion = names.length > 1 && !isList ? quote(`(${namesOf(option).join(" ")})`) : "";
  const written = names.length > 1
    ? `${exclusion}${repeat === "" ? "" : quote(repeat)}{${names.join(",")}}`
    : quote(`${repeat}${only}`);
  const value = values === undefined ? "" : `:${escapeSpec(valueName)}:${action(values)}`;
  return written + quote(`[${escapeHelp(help)}]${value}`);
}

function action(values: CompletionValues): string {
  switch (values.kind) {
    case "any":
      return " ";
    case "files":
      return "_files";
    case "directories":
      return "_files -/";
    case "words":
      return wordsAction(values.words);
  }
}

function wordsAction(words: readonly CompletionWord[]): string {
  return `(${words.map(({ word }) => word).join(" ")})`;
}

function escapeHelp(text: string): string {
  return text.replaceAll(/[[\]\\]/g, "\\$&");
}

function escapeSpec(text: string): string {
  return text.replaceAll(/[:\\]/g, "\\$&");
}
