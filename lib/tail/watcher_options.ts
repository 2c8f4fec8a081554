import { createEvent } from "../event/event.ts";
import type { RecordedBatch } from "./checkpoint/recorded_batch.ts";
import type { Scheduler } from "./scheduler.ts";
import type { TailLimits } from "./tail_context.ts";
import type { TailObserver } from "./tail_notice.ts";
import type { TailPosition } from "./tail_position.ts";
import type { TailerOptions } from "./tailer_options.ts";

/** Time between two looks at files that change: seldom enough to cost nothing, often enough for a live view. */
export const POLL_INTERVAL_MS = 250;

/** What to watch, and how. */
export interface WatcherOptions extends TailerOptions {
  /** Paths to follow; they need not exist yet. A symbolic link is followed to whatever it leads to. @default {[]} */
  readonly files?: readonly string[];
  /** Every regular file directly in these is followed, also one that appears later. @default {[]} */
  readonly directories?: readonly string[];
  /** Every regular file in these, and in the directories below them. @default {[]} */
  readonly recursive?: readonly string[];
  /** Every file whose path matches one of these patterns, such as `/var/log/*.log`. @default {[]} */
  readonly globs?: readonly string[];
  /** Of directories and patterns these names or paths are left out. @default {[]} */
  readonly excludes?: readonly string[];
  /** How far files were read earlier, in the order of time; they are read on from there. @default {[]} */
  readonly positions?: readonly TailPosition[];
  /** Batches of an earlier run that may not have been delivered: they are yielded again first. @default {[]} */
  readonly unsettled?: readonly RecordedBatch[];
  /**
   * Files, directories and patterns that an earlier run followed: what is new in them is read from its
   * beginning.
   *
   * @default {[]}
   */
  readonly sources?: readonly string[];
  /** Is told where files stand of which nothing is yielded. @default {nobody} */
  readonly onPlace?: (position: TailPosition) => void;
  /** Milliseconds between two looks at files that change, at least 1. @default {250} */
  readonly pollIntervalMs?: number;
  /** Lets the system's notices about changed files wake the watcher earlier. @default {true} */
  readonly watch?: boolean;
  /** Name of this machine in event ids. @default {Deno.hostname()} */
  readonly host?: string;
  /** Bounds of batches and waiting. */
  readonly limits?: Partial<TailLimits>;
  /** Is told of everything but lines. @default {nobody} */
  readonly observer?: TailObserver;
  /** Closes the watcher when aborted; iterations end without an error. */
  readonly signal?: AbortSignal;
  /** Clock and timers. @default {SYSTEM_SCHEDULER} */
  readonly scheduler?: Scheduler;
}

/**
 * Checks the rules of {@linkcode WatcherOptions}.
 *
 * @throws {TypeError} When a path is empty or a tag is none.
 * @throws {RangeError} When a number is out of its range.
 */
export function checkWatcherOptions(options: WatcherOptions): void {
  const { pollIntervalMs = POLL_INTERVAL_MS, tags = [] } = options;
  if (!(pollIntervalMs >= 1)) {
    throw new RangeError(
      `Cannot watch files as 'pollIntervalMs' must be at least 1: current value is ${pollIntervalMs}`,
    );
  }
  for (const path of sourcesOf(options)) checkPath(path);
  createEvent({ tags });
}

/** Files, directories and patterns, as the user gave them. */
export function sourcesOf(options: WatcherOptions): readonly string[] {
  const { files = [], directories = [], recursive = [], globs = [] } = options;
  return [...files, ...directories, ...recursive, ...globs];
}

/**
 * Checks that a path can be the source of events.
 *
 * @throws {TypeError} When it is empty or has more than one line.
 */
export function checkPath(path: string): void {
  if (path === "" || path.includes("\n")) {
    throw new TypeError(
      `Cannot watch a file as its path must be a non-empty single line: current value is ${
        JSON.stringify(path)
      }`,
    );
  }
}

/** The same members, of which none is undefined. */
export type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** Leaves out the members that are undefined, which an optional member must not be. */
export function withoutUndefined<T extends object>(options: T): Defined<T> {
  return Object.fromEntries(
    Object.entries(options).filter(([, value]) => value !== undefined),
  ) as Defined<T>;
}
