/** Runs what README.md and docs/hat.md say about the eventer, as it stands there. */
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { readServeConfig } from "../../lib/cli/eventer/serve_config.ts";
import { EventPayloadJson } from "../../lib/hat/payload.ts";
import { EventerProgram } from "./eventer_program.ts";
import { RunningProgram, runProgram, SOURCE } from "./program.ts";
import { TempDirectory } from "./temp_directory.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** The ports of the commands in the README, which somebody else may have. */
const ARE_PORTS_FREE = [23012, 23013].every((port) => {
  try {
    Deno.listen({ hostname: "127.0.0.1", port }).close();
    return true;
  } catch {
    return false;
  }
});

/** The first block of a language in a section of a document. */
async function readBlock(file: string, heading: string, language: string): Promise<string> {
  const text = await Deno.readTextFile(`${ROOT}/${file}`);
  const section = text.slice(text.indexOf(`\n${heading}\n`));
  const [, block] = new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\``, "ms").exec(section) ?? [];
  assert(block !== undefined, `${file} has such a block`);
  return block;
}

/** The arguments of a line for a shell, without `theia` and comments. */
function argumentsOf(line: string): string[] {
  const words = line.replace(/\s+#.*/, "").match(/'[^']*'|\S+/g) ?? [];
  return words.map((word) => word.replace(/^'(.*)'$/, "$1")).slice(1);
}

Deno.test({
  name: "The commands of README.md about typed events run",
  ignore: !ARE_PORTS_FREE,
  async fn() {
    const lines = (await readBlock("README.md", "## Typed events", "sh")).trim().split("\n");
    await using directory = await TempDirectory.make();
    await using resources = new AsyncDisposableStack();
    const options = { cwd: directory.path };
    for (const line of lines) {
      const args = argumentsOf(line);
      if (args[1] === "serve" || args[1] === "subscribe") {
        const running = resources.use(
          RunningProgram.start(SOURCE, [...args, "--verbose"], options),
        );
        await running.line(args[1] === "serve" ? "stdout" : "stderr", /listening on|Connected to/);
        if (args.includes("--sync-from")) await running.line("stderr", /Follows server 1/);
        continue;
      }
      const { code, stdout, stderr } = await runProgram(SOURCE, args, options);
      assert.equal(code, 0, stderr);
      if (args.includes("plant/*")) assert.match(stdout, / plant\/oven\/1 212\.5\n$/);
    }
  },
});

Deno.test("The configuration in docs/hat.md can be read, and its module runs", async () => {
  await using directory = await TempDirectory.make();
  const settings = JSON.parse(await readBlock("docs/hat.md", "### Configuration", "json"));
  for (const name of ["server.pem", "server.key"]) {
    await Deno.writeTextFile(directory.file(name), "PEM");
  }
  const config = directory.file("eventer.json");
  await Deno.writeTextFile(config, JSON.stringify(settings));
  const { modules, tls, syncFrom } = await readServeConfig(config);
  assert.deepEqual(modules.map(({ kind }) => kind), ["file", "bridge"]);
  assert.deepEqual([tls?.cert, syncFrom.length], ["PEM", 1]);

  const module = await readBlock("docs/hat.md", "### Modules of one's own", "js");
  await Deno.writeTextFile(directory.file("alarm.js"), module);
  const alone = { port: 0, store: "memory", modules: settings.modules.slice(0, 1) };
  await Deno.writeTextFile(config, JSON.stringify(alone));
  await using server = await EventerProgram.start(["--config", config]);
  await using client = await server.connect();

  const reading = (value: number) => ({
    type: ["plant", "oven", "temperature"],
    sourceTimestamp: undefined,
    payload: EventPayloadJson.of(value),
  });
  await client.register([reading(150), reading(212)]);
  const { events } = await client.query({ kind: "timeseries", eventTypes: [["alarm", "*"]] });
  assert.deepEqual(events.map(({ type }) => type), [["alarm", "plant", "oven", "temperature"]]);
});
