/**
 * The programs of `deno task compile` and the bundle, run from an empty folder with nothing else at
 * hand: threads, V8 switch and all modules must be inside.
 */
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { WEB_ASSETS } from "../../lib/web/assets.ts";
import { HAS_SHARED, sharedUrl } from "../shared_data.ts";
import { until } from "./until.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** The variables for an offline `deno compile`, undefined where there is no base binary. */
const DENORT: Readonly<Record<string, string>> | undefined = findDenort();

function findDenort(): Record<string, string> | undefined {
  const bin = Deno.env.get("DENORT_BIN");
  if (bin !== undefined) {
    return { DENORT_BIN: bin, COMPILE_DENO: Deno.env.get("COMPILE_DENO") ?? Deno.execPath() };
  }
  if (!HAS_SHARED) return undefined;
  const { success, stdout } = new Deno.Command(sharedUrl("tools/denort").pathname).outputSync();
  const text = new TextDecoder().decode(stdout);
  const values = [...text.matchAll(/(\w+)='([^']*)'/g)].map(([, name, value]) => [name, value]);
  return success ? Object.fromEntries(values) : undefined;
}

/** A folder with the programs, and an empty one to run them in. */
class Workplace implements AsyncDisposable {
  readonly #children: Deno.ChildProcess[] = [];

  private constructor(readonly programs: string, readonly empty: string) {}

  static async make(): Promise<Workplace> {
    const programs = await Deno.makeTempDir({ prefix: "theia-programs-" });
    return new Workplace(programs, await Deno.makeTempDir({ prefix: "theia-empty-" }));
  }

  /** Runs a program to its end and returns what it printed. */
  async run(command: readonly string[]): Promise<string> {
    const { code, stdout, stderr } = await this.#command(command).output();
    const text = new TextDecoder().decode(stdout);
    assert.equal(code, 0, `${command.join(" ")}: ${text}${new TextDecoder().decode(stderr)}`);
    return text;
  }

  /** Starts a program that goes on, and waits until it prints a text. */
  async start(command: readonly string[], wanted: string): Promise<{ text: () => string }> {
    const child = this.#command(command).spawn();
    this.#children.push(child);
    let text = "";
    for (const stream of [child.stdout, child.stderr]) {
      void (async () => {
        for await (const chunk of stream.pipeThrough(new TextDecoderStream())) text += chunk;
      })();
    }
    await until(`'${wanted}' of ${command.join(" ")}`, () => text.includes(wanted));
    return { text: () => text };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const child of this.#children.reverse()) {
      child.kill("SIGTERM");
      await child.status;
    }
    await Deno.remove(this.programs, { recursive: true });
    await Deno.remove(this.empty, { recursive: true });
  }

  #command([program = "", ...args]: readonly string[]): Deno.Command {
    return new Deno.Command(program, {
      args,
      cwd: this.empty,
      clearEnv: true,
      env: { HOME: this.empty, NO_COLOR: "1", TZ: "UTC" },
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    });
  }
}

interface Programs {
  readonly collect: readonly string[];
  readonly watch: readonly string[];
  readonly query: readonly string[];
  readonly simulate: readonly string[];
  readonly eventer: readonly string[];
}

/** Events from the simulator and from a watched file come out of a query, a hostile pattern ends. */
async function exercise(place: Workplace, programs: Programs): Promise<void> {
  const collector = await place.start([...programs.collect, "-P", "0"], "listening on ");
  const port = /:(\d+),/.exec(collector.text())?.[1] ?? "";
  await place.run([
    ...programs.simulate,
    "-p",
    port,
    "-t",
    "sim",
    "--count",
    "100",
    "--rate",
    "1000",
  ]);
  const log = `${place.empty}/app.log`;
  await place.start([...programs.watch, "-p", port, "-f", log, "-t", "watched"], "waiting for it");
  await Deno.writeTextFile(log, "first line\nsecond line\n");
  await exercisePage(port);
  const query = (...args: string[]) =>
    place.run([...programs.query, "-P", port, "-F", "{content}", ...args]);
  await until("the watched lines", async () => {
    return (await query("-t", "watched")) === "first line\nsecond line\n";
  });
  assert.equal((await query("-t", "sim", "-c", "(?i).*")).trim().split("\n").length, 100);
  assert.equal(await query("-c", "(a|a|b?)*[^a-zA-Z ,.]{60}$"), "");
  assert.equal((await Deno.stat(`${place.empty}/theia-data/events.db`)).isFile, true);
  await exerciseEventer(place, programs);
}

/** The page and all of its files are inside. */
async function exercisePage(port: string): Promise<void> {
  for (const [path, { type, body }] of WEB_ASSETS) {
    const response = await fetch(`http://localhost:${port}${path}`);
    assert.equal(response.status, 200, path);
    assert.equal(response.headers.get("content-type"), type, path);
    assert.equal(await response.text(), body, path);
  }
}

/** A module of one's own answers an event, and both are kept by threads of the program. */
async function exerciseEventer(place: Workplace, { eventer }: Programs): Promise<void> {
  await Deno.writeTextFile(
    `${place.empty}/answering.js`,
    "export const createModule = () => ({ subscription: [['a']], process: () => [{ type: ['b'] }] });",
  );
  const serve = [...eventer, "serve", "-P", "0", "--module", "./answering.js"];
  const server = await place.start(serve, "listening on ");
  const port = /:(\d+),/.exec(server.text())?.[1] ?? "";
  await place.run([...eventer, "register", "a", "-P", port]);
  assert.match(await place.run([...eventer, "query", "b", "-P", port]), / 1:3:2 b\n$/);
  assert.equal((await Deno.stat(`${place.empty}/theia-data/eventer.db`)).isFile, true);
}

Deno.test({
  name: `deno task compile makes programs that need no Deno${
    DENORT ? "" : " (skipped: no denort)"
  }`,
  ignore: DENORT === undefined,
  sanitizeOps: false,
  sanitizeResources: false,
  async fn() {
    await using place = await Workplace.make();
    const compiled = await new Deno.Command(Deno.execPath(), {
      args: ["task", "compile", "--out", place.programs],
      cwd: ROOT,
      env: { ...DENORT },
    }).output();
    assert.ok(compiled.success, new TextDecoder().decode(compiled.stderr));
    const at = (name: string) => `${place.programs}/${name}`;
    await exercise(place, {
      collect: [at("theia-collector")],
      watch: [at("theia-watcher")],
      query: [at("theia-query")],
      simulate: [at("theia"), "simulate"],
      eventer: [at("theia"), "eventer"],
    });
    assert.match(await place.run([at("theia"), "--version"]), /^theia \d/);
  },
});

Deno.test({
  name: "deno task bundle makes one file that any Deno runs",
  sanitizeOps: false,
  sanitizeResources: false,
  async fn() {
    await using place = await Workplace.make();
    const bundle = `${place.programs}/theia.js`;
    const bundled = await new Deno.Command(Deno.execPath(), {
      args: ["task", "bundle", "--out", bundle],
      cwd: ROOT,
    }).output();
    assert.ok(bundled.success, new TextDecoder().decode(bundled.stderr));
    const theia = [
      Deno.execPath(),
      "run",
      "-A",
      "--v8-flags=--enable-experimental-regexp-engine-on-excessive-backtracks",
      bundle,
    ];
    await exercise(place, {
      collect: [...theia, "collect"],
      watch: [...theia, "watch"],
      query: [...theia, "query"],
      simulate: [...theia, "simulate"],
      eventer: [...theia, "eventer"],
    });
  },
});
