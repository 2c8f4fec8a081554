/** The calls of the file system that the watcher makes between two of which something may happen. */
const CALLS = ["statSync", "lstatSync", "openSync", "readDirSync", "realPathSync"] as const;

const HANDLE_CALLS = ["statSync", "readSync"] as const;

type Call = (...args: unknown[]) => unknown;

/**
 * Has something happen just before calls of the file system, as other programs do things at any moment;
 * until it is disposed.
 *
 * What happens may call the file system itself.
 */
export class InterposedFiles implements Disposable {
  readonly #before: () => void;
  readonly #restore: (() => void)[] = [];
  #isInside = false;

  /** @param before Is called before each call that is not its own. */
  constructor(before: () => void) {
    this.#before = before;
    for (const name of CALLS) this.#interpose(Deno as unknown as Record<string, Call>, name);
    const handle = Deno.FsFile.prototype as unknown as Record<string, Call>;
    for (const name of HANDLE_CALLS) this.#interpose(handle, name);
  }

  /** Does something without anything happening in between. */
  without<T>(work: () => T): T {
    const wasInside = this.#isInside;
    this.#isInside = true;
    try {
      return work();
    } finally {
      this.#isInside = wasInside;
    }
  }

  /** Nothing happens any more. */
  [Symbol.dispose](): void {
    for (const restore of this.#restore.splice(0)) restore();
  }

  #interpose(owner: Record<string, Call>, name: string): void {
    const original = owner[name];
    if (original === undefined) throw new Error(`Cannot interpose as there is no '${name}'`);
    // deno-lint-ignore no-this-alias
    const files = this;
    owner[name] = function (this: unknown, ...args: unknown[]): unknown {
      if (!files.#isInside) files.without(files.#before);
      return original.apply(this, args);
    };
    this.#restore.push(() => owner[name] = original);
  }
}
