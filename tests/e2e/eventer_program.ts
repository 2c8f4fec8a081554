import { EventerClient, type EventerClientOptions } from "../../lib/hat/eventer/eventer_client.ts";
import type { HatEvent } from "../../lib/hat/event.ts";
import {
  type Exit,
  type Outcome,
  RunningProgram,
  runProgram,
  SOURCE,
  type StartOptions,
} from "./program.ts";

/** An event server as a program of its own. */
export class EventerProgram implements AsyncDisposable {
  private constructor(readonly running: RunningProgram, readonly port: number) {}

  /**
   * Starts `theia eventer serve` and waits until it listens.
   *
   * @param args Such as `["--store", "memory"]`; the port is any free one unless they say it.
   */
  static async start(args: readonly string[], options: StartOptions = {}): Promise<EventerProgram> {
    const port = args.includes("-P") ? [] : ["-P", "0"];
    const running = RunningProgram.start(SOURCE, ["eventer", "serve", ...port, ...args], options);
    try {
      const line = await running.line("stdout", /listening on/);
      return new EventerProgram(running, Number(/:(\d+)(?: \(TLS\))?, store/.exec(line)?.[1]));
    } catch (error) {
      await running[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Runs another command of `eventer` against it. */
  async run(command: string, ...args: string[]): Promise<Outcome> {
    return await runProgram(SOURCE, ["eventer", command, ...args, "-P", String(this.port)]);
  }

  /** Connects from the test itself. */
  async connect(options: Partial<EventerClientOptions> = {}): Promise<EventerClient> {
    return await EventerClient.connect({ port: this.port, clientName: "test", ...options });
  }

  /** All events of a server that it has on its disk. */
  async events(serverId: number): Promise<readonly HatEvent[]> {
    await using client = await this.connect();
    const events: HatEvent[] = [];
    for (let moreFollows = true; moreFollows;) {
      const page = await client.query({
        kind: "server",
        serverId,
        persisted: true,
        lastEventId: events.at(-1)?.id,
      });
      events.push(...page.events);
      moreFollows = page.moreFollows;
    }
    return events;
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
