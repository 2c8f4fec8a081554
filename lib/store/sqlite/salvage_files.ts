import { dirname } from "node:path";

/**
 * The files around a repair, each written by one step of it:
 *
 * 1. `<store>.partial` is being made; a crash leaves the old store, and the next opening removes it.
 * 2. Complete and on disk, it becomes `<store>.salvaged`. From here on it is the store: the next opening
 *    goes on with what follows.
 * 3. The damaged log, then the damaged database, become `<store>.damaged-<n>-wal` and
 *    `<store>.damaged-<n>`.
 * 4. `<store>.salvaged` takes the name of the store.
 */
export class SalvageFiles {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  /** Where the new database is made. */
  get partial(): string {
    return `${this.#path}.partial`;
  }

  /** Removes what an interrupted repair left that did not come to its end. */
  removePartial(): void {
    for (const end of ["", "-wal", "-shm", "-journal"]) remove(`${this.partial}${end}`);
  }

  /** Makes the new database, which must be closed, the one that counts. */
  complete(): void {
    if (exists(`${this.partial}-wal`)) throw new Error("its log could not be emptied");
    sync(this.partial);
    Deno.renameSync(this.partial, this.#salvaged);
    sync(dirname(this.#path));
  }

  /**
   * Puts a new database that counts in the place of the damaged one.
   *
   * @returns The path where the damaged one is kept, undefined when there is no new one.
   */
  putInPlace(): string | undefined {
    if (!exists(this.#salvaged)) return undefined;
    const kept = this.#keptPath();
    rename(`${this.#path}-wal`, `${kept}-wal`);
    rename(this.#path, kept);
    remove(`${this.#path}-shm`);
    sync(dirname(this.#path));
    remove(this.#suspect);
    Deno.renameSync(this.#salvaged, this.#path);
    sync(dirname(this.#path));
    return kept;
  }

  /** Remembers for the next opening that SQLite found the structure damaged. */
  suspect(): void {
    Deno.writeTextFileSync(this.#suspect, "");
  }

  /** Whether it was remembered, since the last repair. */
  get isSuspect(): boolean {
    return exists(this.#suspect);
  }

  get #salvaged(): string {
    return `${this.#path}.salvaged`;
  }

  get #suspect(): string {
    return `${this.#path}.suspect`;
  }

  /** The first that is free; the same one again after a crash between log and database. */
  #keptPath(): string {
    for (let n = 1;; n++) {
      const path = `${this.#path}.damaged-${n}`;
      if (!exists(path)) return path;
    }
  }
}

function exists(path: string): boolean {
  try {
    Deno.lstatSync(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

function remove(path: string): void {
  try {
    Deno.removeSync(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

function rename(from: string, to: string): void {
  if (exists(from)) Deno.renameSync(from, to);
}

function sync(path: string): void {
  using file = Deno.openSync(path);
  file.syncSync();
}
