import assert from "node:assert/strict";
import { CollectorProgram } from "../collector_program.ts";
import { freePort } from "../free_port.ts";
import { RunningProgram, SOURCE } from "../program.ts";
import { TempDirectory } from "../temp_directory.ts";
import { assertDelivered, untilDelivered } from "./delivered.ts";
import { NumberedLog } from "./numbered_log.ts";

/** How a watcher is started. */
export interface WatcherStart {
  /** What to follow, and how. */
  readonly args: readonly string[];
  /** Of the collector, or of what stands before it. @default {that of the scene's collector} */
  readonly port?: number;
  /** Under which the default state directory is. @default {one of the scene} */
  readonly stateHome?: string;
  /** Put before the command, such as `["prlimit", "--nofile=64"]`. @default {[]} */
  readonly under?: readonly string[];
}

/**
 * Logs, a watcher that follows them, and a collector that always comes back to the same port: real
 * programs, which can be killed and started again.
 */
export class Scene implements AsyncDisposable {
  readonly directory: TempDirectory;
  /** Of the collector. */
  readonly port: number = freePort();
  readonly #logs: NumberedLog[] = [];
  #collector: CollectorProgram | undefined;
  #watcher: RunningProgram | undefined;

  private constructor(directory: TempDirectory) {
    this.directory = directory;
  }

  /** A scene with a collector and without a watcher. */
  static async open(): Promise<Scene> {
    const scene = new Scene(await TempDirectory.make());
    try {
      await Deno.mkdir(scene.directory.file("logs"));
      await scene.startCollector();
      return scene;
    } catch (error) {
      await scene[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** What the collector's paths are put after. */
  get url(): string {
    return `ws://localhost:${this.port}`;
  }

  /** The watcher that runs. */
  get watcher(): RunningProgram {
    assert.ok(this.#watcher, "no watcher runs");
    return this.#watcher;
  }

  /** Where its logs are. */
  get logDirectory(): string {
    return this.directory.file("logs");
  }

  /** A log in the scene's directory of logs; its lines begin with its name. */
  log(name: string): NumberedLog {
    const log = new NumberedLog(this.directory.file("logs", `${name}.log`), name);
    this.#logs.push(log);
    return log;
  }

  async startCollector(): Promise<void> {
    const store = `sqlite:///${this.directory.file("events.db")}`;
    this.#collector = await CollectorProgram.start(["--store", store], { port: this.port });
  }

  /** `kill -9`. */
  async killCollector(): Promise<void> {
    await this.#collector?.[Symbol.asyncDispose]();
    this.#collector = undefined;
  }

  /**
   * Starts `theia watch`, which reads files from their beginning where no checkpoint says otherwise. It
   * need not have found its collector when this returns.
   */
  startWatcher(start: WatcherStart): RunningProgram {
    const { args, port = this.port, under = [] } = start;
    const { stateHome = this.directory.file("state") } = start;
    this.#watcher = RunningProgram.start(
      { command: [...under, ...SOURCE.command] },
      ["watch", "--verbose", "-p", `${port}`, "--from", "beginning", ...args],
      { env: { XDG_STATE_HOME: stateHome } },
    );
    return this.#watcher;
  }

  /** `kill -9`; it must not have ended by itself. */
  async killWatcher(): Promise<void> {
    if (this.#watcher?.hasEnded) {
      assert.fail(`The watcher ended by itself: ${this.#watcher.stderr.tail}`);
    }
    await this.#watcher?.[Symbol.asyncDispose]();
    this.#watcher = undefined;
  }

  /** Ends it as people do, when it has begun its work. */
  async stopWatcher(): Promise<void> {
    const { watcher } = this;
    await watcher.line("stderr", /^Connected to/);
    watcher.signal("SIGINT");
    const { code } = await watcher.exit();
    assert.equal(code, 0, watcher.stderr.tail);
  }

  /** Waits until everything written up to now is stored. */
  async untilDelivered(timeoutMs?: number): Promise<void> {
    await untilDelivered(this.port, this.#logs, this.watcher, timeoutMs);
  }

  /** Ends the watcher as people do, and checks that each line is stored once, in order. */
  async assertAllThereOnce(timeoutMs?: number): Promise<void> {
    await this.untilDelivered(timeoutMs);
    await this.stopWatcher();
    for (const log of this.#logs) await assertDelivered(this.port, log);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const log of this.#logs) log.reopen();
    await this.#watcher?.[Symbol.asyncDispose]();
    await this.killCollector();
    await this.directory[Symbol.asyncDispose]();
  }
}
