import { type FileIdentity, fileKey, type FileNumbers } from "./file_identity.ts";
import { familyOf } from "./rotation_names.ts";
import type { TailPosition } from "./tail_position.ts";

/**
 * Files that are held open: a handle keeps what was deleted readable, and costs the system little; many
 * systems allow a program 1,024.
 */
export const MAX_OPEN_FILES = 512;

/** Fewer files than this are never held open, whatever the system says. */
const MIN_OPEN_FILES = 8;

/** Handles that the rest of the program may need when the system has no more. */
const SPARE_FILES = 16;

/** Positions that are remembered: some times the files that are followed at once, some hundred bytes each. */
const MAX_POSITIONS = 65_536;

/**
 * Knows who reads which file, and how far files were read, also those that nobody reads any more.
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
  #maxOpen = MAX_OPEN_FILES;
  readonly #open = new Map<string, () => TailPosition>();
  readonly #positions = new Map<string, TailPosition>();
  readonly #lastAt = new Map<string, TailPosition>();
  /** How many files are known by a path: those that it named one after another. */
  readonly #counts = new Map<string, number>();
  readonly #families = new Map<string, Set<string>>();

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

  /** Whether so many files are open that those with nothing to read should be closed. */
  get isCrowded(): boolean {
    return this.#owners.size > this.#maxOpen;
  }

  /** The system has no more handles: from now on fewer files are held open. */
  noticeShortage(): void {
    this.#maxOpen = Math.max(
      MIN_OPEN_FILES,
      Math.min(this.#maxOpen, this.#owners.size) - SPARE_FILES,
    );
  }

  /** True when somebody else than `owner` reads the file. */
  isTaken(key: string, owner?: unknown): boolean {
    const known = this.#owners.get(key);
    return known !== undefined && known !== owner;
  }

  /** Lets the file go; does nothing where it is not the owner's. */
  release(key: string, owner: unknown): void {
    if (this.#owners.get(key) !== owner) return;
    this.#owners.delete(key);
    this.#open.delete(key);
  }

  /**
   * Asks from now on for the position of a file that is open, until it is released.
   *
   * @param key From `fileKey`, of a file that was claimed.
   */
  follow(key: string, position: () => TailPosition): void {
    this.#open.set(key, position);
  }

  /**
   * Keeps how far a file was read, forgetting the longest known one when there are too many.
   *
   * @param isAtPath False for a file that is not the one its path names: a rotation, a copy.
   */
  remember(position: TailPosition, isAtPath = true): void {
    this.#keep(fileKey(position.identity), position);
    if (isAtPath) this.#lastAt.set(position.path, position);
  }

  /** A file is gone for good: another one may get its numbers, and a copy may have its content. */
  forget(identity: FileIdentity): void {
    const key = fileKey(identity);
    const known = this.#positions.get(key);
    if (known === undefined) return;
    this.#drop(key);
    this.#keep(`${key}:gone`, known);
  }

  #keep(key: string, position: TailPosition): void {
    this.#drop(key);
    this.#positions.set(key, position);
    this.#counts.set(position.path, (this.#counts.get(position.path) ?? 0) + 1);
    this.#family(position.path).add(key);
    if (this.#positions.size <= MAX_POSITIONS) return;
    for (const oldest of this.#positions.keys()) return this.#drop(oldest);
  }

  #drop(key: string): void {
    const known = this.#positions.get(key);
    if (known === undefined) return;
    this.#positions.delete(key);
    const count = (this.#counts.get(known.path) ?? 0) - 1;
    if (count > 0) this.#counts.set(known.path, count);
    else this.#counts.delete(known.path);
    const family = this.#family(known.path);
    family.delete(key);
    if (family.size === 0) this.#families.delete(familyOf(known.path));
  }

  /** How far a file with these numbers was read; whether it is the same one, its content must tell. */
  recall(info: FileNumbers): TailPosition | undefined {
    const key = fileKey(info);
    return this.#open.get(key)?.() ?? this.#positions.get(key);
  }

  /** How far the file was read that was seen at a path last. */
  lastAt(path: string): TailPosition | undefined {
    return this.#lastAt.get(path);
  }

  /** Whether files are known that a path named before the last one. */
  hasFormer(path: string): boolean {
    return (this.#counts.get(path) ?? 0) > 1;
  }

  /** How far the files were read that may be rotations of one another with this path. */
  relatedTo(path: string): readonly TailPosition[] {
    const keys = [...this.#families.get(familyOf(path)) ?? []];
    // What is remembered of an open file may be how far it was read before it was truncated.
    return keys.flatMap((key) =>
      [this.#open.get(key)?.() ?? [], this.#positions.get(key) ?? []].flat()
    );
  }

  #family(path: string): Set<string> {
    const name = familyOf(path);
    let family = this.#families.get(name);
    if (family === undefined) {
      family = new Set();
      this.#families.set(name, family);
    }
    return family;
  }
}
