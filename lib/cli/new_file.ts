import { basename, dirname, join } from "node:path";
import { ClosedOutputError, type OutputStream, whyNotWritten } from "./terminal.ts";

/** Behind the name of a file that is not whole. */
const PARTIAL = ".partial";

/** Of the name, that many characters stand in the other one: file systems take 255 bytes. */
const PARTIAL_CHARACTERS = 50;

/** Options of {@linkcode NewFile.create}. */
export interface NewFileOptions {
  /** Whether to replace a file that exists; nothing happens to it before the new one is whole. @default {false} */
  readonly replace?: boolean;
  /** What to do about a file that exists, for the message. @default {nothing is said} */
  readonly hint?: string;
}

/**
 * A file that gets its name only when it is complete and on disk: until then it has another name beside
 * it, and when it is given up it is removed. A crash leaves that other one behind.
 *
 * What is no regular file, such as a device or a pipe, is written to as it is.
 */
export class NewFile implements OutputStream, AsyncDisposable {
  readonly isTerminal = false;
  readonly #path: string;
  /** Undefined for what is written to as it is. */
  readonly #partial: string | undefined;
  readonly #options: NewFileOptions;
  readonly #file: Deno.FsFile;
  #isFinished = false;

  private constructor(
    path: string,
    file: Deno.FsFile,
    partial: string | undefined,
    options: NewFileOptions,
  ) {
    this.#path = path;
    this.#file = file;
    this.#partial = partial;
    this.#options = options;
  }

  /**
   * Begins a file.
   *
   * @throws {Error} When it exists and is not to be replaced, or cannot be made; the message names it.
   */
  static async create(path: string, options: NewFileOptions = {}): Promise<NewFile> {
    try {
      const existing = await statOf(path);
      if (existing !== undefined && !existing.isFile && !existing.isDirectory) {
        return new NewFile(path, await Deno.open(path, { write: true }), undefined, options);
      }
      if (existing?.isDirectory) throw new Error("it is a directory");
      const target = existing === undefined ? path : await Deno.realPath(path);
      await assertFree(path, options);
      const partial = partialPath(target);
      return new NewFile(target, await Deno.create(partial), partial, options);
    } catch (cause) {
      throw cannotWrite(path, cause);
    }
  }

  async write(bytes: Uint8Array): Promise<void> {
    try {
      for (let at = 0; at < bytes.length;) at += await this.#file.write(bytes.subarray(at));
    } catch (cause) {
      throw cannotWrite(this.#path, cause);
    }
  }

  writeSync(bytes: Uint8Array): void {
    try {
      for (let at = 0; at < bytes.length;) at += this.#file.writeSync(bytes.subarray(at));
    } catch (cause) {
      throw cannotWrite(this.#path, cause);
    }
  }

  /**
   * Gives it its name.
   *
   * @throws {Error} When it cannot be brought to the disk, or a file of the name was made meanwhile.
   */
  async finish(): Promise<void> {
    if (this.#partial === undefined) return;
    try {
      await this.#file.sync();
      await assertFree(this.#path, this.#options);
      await Deno.rename(this.#partial, this.#path);
      this.#isFinished = true;
    } catch (cause) {
      throw cannotWrite(this.#path, cause);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#file.close();
    if (this.#isFinished || this.#partial === undefined) return;
    await Deno.remove(this.#partial).catch(() => {});
  }
}

/** Another one each time: somebody else may write the same file. */
function partialPath(path: string): string {
  const mark = crypto.randomUUID().slice(0, 8);
  const name = [...basename(path)].slice(0, PARTIAL_CHARACTERS).join("");
  return join(dirname(path), `.${name}.${mark}${PARTIAL}`);
}

async function assertFree(path: string, { replace = false, hint }: NewFileOptions): Promise<void> {
  if (replace) return;
  // A link that leads nowhere would be replaced as well.
  const exists = await Deno.lstat(path).then(() => true, () => false);
  if (exists) throw new Error(`it exists already${hint === undefined ? "" : `; ${hint}`}`);
}

async function statOf(path: string): Promise<Deno.FileInfo | undefined> {
  try {
    return await Deno.stat(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

function cannotWrite(path: string, cause: unknown): Error {
  if (cause instanceof Deno.errors.BrokenPipe) {
    return new ClosedOutputError(`Cannot write to '${path}': it was closed`, { cause });
  }
  return new Error(`Cannot write file '${path}': ${whyNotWritten(cause)}`, { cause });
}
