/** Answers of the real `python3`, for comparing. */

/** One pattern and the texts to try it on. */
export interface PythonQuestion {
  readonly pattern: string;
  readonly texts: readonly string[];
}

/** For each mode one answer per text, or why Python refuses the pattern. */
export interface PythonAnswer {
  readonly error?: string;
  readonly search: readonly boolean[];
  readonly match: readonly boolean[];
  readonly fullmatch: readonly boolean[];
}

const PROGRAM = `
import json, re, sys, warnings
warnings.simplefilter("ignore")
answers = []
for question in json.loads(sys.stdin.buffer.read().decode("utf-8", "surrogatepass")):
    try:
        pattern = re.compile(question["pattern"])
    except (re.error, ValueError, OverflowError, RecursionError) as error:
        answers.append({"error": str(error), "search": [], "match": [], "fullmatch": []})
        continue
    answers.append({
        mode: [bool(getattr(pattern, mode)(text)) for text in question["texts"]]
        for mode in ("search", "match", "fullmatch")
    })
    re.purge()
json.dump(answers, sys.stdout)
`;

/** The release of the Python 3.11 here, such as 7 for 3.11.7; undefined when there is none. Patterns follow the rules of 3.11. */
export function pythonRelease(): number | undefined {
  try {
    const command = new Deno.Command("python3", { args: ["--version"], stdout: "piped" });
    const version = new TextDecoder().decode(command.outputSync().stdout);
    const release = /^Python 3\.11\.(\d+)/.exec(version)?.[1];
    return release === undefined ? undefined : Number(release);
  } catch {
    return undefined;
  }
}

/** Asks one Python process everything at once. */
export async function askPython(questions: readonly PythonQuestion[]): Promise<PythonAnswer[]> {
  return JSON.parse(await runPython(PROGRAM, JSON.stringify(questions)));
}

/** What a program prints that is given something on standard input. */
export async function runPython(program: string, input: string): Promise<string> {
  const command = new Deno.Command("python3", {
    args: ["-c", program],
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  });
  await using python = command.spawn();
  const output = new Response(python.stdout).text();
  const writer = python.stdin.getWriter();
  await writer.write(new TextEncoder().encode(input));
  await writer.close();
  return await output;
}
