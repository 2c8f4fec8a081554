import { dirname, resolve } from "node:path";
import { createEvent } from "../event/event.ts";
import { BatchMaker } from "./batch_maker.ts";
import { FileFinder, type FoundFile } from "./file_finder.ts";
import type { FileLag } from "./file_lag.ts";
import { Replay } from "./replay.ts";
import { createTailContext, type TailContext } from "./tail_context.ts";
import { Tailer } from "./tailer.ts";
import type { TailerOptions } from "./tailer_options.ts";
import { type TailStep, TailTurns } from "./tail_turns.ts";
import { WatchHint } from "./watch_hint.ts";
import type { WatchedBatch } from "./watched_batch.ts";
import {
  checkPath,
  checkWatcherOptions,
  POLL_INTERVAL_MS,
  type WatcherOptions,
  withoutUndefined,
} from "./watcher_options.ts";

/**
 * Time between two looks at a file that did not change lately, where the system gives hints; without
 * hints half of it. A thousand such files cost half a percent of a core.
 */
const QUIET_INTERVAL_MS = 3000;

/** Where files stand is said again so often, so that what stays is told from what is gone. */
const PLACE_INTERVAL_MS = 24 * 60 * 60 * 1000;

/** Files opened before other work of the program gets a turn. */
const OPENED_PER_TURN = 64;

/**
 * Follows files and yields what is appended to them.
 *
 * Nothing is read ahead: each step of the iteration reads one bounded batch of the file whose turn it
 * is, and the files are the buffer. Looking at every file's status in regular intervals is what
 * finds changes; the system's notices only make it sooner. An iteration that was left can be taken up
 * again: the next one goes on after the last batch.
 *
 * @example
 * ```ts
 * import { Watcher } from "./mod.ts";
 *
 * const path = await Deno.makeTempFile();
 * await Deno.writeTextFile(path, "one\ntwo");
 * await using watcher = await Watcher.open({ files: [path], from: "beginning" });
 * for await (const { events } of watcher.drain()) {
 *   for (const event of events) console.log(event.source, event.content);
 * }
 * ```
 */
export class Watcher implements AsyncIterable<WatchedBatch>, AsyncDisposable {
  readonly #options: WatcherOptions;
  readonly #context: TailContext;
  readonly #turns: TailTurns;
  readonly #finder: FileFinder;
  /** The keys of files that were added by themselves: they stay when nothing is at their paths. */
  readonly #added = new Set<string>();
  #lastFound: readonly FoundFile[] | undefined;
  #hinted: ReadonlySet<string> = new Set();
  readonly #replays: Replay[];
  readonly #known: ReadonlySet<string>;
  readonly #pollMs: number;
  /** How files are read where nothing else is said. */
  readonly #given: TailerOptions;
  readonly #onAbort = () => void this[Symbol.asyncDispose]();
  #hint: WatchHint | undefined;
  #state: "open" | "draining" | "closed" = "open";
  #nap: AbortController | undefined;
  #nextLook: number;
  #nextPlacing: number;
  #closing: Promise<void> | undefined;

