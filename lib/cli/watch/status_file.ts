import { dirname } from "node:path";
import { isNoSpace } from "../../base/no_space.ts";
import { badValue } from "../option_value.ts";
import type { Reporter } from "../reporter.ts";
import { WATCH_OPTIONS } from "./watch_options.ts";
import type { WatchStatus } from "./watch_status.ts";

/** Time between two looks at what changed: whoever watches the watcher looks every few seconds. */
const INTERVAL_MS = 1000;

/** It is written so often though nothing changed, so that its age tells whether the watcher lives. */
const MAX_AGE_MS = 10_000;

/** What a {@linkcode StatusFile} works with. */
export interface StatusFileParts {
  readonly status: () => WatchStatus;
  readonly reporter: Reporter;
  /** The time in milliseconds since 1970. */
  readonly now: () => number;
}

/**
 * Keeps a file with the status of a watcher: the whole status at any time, never a part of it, as each
 * one is written beside the one before and takes its name.
 *
 * It is not synced: after a crash of the machine it says nothing anyway.
 */
export class StatusFile implements AsyncDisposable {
  readonly #path: string;
  readonly #parts: StatusFileParts;
  #timer: ReturnType<typeof setInterval> | undefined;
  #writing: Promise<void> = Promise.resolve();
  #isWriting = false;
  #written = "";
  #writtenMs = -Infinity;
  #isFailing = false;

  private constructor(path: string, parts: StatusFileParts) {
    this.#path = path;
    this.#parts = parts;
  }

  /**
   * Writes the status for the first time, and from now on when it changes.
   *
   * @throws {Error} When the file cannot be written, unless that is for lack of room on the disk.
   */
  static async open(path: string, parts: StatusFileParts): Promise<StatusFile> {
    const file = new StatusFile(path, parts);
    try {
      await file.#write(parts.status());
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      if (!isNoSpace(cause)) {
        throw new Error(
          `Cannot write the status to '${path}': ${reason}; name another file with '--status'`,
          { cause },
        );
      }
      file.#failed(reason);
    }
    file.#timer = setInterval(() => file.#tick(), INTERVAL_MS);
    return file;
  }

  /** Writes the status for the last time. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#timer === undefined) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
    await this.#writing;
    this.#writtenMs = -Infinity;
    this.#tick();
    await this.#writing;
  }

  #tick(): void {
    if (this.#isWriting) return;
    const status = this.#parts.status();
    const isOld = this.#parts.now() - this.#writtenMs >= MAX_AGE_MS;
    if (!isOld && withoutTime(status) === this.#written) return;
    this.#isWriting = true;
    this.#writing = this.#write(status)
      .then(() => this.#passed(), (error) => this.#failed(String(error?.message ?? error)))
      .finally(() => this.#isWriting = false);
  }

  async #write(status: WatchStatus): Promise<void> {
    const temporary = `${this.#path}.temp`;
    try {
      await Deno.writeTextFile(temporary, `${JSON.stringify(status, undefined, 2)}\n`);
      await Deno.rename(temporary, this.#path);
    } catch (error) {
      await Deno.remove(temporary).catch(() => {});
      throw error;
    }
    this.#written = withoutTime(status);
    this.#writtenMs = this.#parts.now();
  }

  #failed(reason: string): void {
    if (this.#isFailing) return;
    this.#isFailing = true;
    this.#parts.reporter.warning(
      `Cannot write the status to '${this.#path}', trying again: ${reason}`,
    );
  }

  #passed(): void {
    if (!this.#isFailing) return;
    this.#isFailing = false;
    this.#parts.reporter.notice(`The status is written to '${this.#path}' again.`);
  }
}

/**
 * Checks that a status can be written to a file.
 *
 * @throws {UsageError} When there is no directory for it, or a directory is at the path.
 */
export async function checkStatusPath(path: string): Promise<void> {
  const directory = await statOf(dirname(path));
  if (path === "" || directory?.isDirectory !== true) {
    throw badValue(WATCH_OPTIONS.status, "be a file in a directory that is there", path);
  }
  if ((await statOf(path))?.isDirectory) {
    throw badValue(WATCH_OPTIONS.status, "be a file, not a directory", path);
  }
}

async function statOf(path: string): Promise<Deno.FileInfo | undefined> {
  try {
    return await Deno.stat(path);
  } catch {
    return undefined;
  }
}

function withoutTime(status: WatchStatus): string {
  return JSON.stringify({ ...status, now: "" });
}
