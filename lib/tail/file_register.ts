import { type FileIdentity, fileKey, type FileNumbers, identify } from "./file_identity.ts";
import type { TailPosition } from "./tail_position.ts";

/** Positions of files let go that are remembered: far more rotations than happen while one file lingers. */
const MAX_POSITIONS = 4096;

/**
 * Knows who reads which file, and how far files were read that nobody reads any more.
 *
 * A renamed file turns up under its new name, in a watched directory or because that name is watched
 * as well; it must be read neither twice nor from its beginning.
 *
 * @example
 * ```ts
 * import { FileRegister } from "./file_register.ts";
 *
 * const register = new FileRegister();
 * const mine = register.claim("65024:17", "/var/log/app.log");
 * ```
 */
export class FileRegister {
  readonly #owners = new Map<string, unknown>();
  readonly #positions = new Map<string, TailPosition>();

  /**
   * Takes a file for one reader.
   *
   * @param key From `fileKey`, of a file that is open.
   * @param owner Whoever wants to read it.
   * @returns False when another reads it.
   */
  claim(key: string, owner: unknown): boolean {
    const known = this.#owners.get(key);
    if (known !== undefined && known !== owner) return false;
    this.#owners.set(key, owner);
    return true;
  }

  /** True when somebody else than `owner` reads the file. */
  isTaken(key: string, owner: unknown): boolean {
    const known = this.#owners.get(key);
    return known !== undefined && known !== owner;
  }

  /** Lets the file go; does nothing where it is not the owner's. */
  release(key: string, owner: unknown): void {
    if (this.#owners.get(key) === owner) this.#owners.delete(key);
  }

  /** Keeps how far a file was read, forgetting the longest known one when there are too many. */
  remember(position: TailPosition): void {
    const key = birthKey(position.identity);
    this.#positions.delete(key);
    this.#positions.set(key, position);
    if (this.#positions.size <= MAX_POSITIONS) return;
    for (const oldest of this.#positions.keys()) {
      this.#positions.delete(oldest);
      return;
    }
  }

  /** How far a file with these numbers was read; whether it is the same one, its head must tell. */
  recall(info: FileNumbers): TailPosition | undefined {
    return this.#positions.get(birthKey(identify(info)));
  }
}

function birthKey(identity: FileIdentity): string {
  return `${fileKey(identity)}:${identity.birthtimeMs}`;
}
