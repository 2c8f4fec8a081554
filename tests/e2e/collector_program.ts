import { type Exit, type Program, RunningProgram, SOURCE, type StartOptions } from "./program.ts";

/** How a collector is started. */
export interface CollectorProgramOptions extends StartOptions {
  /** @default {SOURCE} */
  readonly program?: Program;
  /** @default {0: any free one} */
  readonly port?: number;
}

/** A collector as a program of its own. */
export class CollectorProgram implements AsyncDisposable {
  private constructor(readonly running: RunningProgram, readonly port: number) {}

  /**
   * Starts `theia collect` and waits until it listens.
   *
   * @param args Such as `["-d", directory]` or `["--live"]`.
   */
  static async start(
    args: readonly string[],
    options: CollectorProgramOptions = {},
  ): Promise<CollectorProgram> {
    const { program = SOURCE, port = 0 } = options;
    const running = RunningProgram.start(program, ["collect", "-P", `${port}`, ...args], options);
    try {
      const line = await running.line("stdout", /listening on/);
      return new CollectorProgram(running, Number(/:(\d+), store/.exec(line)?.[1]));
    } catch (error) {
      await running[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** What its paths are put after. */
  get url(): string {
    return `ws://localhost:${this.port}`;
  }

  /** Stops it and waits for its end. */
  async stop(signal: Deno.Signal = "SIGTERM"): Promise<Exit> {
    this.running.signal(signal);
    return await this.running.exit();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.running[Symbol.asyncDispose]();
  }
}
