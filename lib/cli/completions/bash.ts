import { type CompletionEntry, type CompletionValues, namesOf } from "./completion_table.ts";
import { quote } from "./shell_quote.ts";

/**
 * A script that completes `theia` in bash, also in version 3.2.
 *
 * Bash has no notion of options: the script finds the command among the words before the cursor, then the
 * option whose value is being typed.
 */
export function bashCompletions(table: readonly CompletionEntry[]): string {
  const [program, ...entries] = table;
  const parents = entries.filter(({ path }) => entries.some((other) => isUnder(other.path, path)));
  return `# bash completion for theia

_theia_files() {
  compopt -o filenames 2>/dev/null
  local IFS=$'\\n'
  COMPREPLY=($(compgen "$1" -- "$2"))
}

_theia_words() {
  COMPREPLY=($(compgen -W "$1" -- "$2"))
}

_theia() {
  local current="\${COMP_WORDS[COMP_CWORD]}" last= distance=0 path= word i
  COMPREPLY=()
  # Bash takes --option=value for three words.
  [[ $current == = ]] && current=
  for ((i = 1; i < COMP_CWORD; i++)); do
    word="\${COMP_WORDS[i]}"
    case "$word" in
      =) ;;
      -*) last="$word" distance=0 ;;
      *)
        distance=$((distance + 1))
        case "$path $last" in
${valueCase(program)}
        esac
        case "$path/$word" in
${pathCase(program, entries, parents)}
        esac
        ;;
    esac
  done
  case "$path $last" in
${entries.concat(program ?? []).map(optionCases).join("\n")}
  esac
  if [[ $current == -* ]]; then
    case "$path" in
${table.map(optionNamesCase).join("\n")}
    esac
    return
  fi
  case "$path" in
${table.map(operandCase).join("\n")}
  esac
}

complete -F _theia theia
`;
}

function isUnder(path: string, parent: string): boolean {
  return path.startsWith(`${parent} `);
}

/** The value of an option that stands before the command is no command. */
function valueCase(program: CompletionEntry | undefined): string {
  const names = (program?.options ?? []).filter(({ values }) => values !== undefined)
    .flatMap(namesOf);
  return `          ${names.map((name) => quote(` ${name}`)).join(" | ")})
            [[ $distance -eq 1 ]] && continue ;;`;
}

function pathCase(
  program: CompletionEntry | undefined,
  entries: readonly CompletionEntry[],
  parents: readonly CompletionEntry[],
): string {
  const first = program?.operands.kind === "words" ? program.operands.words : [];
  const rows = first.map(({ word }) => `          ${quote(`/${word}`)}) path=${word} last= ;;`);
  for (const { path } of entries) {
    const parent = parents.find((other) => isUnder(path, other.path))?.path;
    if (parent === undefined) continue;
    const word = path.slice(parent.length + 1);
    rows.push(`          ${quote(`${parent}/${word}`)}) path=${quote(path)} last= ;;`);
  }
  return rows.join("\n");
}

/** What is typed after an option; a single value is typed once. */
function optionCases({ path, options }: CompletionEntry): string {
  return options.filter(({ values }) => values !== undefined).map((option) => {
    const labels = namesOf(option).map((name) => quote(`${path} ${name}`)).join(" | ");
    // A list ends where an option begins.
    const condition = option.isList ? "[[ $current == -* ]] ||" : "[[ $distance -eq 0 ]] &&";
    return `    ${labels})\n      ${condition} { ${reply(option.values)}; return; } ;;`;
  }).join("\n");
}

function reply(values: CompletionValues | undefined): string {
  switch (values?.kind) {
    case undefined:
    case "any":
      return ":";
    case "files":
      return '_theia_files -f "$current"';
    case "directories":
      return '_theia_files -d "$current"';
    case "words":
      return `_theia_words ${quote(values.words.map(({ word }) => word).join(" "))} "$current"`;
  }
}

function optionNamesCase({ path, options }: CompletionEntry): string {
  const names = options.flatMap(namesOf).join(" ");
  return `      ${quote(path)}) _theia_words ${quote(names)} "$current" ;;`;
}

function operandCase({ path, operands }: CompletionEntry): string {
  return `    ${quote(path)}) ${reply(operands)} ;;`;
}
