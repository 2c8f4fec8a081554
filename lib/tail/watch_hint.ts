import type { Scheduler } from "./scheduler.ts";
import { type TailObserver, toError } from "./tail_notice.ts";

/** Hints are gathered this long: a writer of thousands of lines a second makes as many of them. */
const HINT_PAUSE_MS = 10;

/** Notices of the system about one directory. */
export interface DirectoryWatcher extends AsyncIterable<Deno.FsEvent> {
  /** Ends the iteration. */
  close(): void;
}

/** What hints need. */
export interface WatchHintOptions {
  /** Is given the paths where something happened, as the system names them: absolute. */
  readonly onHint: (paths: ReadonlySet<string>) => void;
  /** The system has lost count: something may have happened anywhere. @default {nobody} */
  readonly onRescan?: () => void;
  /** For the pause in which hints are gathered. */
  readonly scheduler: Scheduler;
  /** Is told of directories that cannot be watched. */
  readonly observer: TailObserver;
  /** Asks the system for notices. @default {`Deno.watchFs`} */
  readonly open?: (directory: string) => DirectoryWatcher;
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
 *   onRescan: () => console.log("look at everything"),
 *   scheduler: SYSTEM_SCHEDULER,
 *   observer: () => {},
 * });
 * hint.watch("/var/log");
 * ```
 */
export class WatchHint implements AsyncDisposable {
  readonly #options: WatchHintOptions;
  readonly #watchers = new Map<string, DirectoryWatcher>();
  readonly #stop = new AbortController();
  readonly #loops = new Set<Promise<void>>();
  readonly #reported = new Set<string>();
  #gathered = new Set<string>();
  #isRescan = false;
  #delivery: Promise<void> | undefined;

  /** Watches nothing yet. */
  constructor(options: WatchHintOptions) {
    this.#options = options;
  }

  /**
   * Asks for hints about what is directly in a directory; asking twice is one.
   *
   * They end when the directory is removed or renamed: ask again for the next one of that name.
   */
  watch(directory: string): void {
    if (this.#stop.signal.aborted || this.#watchers.has(directory)) return;
    try {
      const watcher = (this.#options.open ?? openDirectory)(directory);
      this.#watchers.set(directory, watcher);
      this.#reported.delete(directory);
      const loop = this.#listen(directory, watcher).finally(() => this.#loops.delete(loop));
      this.#loops.add(loop);
    } catch (error) {
      this.#report(directory, error);
    }
  }

  /** Asks for hints about these directories, and about no others any more. */
  watchOnly(directories: Iterable<string>): void {
    const wanted = new Set(directories);
    for (const [directory, watcher] of this.#watchers) {
      if (!wanted.has(directory)) this.#unwatch(directory, watcher);
    }
    for (const directory of wanted) this.watch(directory);
  }

  /** Ends all hints; doing so twice is one. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    for (const [directory, watcher] of this.#watchers) this.#unwatch(directory, watcher);
    await Promise.all(this.#loops);
    await this.#delivery;
  }

  /** Does nothing where the directory has another watcher by now. */
  #unwatch(directory: string, watcher: DirectoryWatcher): void {
    if (this.#watchers.get(directory) !== watcher) return;
    this.#watchers.delete(directory);
    watcher.close();
  }

  async #listen(directory: string, watcher: DirectoryWatcher): Promise<void> {
    try {
      for await (const event of watcher) {
        this.#gather(event);
        if (isEndOf(directory, event)) this.#unwatch(directory, watcher);
      }
    } catch (error) {
      this.#unwatch(directory, watcher);
      this.#report(directory, error);
    }
  }

  #gather({ kind, paths, flag }: Deno.FsEvent): void {
    if (flag === "rescan") this.#isRescan = true;
    else if (kind === "access") return;
    for (const path of paths) this.#gathered.add(path);
    this.#delivery ??= this.#deliver();
  }

  async #deliver(): Promise<void> {
    await this.#options.scheduler.sleep(HINT_PAUSE_MS, this.#stop.signal);
    const paths = this.#gathered;
    const isRescan = this.#isRescan;
    this.#gathered = new Set();
    this.#isRescan = false;
    this.#delivery = undefined;
    if (this.#stop.signal.aborted) return;
    if (isRescan) this.#options.onRescan?.();
    this.#options.onHint(paths);
  }

  /** What is no fault of the directory, as that there are too many, is reported for one of them. */
  #report(directory: string, thrown: unknown): void {
    const error = toError(thrown);
    const isItsOwn = error instanceof Deno.errors.NotFound ||
      error instanceof Deno.errors.PermissionDenied;
    const cause = isItsOwn ? directory : error.message;
    if (this.#reported.has(cause)) return;
    this.#reported.add(cause);
    this.#options.observer({ kind: "hints-unavailable", path: directory, error });
  }
}

function openDirectory(directory: string): DirectoryWatcher {
  return Deno.watchFs(directory, { recursive: false });
}

function isEndOf(directory: string, { kind, paths }: Deno.FsEvent): boolean {
  return (kind === "remove" || kind === "rename") && paths.includes(directory);
}
