import { EventWriteError } from "../store.ts";
import { Database, isDiskFull } from "./database.ts";
import { Reserve } from "./reserve.ts";

/** Bytes by which the database may be longer than its file: a checkpoint needs as much room. */
const MAX_GROWTH_BYTES = 4 << 20;

/**
 * Keeps a store usable on a full disk.
 *
 * Everything that is written goes to the log first and from there, at a checkpoint, to the database. So
 * on a full disk nothing could be removed, unless there were a reserve: only what removes events may
 * use its room. While it is not there as a whole, events are saved as long as the database need not
 * grow: then a checkpoint needs no room, and the log begins again in the room that it has.
 */
export class DiskRoom implements Disposable {
  /** The database that this is about. */
  readonly database: Database;
  readonly #reserve: Reserve;
  /** Whether there was no room for events, or for the log to be moved to the database. */
  #isFull: boolean;
  /** Bytes of the database when all of it was in its file. */
  #bytesInFile: number;

  /**
   * Opens the database of a store; the reserve is given up where the disk has no room even for that.
   *
   * @throws {EventStoreError} As {@linkcode Database.openForWriting}.
   */
  constructor(path: string) {
    this.#reserve = new Reserve(path);
    this.database = this.#open(path);
    this.#bytesInFile = this.database.bytes;
    this.#isFull = this.#checkpoint() === "full";
    this.#reserve.ensure(this.#bytesInFile);
  }

  /**
   * Runs a transaction that adds events.
   *
   * @param bytes Of the events.
   * @throws {EventWriteError} When the disk has no room beside the reserve.
   */
  grow<T>(bytes: number, change: () => T): T {
    const isReserved = this.#reserve.ensure(this.database.bytes + bytes);
    // What cannot be moved to the database must not become more: it is what the reserve is for.
    if (this.#isFull && this.#checkpoint() === "full") throw noRoom();
    // Until it is seen otherwise.
    this.#isFull = true;
    const result = isReserved ? this.#withNewLog(change) : this.#withoutGrowing(change);
    const isLong = this.database.bytes - this.#bytesInFile > MAX_GROWTH_BYTES;
    this.#isFull = isLong && this.#checkpoint() === "full";
    return result;
  }

  /** Runs a transaction that removes events, if need be in the room of the reserve. */
  shrink<T>(change: () => T): T {
    try {
      return this.#withNewLog(change);
    } catch (error) {
      if (!isDiskFull(error) || !this.#reserve.giveUp()) throw error;
    }
    this.#checkpoint();
    return change();
  }

  /** Events were removed and their room may be free: the reserve is made again as far as possible. */
  restore(): void {
    if (this.#reserve.restore()) return;
    this.#checkpoint();
    this.#reserve.restore();
  }

  /** Empties the log. Its room is given back, but not where it is all that saves can hope for. */
  emptyLog(): void {
    this.#checkpoint();
    if (this.#reserve.restore() && !this.#isFull) this.database.truncateLog();
  }

  [Symbol.dispose](): void {
    this.database[Symbol.dispose]();
    // The log is gone now; when the store is opened again there must be room for it.
    this.#reserve.restore();
  }

  #open(path: string): Database {
    try {
      return Database.openForWriting(path);
    } catch (error) {
      if (!isDiskFull(error) || !this.#reserve.giveUp()) throw error;
      return Database.openForWriting(path);
    }
  }

  #checkpoint(): "done" | "busy" | "full" {
    const result = this.database.checkpoint();
    if (result === "done") this.#bytesInFile = this.database.bytes;
    return result;
  }

  /** When the log cannot grow, it can begin again as soon as all of it is in the database. */
  #withNewLog<T>(change: () => T): T {
    try {
      return change();
    } catch (error) {
      if (!isDiskFull(error) || this.#checkpoint() !== "done") throw error;
      return change();
    }
  }

  #withoutGrowing<T>(change: () => T): T {
    if (this.#checkpoint() !== "done") throw noRoom();
    this.database.limitSize(true);
    try {
      return change();
    } finally {
      this.database.limitSize(false);
    }
  }
}

function noRoom(): EventWriteError {
  const message = "database or disk is full; what room is left is kept for removing events";
  return new EventWriteError(message, { retryable: true, isDiskFull: true });
}
