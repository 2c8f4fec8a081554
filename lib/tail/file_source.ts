import { createTailContext } from "./tail_context.ts";
import type { TailObserver } from "./tail_notice.ts";
import { Tailer } from "./tailer.ts";

/**
 * Is given what was appended to a file.
 *
 * @param diff The text.
 * @param path The path of the file.
 * @param tags The tags of the source.
 */
export type FileSourceCallback = (diff: string, path: string, tags: readonly string[]) => void;

/** Settings of a {@linkcode FileSource}. */
export interface FileSourceOptions {
  /** A label that `TextDecoder` knows. @default {"utf-8"} */
  readonly encoding?: string;
  /** Given to the callback with each text. @default {[]} */
  readonly tags?: readonly string[];
  /** Is told of everything but text. @default {nobody} */
  readonly observer?: TailObserver;
}

/**
 * A file whose changes others notice, as in Theia 0.9.2: each method says what happened to it.
 *
 * It begins at the end of the file that is there; the file need not be there yet. More than 256 KiB
 * appended at once come in several calls, and a character of which only the beginning is written
 * waits for its rest.
 *
 * @example
 * ```ts
 * import { FileSource } from "./mod.ts";
 * import assert from "node:assert/strict";
 *
 * const path = await Deno.makeTempFile();
 * const diffs: string[] = [];
 * using source = new FileSource(path, (diff) => diffs.push(diff));
 * await Deno.writeTextFile(path, "hello");
 * source.modified();
 * assert.deepEqual(diffs, ["hello"]);
 * ```
 */
export class FileSource implements Disposable {
  readonly #callback: FileSourceCallback;
  readonly #options: FileSourceOptions;
  readonly #tags: readonly string[];
  #context;
  #tailer: Tailer;

  /**
   * Follows a file from its present end on.
   *
   * @throws {TypeError} When there is a directory at the path.
   * @throws {RangeError} When the encoding is unknown.
   */
  constructor(path: string, callback: FileSourceCallback, options: FileSourceOptions = {}) {
    assertNoDirectory(path);
    this.#callback = callback;
    this.#options = options;
    this.#tags = options.tags ?? [];
    this.#context = createTailContext(options);
    this.#tailer = this.#follow(path, "end");
  }

  /** Where the file is now. */
  get path(): string {
    return this.#tailer.path;
  }

  /** Calls back with what was appended since the last time; not at all when that is nothing. */
  modified(): void {
    this.#read(false);
  }

  /** The file has another path now; its position is kept. */
  moved(destination: string): void {
    this.#tailer[Symbol.dispose]();
    this.#tailer = this.#follow(destination, "beginning");
  }

  /** The file was made anew: it is read from its beginning. Does not call back. */
  created(): void {
    const { path } = this.#tailer;
    this.#tailer[Symbol.dispose]();
    this.#context = createTailContext(this.#options);
    this.#tailer = this.#follow(path, "beginning");
  }

  /** The file was deleted: calls back with what is left of it, if anything. */
  removed(): void {
    this.#read(true);
  }

  /** Closes the file; closing twice is one. */
  [Symbol.dispose](): void {
    this.#tailer[Symbol.dispose]();
  }

  #follow(path: string, from: "beginning" | "end"): Tailer {
    const encoding = this.#options.encoding ?? "utf-8";
    return new Tailer(path, this.#context, { encoding, from, split: "diff" });
  }

  #read(final: boolean): void {
    let turn = this.#tailer.read(final);
    while (turn.more) {
      for (const event of turn.batch?.events ?? []) {
        this.#callback(event.content, this.path, this.#tags);
      }
      turn = this.#tailer.read(final);
    }
  }
}

/**
 * Checks that a path is none of a directory.
 *
 * @throws {TypeError} When there is a directory at the path.
 */
export function assertNoDirectory(path: string): void {
  if (!isDirectory(path)) return;
  throw new TypeError(
    `Cannot follow '${path}' as it must be a file: it is a directory; watch it as a directory instead`,
  );
}

function isDirectory(path: string): boolean {
  try {
    return Deno.statSync(path).isDirectory;
  } catch {
    return false;
  }
}
