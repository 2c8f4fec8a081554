import type { MultilineRule } from "../../../lib/tail/multiline_rule.ts";
import type { Random } from "../../random.ts";
import { damageOneCopy } from "./damage.ts";
import { DeliveryBench } from "./delivery_bench.ts";
import { LogModel } from "./log_model.ts";
import { RandomLog, type RotationHabit } from "./random_log.ts";

/** Enough for some rotations between some crashes. */
const ACTIONS = 60;

/** A failure shows so many actions before it. */
const SHOWN_ACTIONS = 40;

const GROUPS: MultilineRule = { kind: "indent" };

type Action = () => string | void | Promise<string | void>;

/** Does things at random to a file, its watcher and the collector, and checks what comes of it. */
export class DeliveryExperiment implements AsyncDisposable {
  readonly #random: Random;
  readonly #bench: DeliveryBench;
  readonly #model = new LogModel();
  readonly #log: RandomLog;
  readonly #trace: string[] = [];
  readonly #hasDamage: boolean;
  /** Contents without a name, which only an open file has. */
  #nameless: number[] = [];

  constructor(random: Random) {
    this.#random = random;
    const source = random.pick(["file", "file", "directory", "glob"] as const);
    const names = source === "file"
      ? random.pick(["chain", "rising", "dates", "link"] as const)
      : random.pick(["chain", "rising", "dates"] as const);
    const isGrouped = random.chance(0.25);
    this.#hasDamage = random.chance(0.3);
    const from = random.pick(["beginning", "end"] as const);
    this.#bench = new DeliveryBench((files) => ({
      ...source === "file" ? { files: [files.at("log")] } : {},
      ...source === "directory" ? { directories: [files.directory], excludes: ["*.tmp"] } : {},
      ...source === "glob" ? { globs: [files.at("log*")] } : {},
      ...isGrouped ? { multiline: GROUPS } : {},
      from,
      limits: isGrouped ? {} : { maxBatchLines: 2 },
    }));
    const habit: RotationHabit = { names, suffix: random.pick([".gz", ".zst"] as const) };
    this.#log = new RandomLog(this.#bench.files, this.#model, random, habit, isGrouped);
    if (from === "end" && this.#log.current !== undefined) this.#model.skip(this.#log.current);
    this.#trace.push(`${source}, ${names}, from ${from}${isGrouped ? ", groups" : ""}`);
  }

  /** @throws With the last actions when something is lost or doubled. */
  async run(): Promise<void> {
    try {
      await this.#bench.start();
      for (let i = 0; i < ACTIONS; i++) {
        await this.#act();
        this.#model.checkSoFar(this.#bench.collector.events);
      }
      await this.#finish();
    } catch (cause) {
      const trace = this.#trace.slice(-SHOWN_ACTIONS).join("\n  ");
      throw new Error(`After these actions:\n  ${trace}\n${cause}`, { cause });
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#bench[Symbol.asyncDispose]();
  }

  async #act(): Promise<void> {
    const actions = Object.entries({ ...this.#fileActions(), ...this.#watcherActions() });
    const weights = actions.flatMap((entry) => WEIGHTS[entry[0]] ?? 1);
    let choice = this.#random.next() * weights.reduce((sum, weight) => sum + weight, 0);
    const index = weights.findIndex((weight) => (choice -= weight) < 0);
    const [name, action] = actions[index] ?? ["nothing", () => {}];
    this.#trace.push(name);
    const note = await action();
    if (note) this.#trace[this.#trace.length - 1] = `${name} ${JSON.stringify(note)}`;
  }

  #fileActions(): Record<string, Action> {
    const log = this.#log;
    const isThere = log.current !== undefined;
    return {
      ...isThere
        ? {
          write: () => log.write(),
          part: () => log.writePart(),
          rename: () => log.rename(),
          renameAndCompress: () => `${log.rename()}, ${log.compressOld()}`,
          copyTruncate: () => log.copyTruncate(),
          truncate: () => this.#destroying(() => log.truncate()),
          rewrite: () => this.#destroying(() => log.rewrite()),
          remove: () => this.#unlinking(() => log.remove()),
          ...log.isLink ? {} : { replace: () => this.#unlinking(() => log.replace()) },
        }
        : { create: () => log.create() },
      ...log.hasPlainOld ? { compressOld: () => log.compressOld() } : {},
      ...log.hasOld ? { removeOld: () => this.#removeOld() } : {},
    };
  }

  #watcherActions(): Record<string, Action> {
    const { collector } = this.#bench;
    return {
      ...this.#bench.isRunning
        ? {
          look: () => this.#bench.look(),
          pass: () => this.#bench.pass(this.#random.pick([500, 3000, 8000, 16_000])),
          kill: () => this.#kill(),
          stop: () => this.#stop(),
          restart: async () => `${await this.#kill()}, ${await this.#start()}`,
        }
        : { start: () => this.#start() },
      ...collector.mode === "open"
        ? { away: () => void (collector.mode = "away"), deaf: () => void (collector.mode = "deaf") }
        : { back: () => void (collector.mode = "open") },
    };
  }

  /** What is destroyed was delivered before, or may be lost. */
  async #destroying(destroy: () => string): Promise<string> {
    const isSettled = await this.#settleAtTimes();
    this.#give(this.#log.current);
    return `${destroy()}${isSettled ? ", settled before" : ""}`;
  }

  /** The watcher can read what it has open; what it has not is lost. */
  async #unlinking(unlink: () => string): Promise<string> {
    const isSettled = await this.#settleAtTimes();
    const { current } = this.#log;
    if (!isSettled && this.#canLook() && this.#random.chance(0.7)) {
      await this.#bench.look();
      if (this.#random.chance(0.5)) this.#trace.push(`written before: ${this.#log.write()}`);
      if (current !== undefined) this.#nameless.push(current);
      return `${unlink()}, open`;
    }
    this.#give(current);
    return `${unlink()}${isSettled ? ", settled before" : ""}`;
  }

  async #removeOld(): Promise<string> {
    const isSettled = await this.#settleAtTimes();
    this.#give(this.#log.oldest);
    return `${this.#log.removeOld().note}${isSettled ? ", settled before" : ""}`;
  }

  #give(id: number | undefined): void {
    if (id !== undefined) this.#model.destroy(id, this.#bench.collector.events);
  }

  #canLook(): boolean {
    return this.#bench.isRunning && this.#bench.collector.mode === "open";
  }

  async #settleAtTimes(): Promise<boolean> {
    if (!this.#canLook() || this.#random.chance(0.3)) return false;
    await this.#bench.pass();
    return true;
  }

  async #kill(): Promise<string> {
    const turns = this.#random.pick([0, 1, 2, 3, 5, 8, 13, 30]);
    if (this.#random.chance(0.7)) this.#bench.clock.advance(2000);
    const arriving = this.#random.below(4);
    await this.#bench.killAfter(turns, arriving);
    for (const id of this.#nameless) this.#give(id);
    this.#nameless = [];
    return `after ${turns} turns, ${arriving} arrive`;
  }

  async #stop(): Promise<string> {
    if (this.#bench.collector.mode !== "open") return await this.#kill();
    await this.#bench.stop();
    for (const id of this.#nameless) this.#give(id);
    this.#nameless = [];
    return "gracefully";
  }

  async #start(): Promise<string> {
    const damage = this.#hasDamage && this.#random.chance(0.5)
      ? damageOneCopy(this.#bench.disk, this.#random)
      : "";
    await this.#bench.start();
    return damage;
  }

  async #finish(): Promise<void> {
    const { collector } = this.#bench;
    this.#trace.push("the end");
    collector.mode = "open";
    if (!this.#bench.isRunning) await this.#bench.start();
    await this.#bench.pass();
    this.#model.check(collector.events);
    await this.#bench.stop();
    await this.#bench.start();
    await this.#bench.pass();
    this.#model.check(collector.events);
  }
}

const WEIGHTS: Readonly<Record<string, number>> = {
  write: 6,
  part: 2,
  look: 3,
  pass: 2,
  rename: 2,
  back: 3,
  create: 4,
  start: 4,
  away: 0.7,
  deaf: 0.7,
  restart: 2,
  kill: 0.7,
  stop: 0.5,
  remove: 0.5,
  replace: 0.5,
  truncate: 0.5,
  rewrite: 0.5,
  removeOld: 0.5,
};
