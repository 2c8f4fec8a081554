import assert from "node:assert/strict";
import { BatchDelivery } from "../../../lib/cli/watch/batch_delivery.ts";
import { resumeSettings } from "../../../lib/cli/watch/watcher_settings.ts";
import { Checkpoint, type CheckpointNotice } from "../../../lib/tail/checkpoint/checkpoint.ts";
import type { Scheduler } from "../../../lib/tail/scheduler.ts";
import type { TailNotice } from "../../../lib/tail/tail_notice.ts";
import { Watcher } from "../../../lib/tail/watcher.ts";
import { sourcesOf, type WatcherOptions } from "../../../lib/tail/watcher_options.ts";
import { MemoryDisk } from "../checkpoint/memory_disk.ts";
import { FakeScheduler } from "../fake_scheduler.ts";
import { Workbench } from "../workbench.ts";
import { FakeCollector, type FakeConnection } from "./fake_collector.ts";

/** Time between two looks. */
export const POLL_MS = 500;

/** Time in which every file is looked at, also one that was quiet. */
const LOOK_MS = 3000;

/** Nothing is waited for longer: copies and compressed files that are being written for 10 s. */
export const SETTLED_MS = 16_000;

/** A watcher that gets so many turns and still does not rest never will. */
const MAX_TURNS = 300_000;

/** With the collector away a watcher that did nothing in so many turns waits for it. */
const STUCK_TURNS = 40;

/** What to follow, and how. */
export interface DeliverySettings extends
  Pick<
    WatcherOptions,
    | "files"
    | "directories"
    | "globs"
    | "excludes"
    | "multiline"
    | "encoding"
    | "limits"
  > {
  readonly from?: "beginning" | "end";
  readonly onLostCheckpoint?: "beginning" | "end";
}

/** One run of a watcher, from its start to its end. */
interface Run {
  readonly checkpoint: Checkpoint;
  readonly watcher: Watcher;
  readonly connection: FakeConnection;
  readonly delivery: BatchDelivery;
  readonly taken: Promise<void>;
  failure?: unknown;
}

/** Files, a collector and a watcher that can be killed between them, as `theia watch` puts it together. */
export class DeliveryBench implements AsyncDisposable {
  readonly files: Workbench = new Workbench();
  readonly clock: FakeScheduler = new FakeScheduler();
  /** What survives the watcher; may be another one while none runs. */
  collector: FakeCollector = new FakeCollector();
  readonly notices: (TailNotice | CheckpointNotice)[] = [];
  readonly #state = Deno.makeTempDirSync({ prefix: "state-" });
  readonly #settings: DeliverySettings;
  /** What survives the watcher. */
  disk: MemoryDisk = new MemoryDisk();
  #run: Run | undefined;

  constructor(settings: (files: Workbench) => DeliverySettings) {
    this.#settings = settings(this.files);
  }

  get isRunning(): boolean {
    return this.#run !== undefined;
  }

  /** How many events the watcher has read. */
  get read(): number {
    return this.#running.delivery.counts.read;
  }

  /** Starts a watcher on what the last one left. */
  async start(): Promise<void> {
    assert.equal(this.#run, undefined);
    const { from = "end", onLostCheckpoint = "beginning", ...settings } = this.#settings;
    const checkpoint = await Checkpoint.open(this.#state, {
      disk: this.disk,
      scheduler: this.#promptClock,
      observer: (notice) => this.notices.push(notice),
    });
    const watcher = await Watcher.open({
      ...settings,
      ...resumeSettings({ from, onLostCheckpoint, once: false }, checkpoint.state),
      onPlace: (position) => checkpoint.place(position),
      observer: (notice) => this.notices.push(notice),
      tags: ["host"],
      scheduler: this.clock,
      pollIntervalMs: POLL_MS,
      watch: false,
      host: "test-host",
    });
    for (const source of sourcesOf(settings)) checkpoint.addSource(source);
    await checkpoint.flush();
    const connection = this.collector.connect();
    const rejected = { keep: () => Promise.resolve() };
    const delivery = new BatchDelivery({ client: connection, checkpoint, rejected });
    const run: Run = { checkpoint, watcher, connection, delivery, taken: delivery.take(watcher) };
    run.taken.catch((error) => run.failure ??= error);
    this.#run = run;
  }

  /**
   * Ends the watcher as a SIGKILL does: what it wrote is there, what it was about to write is not.
   *
   * @param arriving How many messages that were under way get to the collector all the same.
   */
  async kill(arriving = 0): Promise<void> {
    const run = this.#running;
    this.#run = undefined;
    run.connection.cut(arriving);
    this.disk = this.disk.afterKill();
    await run.watcher[Symbol.asyncDispose]();
    await run.checkpoint[Symbol.asyncDispose]();
  }

  /** Ends the watcher as a SIGTERM does: it delivers what is there. */
  async stop(): Promise<void> {
    const run = this.#running;
    run.watcher.drain();
    let isOver = false;
    const over = run.taken.then(() => run.delivery.finish()).finally(() => isOver = true);
    over.catch(() => {});
    await this.#until(() => isOver);
    await over;
    this.#run = undefined;
    await run.watcher[Symbol.asyncDispose]();
    await run.checkpoint[Symbol.asyncDispose]();
  }

  /** Kills the watcher after so many turns of the event loop, wherever it is then. */
  async killAfter(turns: number, arriving = 0): Promise<void> {
    for (let turn = 0; turn < turns; turn++) await nextTurn();
    await this.kill(arriving);
  }

  /** Lets time pass, and the watcher do whatever it does meanwhile. */
  async pass(ms: number = SETTLED_MS): Promise<void> {
    await this.rest();
    for (let passed = 0; passed < ms; passed += POLL_MS) {
      this.clock.advance(POLL_MS);
      await this.rest();
    }
  }

  /** Lets the watcher look at each file once at least. */
  async look(): Promise<void> {
    await this.pass(LOOK_MS);
  }

  /** Returns when the watcher waits for time to pass, and everything is delivered, or for the collector. */
  async rest(): Promise<void> {
    const run = this.#run;
    if (run === undefined) return;
    let last = -1;
    let same = 0;
    await this.#until(() => {
      if (run.failure !== undefined) throw run.failure;
      if (this.clock.sleeping > 0 && run.delivery.pending === 0) return true;
      const { read } = run.delivery.counts;
      same = read === last ? same + 1 : 0;
      last = read;
      return this.collector.mode !== "open" && same >= STUCK_TURNS;
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#run !== undefined) await this.kill();
    this.files[Symbol.dispose]();
    Deno.removeSync(this.#state, { recursive: true });
  }

  get #running(): Run {
    assert.ok(this.#run, "the watcher must be running");
    return this.#run;
  }

  async #until(isDone: () => boolean): Promise<void> {
    for (let turn = 0; !isDone(); turn++) {
      assert.ok(turn < MAX_TURNS, "the watcher must come to rest");
      await nextTurn();
    }
  }

  /** What the checkpoint writes soon is written some turns later. */
  get #promptClock(): Scheduler {
    return {
      now: () => this.clock.now(),
      sleep: async () => {
        for (let turn = 0; turn < 3; turn++) await nextTurn();
      },
    };
  }
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
