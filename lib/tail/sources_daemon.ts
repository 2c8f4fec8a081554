import type { Event } from "../event/event.ts";
import { assertNoDirectory, type FileSourceOptions } from "./file_source.ts";
import type { TailObserver } from "./tail_notice.ts";
import { toError } from "./tail_notice.ts";
import { Watcher } from "./watcher.ts";
import type { WatcherOptions } from "./watcher_options.ts";

/** Takes an event over; the next one waits until it is done. */
export type SendEvent = (event: Event) => void | Promise<void>;

/** Settings of a {@linkcode SourcesDaemon}. */
export type SourcesDaemonOptions = Pick<
  WatcherOptions,
  "tags" | "pollIntervalMs" | "watch" | "observer" | "signal" | "scheduler" | "host"
>;

/**
 * Follows files and sends an event for each change, as in Theia 0.9.2.
 *
 * The content of an event is the text that was appended, of one line or many; its tags are those of
 * the daemon and then those of the source.
 *
 * @example
 * ```ts
 * import { SourcesDaemon } from "./mod.ts";
 *
 * await using daemon = await SourcesDaemon.open((event) => console.log(event.content), {
 *   tags: ["host-1"],
 * });
 * daemon.addSource("/var/log/app.log", { tags: ["app"] });
 * ```
 */
export class SourcesDaemon implements AsyncDisposable {
  readonly #watcher: Watcher;
  readonly #send: SendEvent;
  readonly #tags: readonly string[];
  readonly #observer: TailObserver;
  readonly #running: Promise<void>;

  private constructor(watcher: Watcher, send: SendEvent, options: SourcesDaemonOptions) {
    this.#watcher = watcher;
    this.#send = send;
    this.#tags = options.tags ?? [];
    this.#observer = options.observer ?? (() => {});
    this.#running = this.#run();
  }

  /**
   * Makes a daemon without sources.
   *
   * @param send Takes the events one after another. When it throws, the event is lost and the observer told.
   * @throws {TypeError} When a tag is none.
   */
  static async open(send: SendEvent, options: SourcesDaemonOptions = {}): Promise<SourcesDaemon> {
    const watcher = await Watcher.open({ ...options, files: [], split: "diff" });
    return new SourcesDaemon(watcher, send, options);
  }

  /**
   * Follows a file from its present end on; does nothing when it is followed already.
   *
   * @throws {TypeError} When there is a directory at the path.
   * @throws {RangeError} When the encoding is unknown.
   */
  addSource(path: string, options: Omit<FileSourceOptions, "observer"> = {}): void {
    assertNoDirectory(path);
    const { encoding = "utf-8", tags = [] } = options;
    this.#watcher.addFile(path, { encoding, tags: [...this.#tags, ...tags] });
  }

  /** Follows a file no longer; see {@linkcode Watcher.removeFile}. */
  removeSource(path: string): void {
    this.#watcher.removeFile(path);
  }

  /** Ends all following, waiting for the event that is being sent; ending twice is one. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#watcher[Symbol.asyncDispose]();
    await this.#running;
  }

  async #run(): Promise<void> {
    for await (const { events } of this.#watcher) {
      for (const event of events) await this.#sendOne(event);
    }
  }

  async #sendOne(event: Event): Promise<void> {
    try {
      await this.#send(event);
    } catch (error) {
      this.#observer({ kind: "send-failed", path: event.source, error: toError(error) });
    }
  }
}
