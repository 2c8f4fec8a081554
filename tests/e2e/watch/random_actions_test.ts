import { CuttingProxy } from "../../client/cutting_proxy.ts";
import { forSeeds, type Random } from "../../random.ts";
import { until } from "../until.ts";
import { newestOf, storedContents } from "./delivered.ts";
import { Scene } from "./scene.ts";
import { TokenLog } from "./token_log.ts";

/** `THEIA_SEEDS` overrides it. */
const SEEDS = 1;

const ACTIONS = 60;

/** What the watcher may need to deliver what is there, on a busy machine. */
const PATIENCE_MS = 300_000;

/** Larger than a message, so that each comes through some day. */
const MAX_BYTES_UNTIL_CUT = 4 << 20;

/** Some pauses are longer than an unfinished line is held back. */
const PAUSES_MS = [5, 50, 200, 1500];

/** Does random things to logs, watcher, collector and connection, and waits for what must come of it. */
class Interpreter implements AsyncDisposable {
  /** What was done: for the messages of failures. */
  readonly trace: string[] = [];
  readonly #scene: Scene;
  readonly #random: Random;
  readonly #proxy: CuttingProxy;
  readonly #logs: readonly TokenLog[];
  #isWatching = false;
  #isCollecting = true;

  constructor(scene: Scene, random: Random) {
    this.#scene = scene;
    this.#random = random;
    this.#proxy = new CuttingProxy(scene.port, () => random.int(1_000, MAX_BYTES_UNTIL_CUT));
    this.#logs = ["a", "b", "linked"].map((name) =>
      new TokenLog(scene.logDirectory, name, random, name === "linked")
    );
  }

  /** What is rotated away before a watcher ever saw its path is none of a watcher's business. */
  async begin(): Promise<void> {
    for (const log of this.#logs) log.writeLines();
    for (const log of this.#logs) await this.#untilDelivered(log);
  }

  async act(): Promise<void> {
    const random = this.#random;
    const log = random.pick(this.#logs);
    const action = random.pick(log.name === "linked" ? LINK_ACTIONS : FILE_ACTIONS);
    this.trace.push(`${action} ${log.name} (${log.count} tokens)`);
    switch (action) {
      case "write":
        return log.writeLines();
      case "write part":
        return log.writePartOfLine();
      case "pause":
        return await pause(random.pick(PAUSES_MS));
      case "cut":
        return this.#proxy.cut();
      case "watcher":
        return this.#isWatching ? await this.#killWatcher() : this.#startWatcher();
      case "collector":
        return this.#isCollecting ? await this.#killCollector() : await this.#startCollector();
      case "switch link":
        return log.switchLink();
      default:
        if (log.exists) await this.#rotate(log, action);
    }
  }

  /** Waits until everything is delivered, and compares. */
  async end(): Promise<void> {
    for (const log of this.#logs) await this.#untilDelivered(log);
    await this.#scene.stopWatcher();
    for (const log of this.#logs) {
      log.assertDelivered(await storedContents(this.#scene.port, log.path));
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#proxy[Symbol.asyncDispose]();
  }

  async #rotate(log: TokenLog, action: Rotation): Promise<void> {
    switch (action) {
      case "rename":
        return log.rotate();
      case "compress":
        return log.rotateAndCompress();
      case "copytruncate":
        return log.copyAndTruncate();
      case "truncate":
        await this.#untilDelivered(log);
        return log.truncate();
      case "delete":
        await this.#untilDelivered(log);
        return log.delete();
    }
  }

  /** After that nothing of the log is left that can be destroyed. */
  async #untilDelivered(log: TokenLog): Promise<void> {
    if (!this.#isCollecting) await this.#startCollector();
    if (!this.#isWatching) this.#startWatcher();
    const { watcher, port } = this.#scene;
    const isThere = async () => {
      if (watcher.hasEnded) throw new Error(`The watcher ended by itself: ${watcher.stderr.tail}`);
      return (await newestOf(port, log.path, "<"))?.endsWith(log.lastToken) ?? false;
    };
    try {
      await until(`${log.lastToken} in ${log.path}`, isThere, PATIENCE_MS);
    } catch (error) {
      throw new Error(`The watcher says: ${watcher.stderr.tail}`, { cause: error });
    }
  }

  #startWatcher(): void {
    this.#isWatching = true;
    const paths = this.#logs.map(({ path }) => path);
    this.#scene.startWatcher({ args: ["-f", ...paths], port: this.#proxy.port });
  }

  async #killWatcher(): Promise<void> {
    this.#isWatching = false;
    await this.#scene.killWatcher();
  }

  async #startCollector(): Promise<void> {
    this.#isCollecting = true;
    await this.#scene.startCollector();
  }

  async #killCollector(): Promise<void> {
    this.#isCollecting = false;
    await this.#scene.killCollector();
  }
}

type Rotation = "rename" | "compress" | "copytruncate" | "truncate" | "delete";

type Action = Rotation | Common | "switch link";

type Common = "write" | "write part" | "pause" | "cut" | "watcher" | "collector";

const COMMON: readonly Common[] = [
  ...["write", "write", "write", "write part", "write part"] as const,
  ...["pause", "pause", "pause", "cut", "watcher", "watcher", "collector"] as const,
];

const FILE_ACTIONS: readonly Action[] = [
  ...COMMON,
  ...[
    "rename",
    "rename",
    "compress",
    "copytruncate",
    "copytruncate",
    "truncate",
    "delete",
  ] as const,
];

const LINK_ACTIONS: readonly Action[] = [...COMMON, "switch link", "switch link"];

Deno.test("Whatever happens to files, watcher, collector and connection, each line is delivered once, in order", async () => {
  await forSeeds(SEEDS, async (random) => {
    await using scene = await Scene.open();
    await using interpreter = new Interpreter(scene, random);
    try {
      await interpreter.begin();
      for (let left = ACTIONS; left > 0; left--) await interpreter.act();
      await interpreter.end();
    } catch (error) {
      throw new Error(`After ${interpreter.trace.join(", ")}`, { cause: error });
    }
  });
});

async function pause(ms: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, ms));
}
