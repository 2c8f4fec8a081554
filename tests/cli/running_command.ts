import { run } from "../../lib/cli/run.ts";
import { FakeEnvironment, type FakeOptions, type FakeOutput } from "./fake_environment.ts";

/** A command that runs in this process; disposing it stops it. */
export class RunningCommand implements AsyncDisposable {
  readonly environment: FakeEnvironment;
  /** The exit code. */
  readonly ended: Promise<number>;

  /** @param prepare Changes the environment before the command runs. */
  constructor(
    args: readonly string[],
    options: FakeOptions = {},
    prepare: (environment: FakeEnvironment) => void = () => {},
  ) {
    this.environment = new FakeEnvironment(options);
    prepare(this.environment);
    this.ended = run(args, this.environment);
  }

  get stdout(): FakeOutput {
    return this.environment.stdout;
  }

  get stderr(): FakeOutput {
    return this.environment.stderr;
  }

  /** Stops it as a signal does; gives the exit code. */
  async stop(): Promise<number> {
    this.environment.stop();
    return await this.ended;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }
}

/** A collector of the command line, listening on a free port. */
export class RunningCollector extends RunningCommand {
  #port = 0;

  /** Starts it; `args` are more options of `collect`. */
  static async start(...args: string[]): Promise<RunningCollector> {
    const collector = new RunningCollector(["-P", "0", "collect", ...args]);
    const listening = collector.stdout.match(/wss?:\/\/localhost:(\d+), store .*\n/);
    const ended = collector.ended.then((code) => {
      throw new Error(`collect ended with ${code}: ${collector.stderr.text}`);
    });
    const match = await Promise.race([listening, ended]);
    collector.#port = Number(match[1]);
    return collector;
  }

  /** Where it listens. */
  get port(): string {
    return String(this.#port);
  }
}

/** Runs a command to its end. */
export async function runToEnd(
  args: readonly string[],
  options: FakeOptions = {},
): Promise<{ readonly code: number; readonly stdout: string; readonly stderr: string }> {
  const command = new RunningCommand(args, options);
  const code = await command.ended;
  return { code, stdout: command.stdout.text, stderr: command.stderr.text };
}
