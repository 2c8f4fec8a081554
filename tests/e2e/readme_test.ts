/**
 * Runs every command of the README's tour, as they stand there but for the place of the log, in a copy of
 * the repository.
 */
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { until } from "./until.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** What a clone has that the tour needs. */
const COPIED: readonly string[] = [
  "deno.json",
  "mod.ts",
  "collector.ts",
  "watcher.ts",
  "query.ts",
  "lib",
];

/** How long an interrupted command may take to end. */
const STOP_MS = 15_000;

/** The log of the tour: here it is beside the copy, as somebody else may have one there. */
const TOUR_LOG = "/tmp/theia-tour.log";

/** The tour uses the default port, which somebody else may have. */
const IS_PORT_FREE = isPortFree(6433);

function isPortFree(port: number): boolean {
  try {
    Deno.listen({ hostname: "localhost", port }).close();
    return true;
  } catch {
    return false;
  }
}

interface Tour {
  readonly commands: readonly string[];
  readonly program: string;
}

async function readTour(): Promise<Tour> {
  const readme = await Deno.readTextFile(`${ROOT}/README.md`);
  const text = /^## Five minutes\n(.*?)^## /ms.exec(readme)?.[1] ?? "";
  const blocks = [...text.matchAll(/^```(\w+)\n(.*?)^```/gms)];
  const commands = blocks.filter(([, language]) => language === "sh")
    .flatMap(([, , code]) => (code ?? "").trim().split("\n"));
  const program = blocks.find(([, language]) => language === "ts")?.[2] ?? "";
  return { commands, program };
}

/** A directory with the copy and a `deno` on its path. */
class Clone implements AsyncDisposable {
  readonly #running: {
    readonly child: Deno.ChildProcess;
    readonly output: Promise<string>;
    text: string;
  }[] = [];

  private constructor(readonly path: string) {}

  static async make(): Promise<Clone> {
    const path = await Deno.makeTempDir({ prefix: "theia-readme-" });
    for (const name of COPIED) {
      await new Deno.Command("cp", { args: ["-r", `${ROOT}/${name}`, path] }).output();
    }
    await Deno.mkdir(`${path}/bin`);
    await Deno.symlink(Deno.execPath(), `${path}/bin/deno`);
    return new Clone(path);
  }

  /** Starts a command line; it is interrupted at the end. */
  start(line: string): { readonly text: () => string; stop(): Promise<void> } {
    const child = this.#spawn(line);
    const entry = { child, output: Promise.resolve(""), text: "" };
    entry.output = collect(child, (chunk) => entry.text += chunk);
    this.#running.push(entry);
    return { text: () => entry.text, stop: () => stop(child) };
  }

  /** Runs a command line to its end. */
  async run(line: string): Promise<{ readonly code: number; readonly text: string }> {
    const child = this.#spawn(line);
    let text = "";
    await collect(child, (chunk) => text += chunk);
    return { code: (await child.status).code, text };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { child } of this.#running.reverse()) await stop(child);
    for (const { output } of this.#running) await output;
    await Deno.remove(this.path, { recursive: true });
  }

  #spawn(line: string): Deno.ChildProcess {
    const command = line.replaceAll(TOUR_LOG, `${this.path}/tour.log`);
    return new Deno.Command("bash", {
      args: ["-c", line.startsWith("echo") ? command : `exec ${command}`],
      cwd: this.path,
      env: {
        PATH: `${this.path}/bin:${Deno.env.get("PATH")}`,
        NO_COLOR: "1",
        TZ: "UTC",
        // What earlier tours remember of the same file is none of this one's.
        XDG_STATE_HOME: `${this.path}/state`,
      },
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
  }
}

async function collect(child: Deno.ChildProcess, onChunk: (text: string) => void): Promise<string> {
  const read = async (stream: ReadableStream<Uint8Array<ArrayBuffer>>) => {
    for await (const chunk of stream.pipeThrough(new TextDecoderStream())) onChunk(chunk);
  };
  await Promise.all([read(child.stdout), read(child.stderr)]);
  return "";
}

async function stop(child: Deno.ChildProcess): Promise<void> {
  try {
    child.kill("SIGINT");
  } catch {
    // It has ended by itself.
  }
  const timer = setTimeout(() => child.kill("SIGKILL"), STOP_MS);
  await child.status;
  clearTimeout(timer);
}

/** Runs a query of the tour until it shows so many lines that hold a text. */
async function shows(clone: Clone, line: string, wanted: string, count: number): Promise<void> {
  await until(`${count} lines with '${wanted}' of ${line}`, async () => {
    const { code, text } = await clone.run(line);
    return code === 0 && text.split("\n").filter((row) => row.includes(wanted)).length === count;
  });
}

Deno.test({
  name: `README's tour does what it says${IS_PORT_FREE ? "" : " (skipped: port 6433 is in use)"}`,
  ignore: !IS_PORT_FREE,
  async fn() {
    const { commands, program } = await readTour();
    await using clone = await Clone.make();
    const left = [...commands];
    const next = (start: string) => {
      const line = left.shift() ?? "";
      assert.ok(line.startsWith(start), `the tour's next command is '${line}', not '${start}…'`);
      return line;
    };

    const collector = clone.start(next("deno task start"));
    await until("the collector", () => collector.text().includes("listening"));
    const watcher = clone.start(next("deno task watch"));
    await until("the watcher", () => watcher.text().includes("waiting for it"));
    for (let i = 0; i < 2; i++) assert.equal((await clone.run(next("echo"))).code, 0);
    await shows(clone, next("deno task query -t tour"), "html", 2);
    await shows(clone, next("deno task query -t tour -c"), " 404 3ms", 1);
    await shows(clone, next("deno task query -a 15m"), "html", 2);

    const simulate = next("deno task sim");
    const histogram = next("deno task query --histogram");
    const live = clone.start(next("deno task query --live"));
    // Live shows what comes after it has subscribed; nothing tells when that is, so traffic goes on.
    await until("live events", async () => {
      assert.equal((await clone.run(simulate)).code, 0);
      return /\bweb\b/.test(live.text().split("\n").slice(1).join("\n"));
    });
    await live.stop();
    const counted = await clone.run(histogram);
    assert.equal(counted.code, 0, counted.text);
    assert.match(counted.text, /^\d+\t\d+$/m);

    await Deno.writeTextFile(`${clone.path}/program.ts`, program);
    const { code, text } = await clone.run("deno run --check --allow-net program.ts");
    assert.equal(code, 0, text);
    assert.match(text, /212 °C/);
    assert.deepEqual(left, []);
  },
});