  private constructor(options: WatcherOptions) {
    this.#options = options;
    this.#pollMs = options.pollIntervalMs ?? POLL_INTERVAL_MS;
    const { tags, split, encoding, multiline, times } = options;
    this.#given = withoutUndefined({ tags, split, encoding, multiline, times });
    this.#context = createTailContext(options);
    const { scheduler, observer, register } = this.#context;
    this.#turns = new TailTurns(register);
    for (const position of options.positions ?? []) register.remember(position);
    this.#known = new Set(options.sources);
    this.#finder = new FileFinder({ ...options, scheduler, observer });
    this.#replays = (options.unsettled ?? []).map((batch) => {
      const origin = { source: batch.path, tags: options.tags ?? [], times: options.times };
      return new Replay(batch, this.#context, options, new BatchMaker(origin, this.#context));
    });
    this.#nextLook = scheduler.now() + this.#pollMs;
    this.#nextPlacing = scheduler.now() + PLACE_INTERVAL_MS;
    if (options.watch ?? true) {
      this.#hint = new WatchHint({
        scheduler,
        observer,
        onHint: (paths) => this.#take(paths),
        onRescan: () => this.#turns.callAll(),
      });
    }
  }

  /**
   * Takes a first look at all files: what is appended from now on is yielded.
   *
   * @throws {TypeError} When a path is empty, a pattern or a tag is none.
   * @throws {RangeError} When `pollIntervalMs` is under 1 or the encoding is unknown.
   * @throws {unknown} The signal's reason when it is aborted already.
   */
  static async open(options: WatcherOptions): Promise<Watcher> {
    checkWatcherOptions(options);
    options.signal?.throwIfAborted();
    const watcher = new Watcher(options);
    try {
      await watcher.#begin();
    } catch (error) {
      await watcher[Symbol.asyncDispose]();
      throw error;
    }
    return watcher;
  }

  /**
   * The paths that are followed, with what is in their files and not read yet, which is known also while
   * nothing is read. Paths that appeared meanwhile are missing then.
   */
  *files(): Iterable<FileLag> {
    for (const tailer of this.#turns.tailers()) yield tailer.lag();
  }

  /**
   * Follows one more file; does nothing when it is followed already, or the watcher is ending.
   *
   * @param path As in {@linkcode WatcherOptions.files}.
   * @param options What is not given is as it was when the watcher was opened.
   * @throws {TypeError} When the path is empty or a tag is none.
   * @throws {RangeError} When the encoding is unknown.
   */
  addFile(path: string, options: TailerOptions = {}): void {
    checkPath(path);
    createEvent({ tags: options.tags ?? [] });
    if (this.#state !== "open") return;
    const from = this.#isKnown(path, path) ? "beginning" : this.#options.from;
    const key = keyOf(path);
    if (this.#turns.get(key) === undefined) this.#added.add(key);
    this.#follow(key, path, withoutUndefined({ ...this.#given, from, ...options }));
  }

  /**
   * Follows a file no longer; does nothing when it is not followed.
   *
   * How far it was read is remembered: when it is added again, reading goes on there.
   */
  removeFile(path: string): void {
    const key = keyOf(path);
    this.#added.delete(key);
    this.#turns.remove(key);
  }

  /**
   * Lets this watcher read only what is there now, with unfinished last lines; then iterations end.
   *
   * An iteration that is going on ends so, too.
   *
   * @returns The watcher, to iterate it.
   */
  drain(): AsyncIterable<WatchedBatch, void, undefined> {
    if (this.#state === "open") {
      this.#findFiles("beginning", "all");
      this.#state = "draining";
      this.#turns.freeze();
      this.#wake();
    }
    return this;
  }

  /** The batches; the iteration ends when the watcher is drained or closed. */
  async *[Symbol.asyncIterator](): AsyncGenerator<WatchedBatch, void, undefined> {
    while (this.#state !== "closed") {
      const step = this.#step();
      if (step.kind === "batch") yield step.batch;
      if (step.kind !== "idle") await this.#context.scheduler.sleep(0);
      else if (this.#state === "draining") return;
      else await this.#rest();
    }
  }

  /** Closes all files and ends all iterations; closing twice is one. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.#closing ??= this.#close();
  }

  async #close(): Promise<void> {
    this.#state = "closed";
    this.#options.signal?.removeEventListener("abort", this.#onAbort);
    this.#wake();
    this.#turns[Symbol.dispose]();
    for (const replay of this.#replays) replay[Symbol.dispose]();
    await this.#hint?.[Symbol.asyncDispose]();
  }

  async #begin(): Promise<void> {
    this.#options.signal?.addEventListener("abort", this.#onAbort);
    for (const [index, path] of (this.#options.files ?? []).entries()) {
      this.addFile(path);
      if (index % OPENED_PER_TURN === 0) await this.#context.scheduler.sleep(0);
    }
    this.#findFiles(this.#options.from ?? "end", "all");
    this.#options.signal?.throwIfAborted();
  }

  #step(): TailStep {
    const replay = this.#replays[0];
    if (replay !== undefined) return this.#repeat(replay);
    const now = this.#context.scheduler.now();
    if (this.#state === "open" && now >= this.#nextLook) {
      this.#nextLook = now + this.#pollMs;
      this.#findFiles("beginning", "some");
      this.#turns.callDue(now, this.#hint ? QUIET_INTERVAL_MS : QUIET_INTERVAL_MS / 2);
      if (now >= this.#nextPlacing) this.#placeAll(now);
    }
    return this.#turns.step();
  }

  /** What an earlier run may not have delivered comes before everything else. */
  #repeat(replay: Replay): TailStep {
    const turn = replay.step();
    if (turn.kind === "batch") return turn;
    if (turn.kind === "over") {
      replay[Symbol.dispose]();
      this.#replays.shift();
    }
    return { kind: "busy" };
  }

  #follow(key: string, path: string, options: TailerOptions): void {
    this.#turns.add(key, () => new Tailer(path, this.#context, options));
    this.#hint?.watch(dirname(key));
    this.#wake();
  }

  #findFiles(from: "beginning" | "end", extent: "some" | "all"): void {
    const found = this.#finder.list(extent);
    if (found !== this.#lastFound) this.#followFound(found, from);
    for (const key of this.#turns.takeGone()) {
      if (this.#added.has(key)) continue;
      this.#turns.remove(key);
      // It is followed again when something is at its path again.
      this.#lastFound = undefined;
    }
  }

  #followFound(found: readonly FoundFile[], from: "beginning" | "end"): void {
    this.#lastFound = found;
    this.#hinted = new Set(this.#finder.directories());
    for (const directory of this.#hinted) this.#hint?.watch(directory);
    const isRead = ({ path }: FoundFile) => this.#context.register.lastAt(path) !== undefined;
    // The same for all, so that thousands of files do not have one each.
    const options = { ...this.#given, from };
    const fromBeginning = { ...this.#given, from: "beginning" } as const;
    // A file that was read claims what is left of it under other names, before these are followed.
    for (const file of [...found.filter(isRead), ...found.filter((file) => !isRead(file))]) {
      const key = keyOf(file.path);
      if (this.#turns.get(key)) continue;
      const isKnown = this.#isKnown(file.path, file.sourceKey);
      this.#follow(key, file.path, isKnown ? fromBeginning : options);
    }
  }

  /** What is new in a source that was followed earlier appeared since. */
  #isKnown(path: string, sourceKey: string): boolean {
    return this.#known.has(sourceKey) || this.#context.register.lastAt(path) !== undefined;
  }

  #placeAll(now: number): void {
    this.#nextPlacing = now + PLACE_INTERVAL_MS;
    for (const tailer of this.#turns.tailers()) tailer.place();
  }

  #take(paths: ReadonlySet<string>): void {
    this.#finder.hint(paths);
    for (const path of paths) {
      if (this.#turns.get(path)) this.#turns.call(path);
      else if (this.#hinted.has(dirname(path))) this.#nextLook = 0;
    }
    this.#wake();
  }

  async #rest(): Promise<void> {
    const { scheduler } = this.#context;
    this.#nap ??= new AbortController();
    await scheduler.sleep(this.#nextLook - scheduler.now(), this.#nap.signal);
  }

  #wake(): void {
    this.#nap?.abort();
    this.#nap = undefined;
  }
}

/** A path as the system's hints have it; the very string where it is so already, of which there are thousands. */
function keyOf(path: string): string {
  const key = resolve(path);
  return key === path ? path : key;
}
