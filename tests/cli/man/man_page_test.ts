import assert from "node:assert/strict";
import { COMMANDS } from "../../../lib/cli/commands.ts";
import { commandPage, programPage } from "../../../lib/cli/man/man_page.ts";
import { escapeText, paragraphs, textLine } from "../../../lib/cli/man/roff.ts";
import { optionNames } from "../../../lib/cli/option.ts";
import { optionGroups } from "../../../lib/cli/option_groups.ts";
import { needing } from "../../installed.ts";
import { runToEnd } from "../running_command.ts";

const ALL = COMMANDS.all.flatMap((command) => [command, ...command.subcommands ?? []]);
const DATE_MS = Date.UTC(2026, 10, 26);

const PAGES: readonly (readonly [name: string, page: string])[] = [
  ["theia", programPage(COMMANDS.all, DATE_MS)],
  ...ALL.map((command) => [command.name, commandPage(command, DATE_MS)] as const),
];

interface Formatted {
  readonly text: string;
  readonly warnings: string;
}

async function format(name: string, args: readonly string[], page: string): Promise<Formatted> {
  const child = new Deno.Command(name, {
    args: [...args],
    env: { MANWIDTH: "100", MAN_KEEP_FORMATTING: "", LC_ALL: "C.UTF-8", GROFF_NO_SGR: "1" },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(page));
  await writer.close();
  const { stdout, stderr } = await child.output();
  const decoder = new TextDecoder();
  // Bold is a letter printed twice over itself.
  // deno-lint-ignore no-control-regex -- a backspace
  const text = decoder.decode(stdout).replaceAll(/.\x08/gsu, "");
  return { text, warnings: decoder.decode(stderr) };
}

Deno.test({
  ...needing({ groff: "groff" }, "theia man makes pages that groff takes without a warning"),
  async fn() {
    for (const [name, page] of PAGES) {
      const { text, warnings } = await format(
        "groff",
        ["-man", "-Tutf8", "-ww", "-rLL=100n"],
        page,
      );
      assert.equal(warnings, "", name);
      assert.match(text, /^NAME$/m);
    }
  },
});

Deno.test({
  ...needing({ mandoc: "mandoc" }, "theia man makes pages in which mandoc finds nothing wrong"),
  async fn() {
    for (const [name, page] of PAGES) {
      const { text } = await format("mandoc", ["-Tlint", "-Wwarning"], page);
      assert.equal(text, "", name);
    }
  },
});

Deno.test({
  ...needing(
    { man: "man-db" },
    "theia man tells of every option of every command, as man shows it",
  ),
  async fn() {
    for (const command of ALL) {
      const { text, warnings } = await format("man", ["-l", "-"], commandPage(command, DATE_MS));
      assert.equal(warnings, "", command.name);
      for (const option of [...optionGroups(command).values()].flat()) {
        const names = optionNames(option).join(", ");
        assert(
          text.split("\n").some((line) => line.trim().startsWith(names)),
          `${command.name} ${names}`,
        );
      }
      for (const { command: example } of command.examples) {
        assert(text.includes(example.slice(0, 60)), `${command.name}: ${example}`);
      }
    }
  },
});

Deno.test("theia man prints the page of the program, of a command, of a subcommand", async () => {
  for (
    const [args, title] of [[[], "THEIA"], [["query"], "THEIA\\-QUERY"], [
      ["store", "export"],
      "THEIA\\-STORE\\-EXPORT",
    ]] as const
  ) {
    const { code, stdout } = await runToEnd(["man", ...args], { nowMs: DATE_MS });
    assert.equal(code, 0);
    assert(stdout.startsWith(`.TH "${title}" "1" "2026-11-26" "Theia `), stdout.slice(0, 60));
  }
  assert.equal((await runToEnd(["man", "nothing"])).code, 2);
});

Deno.test("escapeText and textLine keep troff from taking text for anything else", () => {
  assert.equal(
    escapeText("a-b \\n 'x' `y` ~^ é 😀"),
    "a\\-b \\en \\(aqx\\(aq \\(gay\\(ga \\(ti\\(ha \\[u00E9] \\[u1F600]",
  );
  assert.equal(textLine(".SH no macro"), "\\&.SH no macro");
  assert.equal(textLine("'s"), "\\(aqs");
  assert.equal(paragraphs("a\n\n.b"), "a\n.PP\n\\&.b");
});
