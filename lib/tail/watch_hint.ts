import type { Scheduler } from "./scheduler.ts";
import { type TailObserver, toError } from "./tail_notice.ts";

/** Hints are gathered this long: a writer of thousands of lines a second makes as many of them. */
const HINT_PAUSE_MS = 10;

/** What hints need. */
export interface WatchHintOptions {
  /** Is given the paths where something happened, as the system names them: absolute. */
  readonly onHint: (paths: ReadonlySet<string>) => void;
  /** For the pause in which hints are gathered. */
  readonly scheduler: Scheduler;
  /** Is told of directories that cannot be watched. */
  readonly observer: TailObserver;
}

/**
 * Tells early that something changed in a directory.
 *
 * The system loses events under bursts and gives none on network file systems, so a hint is never
 * more than a reason to look now. Everything works without: a directory that cannot be watched is
 * reported and left to the timer.
 *
 * @example
 * ```ts
 * import { WatchHint } from "./watch_hint.ts";
 * import { SYSTEM_SCHEDULER } from "./scheduler.ts";
 *
 * await using hint = new WatchHint({
 *   onHint: (paths) => console.log(paths.size),
 *   scheduler: SYSTEM_SCHEDULER,
 *   observer: () => {},
 * });
 * hint.watch("/var/log");
 * ```
 */
export class WatchHint implements AsyncDisposable {
  readonly #options: WatchHintOptions;
  readonly #watchers = new Map<string, Deno.FsWatcher>();
  readonly #stop = new AbortController();
  readonly #loops: Promise<void>[] = [];
  #gathered = new Set<string>();
  #delivery: Promise<void> | undefined;

  /** Watches nothing yet. */
  constructor(options: WatchHintOptions) {
    this.#options = options;
  }

  /** Asks for hints about what is directly in a directory; asking twice is one. */
  watch(directory: string): void {
    if (this.#stop.signal.aborted || this.#watchers.has(directory)) return;
    try {
      const watcher = Deno.watchFs(directory, { recursive: false });
      this.#watchers.set(directory, watcher);
      this.#loops.push(this.#listen(directory, watcher));
    } catch (error) {
      this.#report(directory, error);
    }
  }

  /** Ends all hints; doing so twice is one. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    for (const watcher of this.#watchers.values()) watcher.close();
    this.#watchers.clear();
    await Promise.all(this.#loops);
    await this.#delivery;
  }

  async #listen(directory: string, watcher: Deno.FsWatcher): Promise<void> {
    try {
      for await (const { kind, paths } of watcher) {
        if (kind === "access") continue;
        for (const path of paths) this.#gathered.add(path);
        this.#delivery ??= this.#deliver();
      }
    } catch (error) {
      this.#report(directory, error);
    }
  }

  async #deliver(): Promise<void> {
    await this.#options.scheduler.sleep(HINT_PAUSE_MS, this.#stop.signal);
    const paths = this.#gathered;
    this.#gathered = new Set();
    this.#delivery = undefined;
    if (!this.#stop.signal.aborted) this.#options.onHint(paths);
  }

  #report(directory: string, error: unknown): void {
    this.#options.observer({ kind: "hints-unavailable", path: directory, error: toError(error) });
  }
}
