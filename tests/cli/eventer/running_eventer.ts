import { RunningCommand, runToEnd } from "../running_command.ts";

/** An event server of the command line, listening on a free port. */
export class RunningEventer extends RunningCommand {
  #port = 0;

  /** Starts it; `args` are more options of `eventer serve`. */
  static async start(...args: string[]): Promise<RunningEventer> {
    const server = new RunningEventer(["eventer", "serve", ...args]);
    const listening = server.stdout.match(/listening on \S+:(\d+)(?: \(TLS\))?, store .*\n/);
    const ended = server.ended.then((code) => {
      throw new Error(`eventer serve ended with ${code}: ${server.stderr.text}`);
    });
    const match = await Promise.race([listening, ended]);
    server.#port = Number(match[1]);
    return server;
  }

  /** In memory, on a free port. */
  static async inMemory(...args: string[]): Promise<RunningEventer> {
    return await RunningEventer.start("-P", "0", "--store", "memory", ...args);
  }

  get port(): string {
    return String(this.#port);
  }

  /** Runs another command of `eventer` against it. */
  async run(command: string, ...args: string[]): ReturnType<typeof runToEnd> {
    return await runToEnd(["eventer", command, ...args, "-P", this.port]);
  }
}
