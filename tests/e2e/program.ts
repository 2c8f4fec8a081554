import { fileURLToPath } from "node:url";
import { OutputLines } from "./output_lines.ts";
import { WAIT_MS, within } from "./until.ts";

/** A way to run `theia`: the source by Deno, a bundle, a compiled binary. */
export interface Program {
  /** What the arguments are put after, such as `["deno", "run", …, "mod.ts"]` or `["dist/theia"]`. */
  readonly command: readonly string[];
  /** Variables beside those of the test. */
  readonly env?: Readonly<Record<string, string>>;
}

/** `theia` from the source tree. */
export const SOURCE: Program = {
  command: [
    Deno.execPath(),
    "run",
    "-A",
    "--v8-flags=--enable-experimental-regexp-engine-on-excessive-backtracks",
    fileURLToPath(new URL("../../mod.ts", import.meta.url)),
  ],
};

/** What the programs of a run of the tests remember, and not what the user's remember. */
const STATE_HOME = Deno.makeTempDirSync({ prefix: "theia-state-" });

globalThis.addEventListener("unload", () => Deno.removeSync(STATE_HOME, { recursive: true }));

/** How a program is started. */
export interface StartOptions {
  /** Where it runs. @default {where the test runs} */
  readonly cwd?: string;
  /** Variables beside those of the program. */
  readonly env?: Readonly<Record<string, string>>;
  /** Leaves its standard output unread until `stdout.resume()`. @default {false} */
  readonly pauseOutput?: boolean;
}

/** How a program ended. */
export interface Exit {
  readonly code: number;
  /** The signal that ended it, null when it ended itself. */
  readonly signal: Deno.Signal | null;
}

/** A program that runs; it is killed on disposal when it still does. */
export class RunningProgram implements AsyncDisposable {
  readonly stdout: OutputLines;
  readonly stderr: OutputLines;
  readonly #child: Deno.ChildProcess;
  readonly #name: string;
  #hasEnded = false;
  readonly #ended: Promise<Exit>;

  private constructor(child: Deno.ChildProcess, name: string, options: StartOptions) {
    this.#child = child;
    this.#name = name;
    this.stdout = new OutputLines(child.stdout, options.pauseOutput ?? false);
    this.stderr = new OutputLines(child.stderr);
    this.#ended = child.status.then(({ code, signal }) => {
      this.#hasEnded = true;
      return { code, signal };
    });
  }

  static start(
    program: Program,
    args: readonly string[],
    options: StartOptions = {},
  ): RunningProgram {
    const [command = "", ...first] = program.command;
    const child = new Deno.Command(command, {
      args: [...first, ...args],
      env: { NO_COLOR: "1", XDG_STATE_HOME: STATE_HOME, ...program.env, ...options.env },
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    }).spawn();
    return new RunningProgram(child, `theia ${args.join(" ")}`, options);
  }

  get pid(): number {
    return this.#child.pid;
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** Sends a signal; nothing when it has ended meanwhile. */
  signal(signal: Deno.Signal): void {
    try {
      this.#child.kill(signal);
    } catch (error) {
      if (!(error instanceof TypeError) && !(error instanceof Deno.errors.NotFound)) throw error;
    }
  }

  /** Waits until it has ended and all of its output is read. */
  async exit(timeoutMs: number = WAIT_MS): Promise<Exit> {
    return await this.#explain(async () => {
      const exit = await within("its end", this.#ended, timeoutMs);
      await within("the end of its output", this.#outputEnded(), timeoutMs);
      return exit;
    });
  }

  /** Waits for a line that it prints, from its start on, and gives it. */
  async line(stream: "stdout" | "stderr", pattern: RegExp, timeoutMs?: number): Promise<string> {
    return await this.#explain(() => this[stream].line(pattern, timeoutMs));
  }

  /** `kill -9`; resolves when it is gone. */
  async kill(): Promise<void> {
    if (!this.#hasEnded) this.signal("SIGKILL");
    await this.#ended;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
    // What it started may hold its output open; nobody reads on.
    await Promise.all([this.stdout.close(), this.stderr.close()]);
  }

  async #outputEnded(): Promise<void> {
    await Promise.all([this.stdout.ended, this.stderr.ended]);
  }

  /** Failures show what the program said. */
  async #explain<T>(run: () => Promise<T>): Promise<T> {
    try {
      return await run();
    } catch (cause) {
      const message = cause instanceof Error ? cause.message : String(cause);
      throw new Error(
        `${this.#name}: ${message}\nstdout: ${this.stdout.tail}\nstderr: ${this.stderr.tail}`,
        { cause },
      );
    }
  }
}

/** What a program left behind. */
export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly stdoutBytes: Uint8Array;
}

/** Runs a program to its end. */
export async function runProgram(
  program: Program,
  args: readonly string[],
  options: StartOptions & { readonly timeoutMs?: number } = {},
): Promise<Outcome> {
  await using running = RunningProgram.start(program, args, options);
  const { code } = await running.exit(options.timeoutMs);
  const { stdout, stderr } = running;
  return { code, stdout: stdout.text, stderr: stderr.text, stdoutBytes: stdout.bytes };
}
