import {
  type CompletionEntry,
  type CompletionOption,
  type CompletionValues,
  looseValues,
  namesOf,
} from "./completion_table.ts";

/** A script that completes `theia` in fish. */
export function fishCompletions(table: readonly CompletionEntry[]): string {
  const [program, ...entries] = table;
  const values = (program?.options ?? []).filter((option) => option.values !== undefined);
  const parents = entries.filter(({ path }) => path.includes(" ")).map(({ path }) =>
    path.split(" ")[0] ?? ""
  );
  return `# fish completion for theia

# Prints the command among the words before the cursor, such as 'query' or 'store export'.
function __theia_path
  set -l path
  set -l skip 0
  for word in (commandline -opc)[2..-1]
    if test $skip = 1
      set skip 0
      continue
    end
    switch $word
      case ${values.flatMap(namesOf).join(" ")}
        set skip 1
      case '-*'
      case '*'
        set -a path $word
        contains -- $path[1] ${[...new Set(parents)].join(" ")}; or break
        test (count $path) = 2; and break
    end
  end
  echo "$path"
end

function __theia_at
  test (__theia_path) = "$argv"
end

complete -c theia -f
${table.flatMap((entry) => entryLines(entry)).join("\n")}
`;
}

function entryLines(entry: CompletionEntry): string[] {
  const { path, options } = entry;
  const condition = `complete -c theia -n ${
    quote(path === "" ? "__theia_at ''" : `__theia_at ${path}`)
  }`;
  return [
    ...operandLines(looseValues(entry)).map((rest) => `${condition} ${rest}`),
    ...options.map((option) => `${condition} ${optionArguments(option)}`),
  ];
}

function operandLines(operands: CompletionValues): string[] {
  switch (operands.kind) {
    case "any":
      return [];
    case "files":
      return ["-F"];
    case "directories":
      return ["-a '(__fish_complete_directories)'"];
    case "words":
      return operands.words.map(({ word, help }) =>
        `-a ${quote(word)}${help === "" ? "" : ` -d ${quote(help)}`}`
      );
  }
}

function optionArguments({ short, long, help, values }: CompletionOption): string {
  return [
    short === undefined ? "" : `-s ${quote(short)}`,
    long === undefined ? "" : `-l ${quote(long)}`,
    valueArguments(values),
    `-d ${quote(help)}`,
  ].filter((part) => part !== "").join(" ");
}

function valueArguments(values: CompletionValues | undefined): string {
  switch (values?.kind) {
    case undefined:
      return "";
    case "any":
      return "-x";
    case "files":
      return "-r -F";
    case "directories":
      return "-x -a '(__fish_complete_directories)'";
    case "words":
      return `-x -a ${quote(values.words.map(({ word }) => word).join(" "))}`;
  }
}

function quote(text: string): string {
  return `'${text.replaceAll(/['\\]/g, "\\$&")}'`;
}
