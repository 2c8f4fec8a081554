import { createEvent } from "../event/event.ts";
import type { Scheduler } from "./scheduler.ts";
import type { TailLimits } from "./tail_context.ts";
import type { TailObserver } from "./tail_notice.ts";
import type { TailPosition } from "./tail_position.ts";
import type { TailerOptions } from "./tailer_options.ts";

/** Time between two looks at all files: seldom enough to cost nothing, often enough for a live view. */
export const POLL_INTERVAL_MS = 250;

/** What to watch, and how. */
export interface WatcherOptions extends TailerOptions {
  /** Paths to follow; they need not exist yet. A symbolic link is followed to whatever it leads to. */
  readonly files: readonly string[];
  /** Every regular file directly in these is followed, also one that appears later. @default {[]} */
  readonly directories?: readonly string[];
  /** How far files were read earlier; they are read on from there. @default {[]} */
  readonly positions?: readonly TailPosition[];
  /** Milliseconds between two looks at every file, at least 1. @default {250} */
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
  for (const path of [...options.files, ...options.directories ?? []]) checkPath(path);
  createEvent({ tags });
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
