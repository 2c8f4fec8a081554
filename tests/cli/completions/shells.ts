import { within } from "../../e2e/until.ts";
import { runToEnd } from "../running_command.ts";

/** A shell that completes. */
export interface Shell {
  readonly name: string;
  /** What it offers for lines of which the last word is being typed. */
  complete(lines: readonly string[]): Promise<readonly (readonly string[])[]>;
}

/** Between the answers to two lines. */
const MARK = "== ";

/** The shells that there are completions for. */
export const SHELLS: readonly Shell[] = [
  { name: "bash", complete: completeBash },
  { name: "fish", complete: completeFish },
  { name: "zsh", complete: completeZsh },
];

/** As {@linkcode Shell.complete}, in bash. */
export async function completeBash(lines: readonly string[]): Promise<string[][]> {
  // As readline takes a line apart: an equals sign is a word of its own.
  const tries = lines.map((line) => {
    const words = line.replaceAll("=", " = ").split(/ +/);
    return `try ${words.map(quote).join(" ")}`;
  });
  const script = `${await completions("bash")}
complete -p theia >/dev/null || exit 1
try() {
  COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
  _theia
  echo '${MARK}'
  printf '%s\\n' "\${COMPREPLY[@]}"
}
${tries.join("\n")}
`;
  return answers(await run("bash", ["--norc", "-s"], script));
}

async function completeFish(lines: readonly string[]) {
  const tries = lines.map((line) =>
    `echo '${MARK}'; complete -C ${quote(line)} | string split -f1 \\t`
  );
  const script = `${await completions("fish")}\n${tries.join("\n")}\n`;
  return answers(await run("fish", ["--no-config"], script));
}

/** Zsh completes in its line editor only, so it is given a terminal, and what it adds is written down. */
async function completeZsh(lines: readonly string[]) {
  const directory = await Deno.makeTempDir({ prefix: "theia-zsh-" });
  try {
    await Deno.writeTextFile(`${directory}/theia.zsh`, await completions("zsh"));
    await Deno.writeTextFile(`${directory}/setup.zsh`, ZSH_SETUP);
    const script = `${ZSH_DRIVER}\n${
      lines.map((line) => `try ${quote(line)}`).join("\n")
    }\nzpty -d z\n`;
    return answers(await run("zsh", ["-f", "-s"], script, { CAPTURE: directory }));
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

/** Keeps what is added to the list of candidates, and tells when a line is done with. */
const ZSH_SETUP = `
autoload -U compinit && compinit -u -D
# Long lists would be asked about.
unsetopt auto_list auto_menu
source $CAPTURE/theia.zsh
compadd() {
  if [[ \${@[1,(i)(-|--)]} == *-(O|A|D)\\ * ]]; then builtin compadd "$@"; return; fi
  local -a found
  builtin compadd -A found "$@"
  print -rl -- $found >> $CAPTURE/found
  builtin compadd "$@"
}
complete-and-tell() {
  zle complete-word
  print >> $CAPTURE/done
  BUFFER=
}
zle -N complete-and-tell
bindkey '^I' complete-and-tell
print >> $CAPTURE/ready
`;

const ZSH_DRIVER = `
zmodload zsh/zpty zsh/zselect
await() { while [[ ! -e $CAPTURE/$1 ]]; do zselect -t 2; done; rm $CAPTURE/$1 }
zpty z 'zsh -f -i'
zpty -w z 'source $CAPTURE/setup.zsh'
await ready
try() {
  : > $CAPTURE/found
  zpty -n -w z "$1"$'\\t'
  await done
  print -r -- '${MARK}'
  cat $CAPTURE/found
}
`;

/** What `theia completions` prints for a shell. */
export async function completions(shell: string): Promise<string> {
  return (await runToEnd(["completions", shell])).stdout;
}

async function run(
  name: string,
  args: readonly string[],
  script: string,
  env: Readonly<Record<string, string>> = {},
): Promise<string> {
  const child = new Deno.Command(name, {
    args: [...args],
    env: { TERM: "dumb", ...env },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(script));
  await writer.close();
  const ended = child.output();
  const { stdout, stderr } = await within(`the end of ${name}`, ended).catch(async (error) => {
    child.kill("SIGKILL");
    await ended;
    throw error;
  });
  const said = new TextDecoder().decode(stderr);
  if (said !== "") throw new Error(`${name}: ${said}`);
  return new TextDecoder().decode(stdout);
}

/** Sorted, without blanks around and what comes twice. */
function answers(text: string): string[][] {
  return text.split(`${MARK}\n`).slice(1).map((part) =>
    [
      ...new Set(part.split("\n").map((line) => line.trim()).filter((line) => line !== "")),
    ].sort()
  );
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
