import assert from "node:assert/strict";
import { COMMANDS } from "../../lib/cli/commands.ts";
import { GLOBAL_OPTIONS } from "../../lib/cli/global_options.ts";
import { optionNames } from "../../lib/cli/option.ts";
import { run } from "../../lib/cli/run.ts";
import { VERSION } from "../../lib/base/version.ts";
import { FakeEnvironment } from "./fake_environment.ts";

async function print(...args: string[]): Promise<string> {
  const environment = new FakeEnvironment();
  assert.equal(await run(args, environment), 0, environment.stderr.text);
  assert.equal(environment.stderr.text, "");
  assert.equal(environment.listeners, 0);
  return environment.stdout.text;
}

Deno.test("theia --help names every command and every global option", async () => {
  const text = await print("--help");
  for (const { name, summary } of COMMANDS.all) {
    assert.match(text, new RegExp(`^  ${name} +\\S`, "m"));
    assert(text.includes(summary));
  }
  for (const name of Object.values(GLOBAL_OPTIONS).flatMap(optionNames)) {
    assert(text.includes(name), name);
  }
});

/** The simulator's and the eventer's commands have addresses of their own. */
function hidesAddress(command: string, option: string): boolean {
  return command === "simulate" || (command === "eventer" && /^-(P|H|-port|-host)$/.test(option));
}

for (const command of COMMANDS.all.flatMap((each) => [each, ...each.subcommands ?? []])) {
  Deno.test(`theia ${command.name} --help shows every option with its help and default, examples and exit codes`, async () => {
    const typedName = command.name.split(" ");
    const text = await print(...typedName, "--help");
    const words = text.replaceAll(/\s+/g, " ");
    for (const option of Object.values(command.options)) {
      for (const name of optionNames(option)) {
        assert.match(text, new RegExp(`^  .*(?<![\\w-])${name}(?![\\w-])`, "m"), name);
      }
      assert(words.includes(option.help), option.help);
      if ("default" in option && option.default !== undefined) {
        assert(words.includes(`[default: ${option.default}]`), option.help);
      }
    }
    for (const name of Object.values(GLOBAL_OPTIONS).flatMap(optionNames)) {
      if (!hidesAddress(command.name, name)) assert(text.includes(name), name);
    }
    for (const { purpose, command: typed } of command.examples) {
      assert(text.includes(`  # ${purpose}\n  ${typed}\n`), typed);
    }
    for (const code of ["0", "1", "2"]) assert.match(text, new RegExp(`^  ${code}  \\S`, "m"));
    assert(text.split("\n").every((line) => line.length <= 100), "a line is too long");
    assert(!text.includes("undefined"));
    assert.equal(await print("help", ...typedName), text);
    assert.equal(await print("--help", ...typedName), await print("--help"));
  });
}

Deno.test("theia --help has colours on a terminal only, and none with NO_COLOR", async () => {
  const environment = new FakeEnvironment({ terminal: true });
  await run(["--help"], environment);
  assert(!environment.stdout.text.includes("\x1b"));
  const colored = new FakeEnvironment({ terminal: true, color: true });
  await run(["--help"], colored);
  assert(colored.stdout.text.includes("\x1b[33mUsage:\x1b[0m"));
  const piped = new FakeEnvironment({ color: true });
  await run(["--help"], piped);
  assert(!piped.stdout.text.includes("\x1b"));
});

Deno.test("theia --version prints the version, before and after a command", async () => {
  assert.equal(await print("-v"), `theia ${VERSION}\n`);
  assert.equal(await print("--version"), `theia ${VERSION}\n`);
  assert.equal(await print("query", "-v"), `theia ${VERSION}\n`);
  assert.match(VERSION, /^\d+\.\d+\.\d+/);
});

Deno.test("the examples of the help texts are arguments that the commands take", async () => {
  const { readInvocation } = await import("../../lib/cli/invocation.ts");
  for (const { examples, name } of COMMANDS.all) {
    for (const { command } of examples) {
      const words = command.match(/'[^']*'|\S+/g)?.map((word) => word.replaceAll("'", "")) ?? [];
      assert.equal(words[0], "theia");
      // What follows is the shell's.
      const end = words.findIndex((word) => word === "|" || word === ">");
      const args = words.slice(1, end < 0 ? words.length : end);
      const invocation = readInvocation(args, COMMANDS, Date.now());
      const actual = invocation.command.name;
      assert(actual === name || actual.startsWith(`${name} `), command);
    }
  }
});
