import assert from "node:assert/strict";
import { Client, createEvent } from "../../../mod.ts";
import { needing } from "../../installed.ts";
import { CollectorProgram } from "../collector_program.ts";
import { SOURCE } from "../program.ts";
import { TempDirectory } from "../temp_directory.ts";
import { until, within } from "../until.ts";
import { EndlessCollector } from "./endless_collector.ts";

const BASH = { bash: "bash" };

/** `theia` as a shell is told to run it. */
const THEIA = SOURCE.command.map((word) => `'${word}'`).join(" ");

interface Piped {
  readonly stdout: string;
  readonly stderr: string;
  readonly codes: string;
}

/** Runs a pipe in bash; `codes` are those of its parts. */
async function pipe(line: string): Promise<Piped> {
  const command = new Deno.Command("bash", {
    args: ["-c", `${line}; echo "\${PIPESTATUS[@]}" >&2`],
    env: { NO_COLOR: "1" },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  });
  const output = await within("the end of a pipe", command.output());
  const [stdout, stderr] = [output.stdout, output.stderr].map((b) => new TextDecoder().decode(b));
  const lines = (stderr ?? "").trimEnd().split("\n");
  return { stdout: stdout ?? "", codes: lines.pop() ?? "", stderr: lines.join("\n") };
}

const fullDisk = needing(BASH, "query says that a full disk takes no output");

Deno.test({
  name: fullDisk.name,
  ignore: fullDisk.ignore || Deno.build.os !== "linux",
  async fn() {
    await using collector = new EndlessCollector();
    const query = `${THEIA} query -H 127.0.0.1 -P ${collector.port}`;
    const { stderr, codes } = await pipe(`${query} > /dev/full`);
    assert.equal(stderr, "error: Cannot write output: the disk is full");
    assert.equal(codes, "1");
  },
});

Deno.test({
  ...needing(BASH, "query ends at once and quietly when head has enough, whatever the format"),
  async fn() {
    await using collector = new EndlessCollector();
    const query = `${THEIA} query -H 127.0.0.1 -P ${collector.port}`;
    const formats = [
      "-F '{content}'",
      "--format json",
      "--format csv",
      "--format raw",
      "--output -",
    ];
    for (const format of formats) {
      const { stdout, stderr, codes } = await pipe(`${query} ${format} | head -1`);
      assert.deepEqual([codes, stderr], ["0 0", ""], format);
      assert.match(stdout, /content 0|^id,|content/);
      assert.equal(stdout.trimEnd().split("\n").length, 1);
      await until("the end of the search", () => collector.searches === 0);
    }
  },
});

Deno.test({
  ...needing(BASH, "query ends when head has enough of a big store, of context and of counts"),
  async fn() {
    await using directory = await TempDirectory.make();
    const store = `sqlite:///${directory.file("events.db")}`;
    await using collector = await CollectorProgram.start(["--store", store]);
    await using client = await Client.connect({ port: collector.port });
    const count = 100_000;
    for (let at = 0; at < count; at += 10_000) {
      await client.send(
        Array.from({ length: 10_000 }, (_, i) =>
          createEvent({
            timestamp: at + i + 1,
            source: `/s${i % 3}`,
            content: `event ${at + i} of many`,
          })),
      );
    }
    const query = `${THEIA} query -P ${collector.port}`;
    for (const args of ["-F '{content}'", "--format json", "-C 2 -c '9 of'", "--histogram 4s"]) {
      const { stdout, stderr, codes } = await pipe(`${query} ${args} | head -1`);
      assert.deepEqual([codes, stderr], ["0 0", ""], args);
      assert.equal(stdout.trimEnd().split("\n").length, 1);
    }
    const { stdout } = await pipe(`${query} -F '{content}' | tail -1`);
    assert.equal(stdout, `event ${count - 1} of many\n`);
  },
});

Deno.test({
  ...needing({ ...BASH, script: "bsdutils", less: "less" }, "query ends when less is left"),
  async fn() {
    await using collector = new EndlessCollector();
    const line = `${THEIA} query -H 127.0.0.1 -P ${collector.port} | less; echo left`;
    const child = new Deno.Command("script", {
      args: ["-qec", `bash -c "${line.replaceAll('"', '\\"')}"`, "/dev/null"],
      env: { TERM: "xterm", NO_COLOR: "1" },
      stdin: "piped",
      stdout: "piped",
      stderr: "null",
    }).spawn();
    const keys = child.stdin.getWriter();
    let text = "";
    const decoder = new TextDecoder();
    for await (const bytes of child.stdout) {
      const isShown = text.includes("content 1");
      text += decoder.decode(bytes, { stream: true });
      if (!isShown && text.includes("content 1")) await keys.write(new TextEncoder().encode("q"));
    }
    await keys.close().catch(() => {});
    await child.status;
    assert.match(text, /left\r?\n$/);
    assert.doesNotMatch(text, /error|warning/);
    await until("the end of the search", () => collector.searches === 0);
  },
});
