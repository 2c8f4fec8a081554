import { dirname, resolve } from "node:path";
import { createEvent } from "../event/event.ts";
import { createTailContext, type TailContext } from "./tail_context.ts";
import { Tailer } from "./tailer.ts";
import type { TailerOptions } from "./tailer_options.ts";
import { type TailStep, TailTurns } from "./tail_turns.ts";
import { WatchHint } from "./watch_hint.ts";
import type { WatchedBatch } from "./watched_batch.ts";
import { WatchedDirectory } from "./watched_directory.ts";
import {
  checkPath,
  checkWatcherOptions,
  POLL_INTERVAL_MS,
  type WatcherOptions,
  withoutUndefined,
} from "./watcher_options.ts";

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
  readonly #turns = new TailTurns();
  readonly #directories: readonly WatchedDirectory[];
  readonly #fromDirectories = new Set<string>();
  readonly #pollMs: number;
  readonly #onAbort = () => void this[Symbol.asyncDispose]();
  #hint: WatchHint | undefined;
  #state: "open" | "draining" | "closed" = "open";
  #nap: AbortController | undefined;
  #nextLook: number;
  #closing: Promise<void> | undefined;

  private constructor(options: WatcherOptions) {
    this.#options = options;
    this.#pollMs = options.pollIntervalMs ?? POLL_INTERVAL_MS;
    this.#context = createTailContext(options);
    for (const position of options.positions ?? []) this.#context.register.remember(position);
    this.#directories = (options.directories ?? [])
      .map((path) => new WatchedDirectory(path, this.#context.observer));
    this.#nextLook = this.#context.scheduler.now() + this.#pollMs;
    if (options.watch ?? true) {
      const { scheduler, observer } = this.#context;
      this.#hint = new WatchHint({ scheduler, observer, onHint: (paths) => this.#take(paths) });
    }
  }

  /**
   * Takes a first look at all files: what is appended from now on is yielded.
   *
   * @throws {TypeError} When a path is empty or a tag is none.
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
    const { tags, split, encoding, from } = this.#options;
    this.#turns.add(resolve(path), () => {
      const given = { tags, split, encoding, from: this.#wasRead(path) ? "beginning" : from };
      return new Tailer(path, this.#context, withoutUndefined({ ...given, ...options }));
    });
    this.#hint?.watch(dirname(resolve(path)));
    this.#wake();
  }

  /**
   * Follows a file no longer; does nothing when it is not followed.
   *
   * How far it was read is remembered: when it is added again, reading goes on there.
   */
  removeFile(path: string): void {
    this.#turns.remove(resolve(path));
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
      this.#listDirectories("beginning");
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
    await this.#hint?.[Symbol.asyncDispose]();
  }

  async #begin(): Promise<void> {
    this.#options.signal?.addEventListener("abort", this.#onAbort);
    for (const [index, path] of this.#options.files.entries()) {
      this.addFile(path);
      if (index % OPENED_PER_TURN === 0) await this.#context.scheduler.sleep(0);
    }
    for (const { path } of this.#directories) this.#hint?.watch(resolve(path));
    this.#listDirectories(this.#options.from ?? "end");
    this.#options.signal?.throwIfAborted();
  }

  #step(): TailStep {
    const now = this.#context.scheduler.now();
    if (this.#state === "open" && now >= this.#nextLook) {
      this.#nextLook = now + this.#pollMs;
      this.#listDirectories("beginning");
      this.#turns.callAll();
    }
    return this.#turns.step();
  }

  #listDirectories(from: "beginning" | "end"): void {
    for (const directory of this.#directories) {
      for (const path of directory.list()) {
        const key = resolve(path);
        if (this.#turns.get(key)) continue;
        this.addFile(path, this.#wasRead(path) ? { from: "beginning" } : { from });
        this.#fromDirectories.add(key);
      }
    }
    for (const key of this.#fromDirectories) {
      if (!this.#turns.get(key)?.gone) continue;
      this.#turns.remove(key);
      this.#fromDirectories.delete(key);
    }
  }

  /** A file of an earlier run that is not the one remembered appeared since. */
  #wasRead(path: string): boolean {
    return this.#options.positions?.some((position) => position.path === path) ?? false;
  }

  #take(paths: ReadonlySet<string>): void {
    for (const path of paths) {
      if (this.#turns.get(path)) this.#turns.call(path);
      else if (this.#directories.some((directory) => resolve(directory.path) === dirname(path))) {
        this.#nextLook = 0;
      }
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
