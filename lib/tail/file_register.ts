import { type FileIdentity, fileKey, type FileNumbers, identify } from "./file_identity.ts";
import type { ByteReader } from "./byte_reader.ts";
import { handleLimit } from "./handle_limit.ts";
import { familyOf } from "./rotation_names.ts";
import type { TailPosition } from "./tail_position.ts";

/** An open file and the path for which it is read. */
export interface ClaimedFile {
  readonly path: string;
  readonly reader: ByteReader;
}

interface Claim extends ClaimedFile {
  readonly owner: unknown;
  isPassedOver: boolean;
}

/**
 * Files that are held open: a handle keeps what was deleted readable, and costs the system little; many
 * systems allow a program 1,024.
 */
export const MAX_OPEN_FILES = 512;

/** Fewer files than this are never held open, whatever the system says. */
const MIN_OPEN_FILES = 8;

/** Handles that the program needs besides, of which a watcher has some for each directory. */
const OTHER_HANDLES = 32;

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
 * import { fileKey } from "./file_identity.ts";
 * import { FileReader } from "./file_reader.ts";
 * import { FileRegister } from "./file_register.ts";
 *
 * const path = await Deno.makeTempFile();
 * using reader = FileReader.open(path);
 * const register = new FileRegister();
 * const mine = register.claim(fileKey(reader.stat()), "me", { path, reader });
 * ```
 */
export class FileRegister {
  readonly #claims = new Map<string, Claim>();
  /** The keys of open files by family. */
  readonly #open = new Map<string, Set<string>>();
  #maxOpen = Math.min(MAX_OPEN_FILES, shareOf(handleLimit()));
  readonly #waiting = new Set<unknown>();
  readonly #positions = new Map<string, TailPosition>();
  /** Of a file that was truncated its last content. */
  readonly #latest = new Map<string, TailPosition>();
  readonly #lastAt = new Map<string, TailPosition>();
  /** How many files are known by a path: those that it named one after another. */
  readonly #counts = new Map<string, number>();
  readonly #families = new Map<string, Set<string>>();

  /**
   * Takes a file for one reader.
   *
   * @param key From `fileKey`, of a file that is open.
   * @param owner Whoever wants to read it.
   * @param file The open file, and the path for which it is read.
   * @returns False when another reads it.
   */
  claim(key: string, owner: unknown, file: ClaimedFile): boolean {
    const known = this.#claims.get(key);
    if (known !== undefined && known.owner !== owner) return false;
    this.release(key, owner);
    this.#claims.set(key, { ...file, owner, isPassedOver: false });
    added(this.#open, familyOf(file.path)).add(key);
    return true;
  }

  /** Whether so many files are open that those with nothing to read should be closed. */
  get isCrowded(): boolean {
    const room = this.#maxOpen - this.#claims.size;
    return room < 0 || (room === 0 && this.#waiting.size > 0);
  }

  /** How many more files may be opened of those that were closed. */
  get room(): number {
    return this.#maxOpen - this.#claims.size;
  }

  /**
   * Asks for room to open a file that was closed; who is refused is waited for until it asks again and
   * is not.
   */
  hasRoomFor(owner: unknown): boolean {
    const hasRoom = this.#claims.size < this.#maxOpen;
    if (hasRoom) this.#waiting.delete(owner);
    else this.#waiting.add(owner);
    return hasRoom;
  }

  /** The owner opens nothing any more. */
  leave(owner: unknown): void {
    this.#waiting.delete(owner);
  }

  /** The system has no more handles: from now on fewer files are held open. */
  noticeShortage(): void {
    this.#maxOpen = Math.max(MIN_OPEN_FILES, Math.min(this.#maxOpen, this.#claims.size - 1));
  }

  /** What is in a claimed file now is not read, since it is a copy of what is read elsewhere. */
  passOver(key: string, owner: unknown): void {
    const claim = this.#claims.get(key);
    if (claim?.owner === owner && claim !== undefined) claim.isPassedOver = true;
  }

  /** True when somebody else than `owner` has the file. */
  isTaken(key: string, owner?: unknown): boolean {
    const known = this.#claims.get(key);
    return known !== undefined && known.owner !== owner;
  }

  /** True when somebody else than `owner` reads all that is in the file. */
  isReadBy(key: string, owner?: unknown): boolean {
    return this.isTaken(key, owner) && this.#claims.get(key)?.isPassedOver === false;
  }

  /** True when somebody else than `owner` has the very file open and reads it, whatever its name. */
  isHeldBy(identity: FileIdentity, owner?: unknown): boolean {
    const key = fileKey(identity);
    const claim = this.#claims.get(key);
    if (claim === undefined || !this.isReadBy(key, owner)) return false;
    return birthKey(identify(claim.reader.stat())) === birthKey(identity);
  }

  /** Lets the file go; does nothing where it is not the owner's. */
  release(key: string, owner: unknown): void {
    const claim = this.#claims.get(key);
    if (claim === undefined || claim.owner !== owner) return;
    this.#claims.delete(key);
    const family = familyOf(claim.path);
    const open = added(this.#open, family);
    open.delete(key);
    if (open.size === 0) this.#open.delete(family);
  }

  /** The open files that may be rotations of one another with this path. */
  *openIn(path: string): Iterable<ClaimedFile & { readonly owner: unknown }> {
    for (const key of this.#open.get(familyOf(path)) ?? []) {
      const claim = this.#claims.get(key);
      if (claim !== undefined) yield claim;
    }
  }

  /**
   * Keeps how far a file was read, forgetting the longest known one when there are too many. What a
   * file had before it was truncated stays known: a copy of it may turn up at any time.
   *
   * @param isAtPath False for a file that is not the one its path names: a rotation, a copy.
   */
  remember(position: TailPosition, isAtPath = true): void {
    const { path, identity } = position;
    const birth = birthKey(identity);
    const key = contentKey(birth, identity);
    const known = this.#positions.get(key);
    const family = familyOf(path);
    if (known?.path === path) {
      // It comes last from now on.
      this.#positions.delete(key);
      this.#families.get(family)?.delete(key);
    } else {
      this.#drop(key);
      this.#counts.set(path, (this.#counts.get(path) ?? 0) + 1);
    }
    this.#positions.set(key, position);
    added(this.#families, family).add(key);
    this.#latest.set(birth, position);
    if (isAtPath) this.#lastAt.set(path, position);
    if (this.#positions.size <= MAX_POSITIONS) return;
    for (const oldest of this.#positions.keys()) {
      this.#drop(oldest);
      return;
    }
  }

  #drop(key: string): void {
    const known = this.#positions.get(key);
    if (known === undefined) return;
    this.#positions.delete(key);
    const count = (this.#counts.get(known.path) ?? 0) - 1;
    if (count > 0) this.#counts.set(known.path, count);
    else this.#counts.delete(known.path);
    const birth = birthKey(known.identity);
    if (this.#latest.get(birth) === known) this.#latest.delete(birth);
    const name = familyOf(known.path);
    const family = added(this.#families, name);
    family.delete(key);
    if (family.size === 0) this.#families.delete(name);
  }

  /** How far a file with these numbers was read; whether it is the same one, its content must tell. */
  recall(info: FileNumbers): TailPosition | undefined {
    return this.#latest.get(birthKey(identify(info)));
  }

  /** How far the file was read that was seen at a path last. */
  lastAt(path: string): TailPosition | undefined {
    const last = this.#lastAt.get(path);
    if (last === undefined) return undefined;
    return this.#positions.get(contentKey(birthKey(last.identity), last.identity)) ?? last;
  }

  /** Whether files are known that a path named before the last one. */
  hasFormer(path: string): boolean {
    return (this.#counts.get(path) ?? 0) > 1;
  }

  /** How far the files were read that may be rotations of one another with this path. */
  *relatedTo(path: string): Generator<TailPosition, void, undefined> {
    for (const key of this.#families.get(familyOf(path)) ?? []) {
      const position = this.#positions.get(key);
      if (position !== undefined) yield position;
    }
  }
}

/** The set of a name, which is made where there is none. */
function added(sets: Map<string, Set<string>>, name: string): Set<string> {
  let set = sets.get(name);
  if (set === undefined) {
    set = new Set();
    sets.set(name, set);
  }
  return set;
}

/** Tells files apart, also those that are not open: an inode that was freed is given to another file. */
export function birthKey(identity: FileIdentity): string {
  return `${fileKey(identity)}:${identity.birthtimeMs}`;
}

/** The same string for most files, of which there are thousands: those that were never truncated. */
function contentKey(birth: string, { generation }: FileIdentity): string {
  return generation === 0 ? birth : `${birth}:${generation}`;
}

/** The files that may be held open of so many handles: half of those that are left to the watcher. */
function shareOf(handles: number | undefined): number {
  if (handles === undefined) return MAX_OPEN_FILES;
  return Math.max(MIN_OPEN_FILES, Math.floor((handles - OTHER_HANDLES) / 2));
}
