import assert from "node:assert/strict";
import { Client, createEvent } from "../../../mod.ts";
import { needing } from "../../installed.ts";
import { CollectorProgram } from "../collector_program.ts";
import { SOURCE } from "../program.ts";
import { within } from "../until.ts";

const HOSTILE: readonly string[] = [
  "<script>alert(1)</script><b>",
  "\x1b[2J\x1b]0;title\x07\x1b[?1049h",
  "user\u202etxt.exe\u2066\u200f",
  "nul \0 and c1 \x9b2J \x90q\x9c",
  "one\u2028two\u0085three",
  "zero\u200bwidth\ufeff",
  "over\rwritten\b\x7f",
  `long ${"\x1b[31mred".repeat(100_000)}`,
];

/** Runs `theia query` in a pseudoterminal and gives what a terminal would get. */
async function onTerminal(
  port: number,
  args: readonly string[],
  variables: Readonly<Record<string, string>> = {},
): Promise<string> {
  const words = [...SOURCE.command, "query", "-P", `${port}`, ...args];
  const line = words.map((word) => `'${word}'`).join(" ");
  const { NO_COLOR: _, ...env } = Deno.env.toObject();
  const command = new Deno.Command("script", {
    args: ["-qec", `stty -onlcr; ${line}`, "/dev/null"],
    clearEnv: true,
    env: { ...env, TERM: "xterm", SHELL: "/bin/sh", ...variables },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  });
  const { code, stdout } = await within("the end of query", command.output());
  const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(stdout);
  assert.equal(code, 0, text.slice(-500));
  return text;
}

/** What only a terminal would obey, or nobody see. Newlines and tabs are shown, CSV's line ends harmless. */
const ACTING =
  // deno-lint-ignore no-control-regex -- control characters are what it is about
  /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/;
// deno-lint-ignore no-control-regex -- what the program itself may tell a terminal
const OWN_COLORS = /\x1b\[(?:1;7|\d{1,2})m/g;

Deno.test({
  ...needing(
    { script: "bsdutils" },
    "query shows hostile events inert in a real terminal, whatever the format",
  ),
  async fn() {
    await using collector = await CollectorProgram.start(["--store", "memory:"]);
    await using client = await Client.connect({ port: collector.port });
    await client.send(HOSTILE.map((content, i) => {
      const line = content.slice(0, 1000);
      const headers = [`x: ${line}`];
      return createEvent({
        id: `${i} ${line}`,
        timestamp: 1 + i,
        source: line,
        tags: [line],
        content,
        headers,
      });
    }));
    const plain = [await onTerminal(collector.port, [], { NO_COLOR: "1" })];
    plain.push(await onTerminal(collector.port, ["-c", "[a-z]+"], { TERM: "dumb" }));
    for (const text of plain) assert(!text.includes("\x1b"), JSON.stringify(text.slice(0, 200)));
    const formats: readonly (readonly string[])[] = [
      ["-c", "[a-z]+", "-C", "1"],
      ["--format", "json"],
      ["--format", "logfmt"],
      ["--format", "csv"],
      ["--format", "raw"],
      ["--by", "source"],
      ["--by", "tag", "--histogram", "1s", "--format", "json"],
    ];
    for (const args of formats) {
      const text = await onTerminal(collector.port, args);
      const rest = text.replaceAll(OWN_COLORS, "").replaceAll("\r\n", "\n");
      const at = rest.search(ACTING);
      assert.equal(at, -1, `${args.join(" ")}: ${JSON.stringify(rest.slice(at - 20, at + 20))}`);
      assert.match(text, /user\\u202etxt/);
    }
  },
});
