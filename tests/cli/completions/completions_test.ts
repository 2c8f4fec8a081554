import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { COMMANDS } from "../../../lib/cli/commands.ts";
import { optionGroups } from "../../../lib/cli/option_groups.ts";
import { needing } from "../../installed.ts";
import { runToEnd } from "../running_command.ts";
import { completeBash, completions, SHELLS } from "./shells.ts";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));

const ROWS: readonly (readonly [line: string, offered: readonly string[]])[] = [
  ["theia qu", ["query"]],
  ["theia c", ["collect", "completions"]],
  ["theia query --fo", [
    "--follow",
    "--force",
    "--format",
    "--format-output",
    "--format-timestamp",
  ]],
  ["theia query --format ", ["csv", "json", "logfmt", "raw", "text"]],
  ["theia query --order d", ["desc"]],
  ["theia query -s x --hi", ["--histogram"]],
  ["theia query -t a b --out", ["--output"]],
  ["theia query --by s", ["source"]],
  ["theia -H query query --co", ["--color", "--content", "--context", "--count"]],
  ["theia store ex", ["export"]],
  ["theia store export --format ", ["jsonl", "theia"]],
  ["theia eventer s", ["serve", "subscribe"]],
  ["theia completions ", ["bash", "fish", "zsh"]],
  ["theia help even", ["eventer"]],
  ["theia query -s ", []],
];

/** Paths are offered as each shell likes to: the end of them is the same. */
const PATHS: readonly string[] = [
  `theia query --output ${ROOT}READ`,
  `theia query --ca-file ${ROOT}READ`,
  `theia watch -f ${ROOT}READ`,
  `theia watch -f a ${ROOT}READ`,
  `theia store backup ${ROOT}READ`,
];

for (const { name: shell, complete } of SHELLS) {
  const titled = (what: string) =>
    needing({ [shell]: shell }, `theia completions ${shell} ${what}`);

  Deno.test({
    ...titled("completes commands, options and values"),
    async fn() {
      const offered = await complete(ROWS.map(([line]) => line));
      for (const [i, [line, expected]] of ROWS.entries()) {
        assert.deepEqual(offered[i], expected, line);
      }
    },
  });

  Deno.test({
    ...titled("completes paths"),
    async fn() {
      const offered = await complete(PATHS);
      for (const [i, line] of PATHS.entries()) {
        assert.deepEqual(offered[i]?.map((path) => path.split("/").at(-1)), ["README.md"], line);
      }
    },
  });

  Deno.test({
    ...titled("knows all commands with all of their options"),
    async fn() {
      const commands = COMMANDS.all.flatMap((command) => [command, ...command.subcommands ?? []]);
      const offered = await complete(commands.map(({ name }) => `theia ${name} --`));
      for (const [i, command] of commands.entries()) {
        const expected = [...optionGroups(command).values()].flat()
          .flatMap(({ long }) => long === undefined ? [] : [`--${long}`]);
        assert.deepEqual(
          offered[i]?.filter((name) => name !== "--"),
          expected.sort(),
          command.name,
        );
      }
    },
  });
}

Deno.test({
  ...needing({ bash: "bash" }, "theia completions bash takes values after an equals sign"),
  async fn() {
    assert.deepEqual(await completeBash(["theia query --format=js", "theia query --format="]), [
      ["json"],
      ["csv", "json", "logfmt", "raw", "text"],
    ]);
  },
});

Deno.test("theia completions refuses a shell that it does not know", async () => {
  const { code, stdout, stderr } = await runToEnd(["completions", "tcsh"]);
  assert.deepEqual([code, stdout], [2, ""]);
  assert.match(stderr, /'bash' or 'zsh' or 'fish': current value is 'tcsh'/);
  assert.equal((await runToEnd(["completions"])).code, 2);
  assert.notEqual(await completions("bash"), "");
});
