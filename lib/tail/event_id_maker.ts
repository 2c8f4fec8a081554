import { createHash } from "node:crypto";
import type { FileIdentity } from "./file_identity.ts";

/** 80 bits of SHA-256 in hexadecimal: no two of a million million files' ids are likely to meet. */
const FILE_DIGITS = 20;

/**
 * Names the events of files so that the same line always has the same id.
 *
 * The id is made from the host, the file's identity at the end of the line and the byte offset of the
 * line: it outlives restarts and renames, and is another one after truncation or re-creation.
 *
 * A collector recognises a duplicate by id *and* timestamp. Where lines tell no time, that is the time
 * of reading, so whoever resends after a crash must keep that of the first reading.
 *
 * @example
 * ```ts
 * import { EventIdMaker } from "./event_id_maker.ts";
 * import { identify } from "./file_identity.ts";
 *
 * const ids = new EventIdMaker("host-1");
 * const id = ids.make(identify(Deno.statSync(".")), 4096);
 * ```
 */
export class EventIdMaker {
  readonly #host: string;
  #file: Omit<FileIdentity, "head"> | undefined;
  #fileDigits = "";
  #identity: FileIdentity | undefined;
  #prefix = "";

  /**
   * Makes ids for one host.
   *
   * @param host Tells apart machines whose disks give the same numbers. @default {Deno.hostname()}
   */
  constructor(host: string = Deno.hostname()) {
    this.#host = host;
  }

  /**
   * The id of a line.
   *
   * @param identity With the head fingerprint as it is at the end of the line.
   * @param offset First byte of the line.
   */
  make(identity: FileIdentity, offset: number): string {
    if (identity !== this.#identity) this.#take(identity);
    return `${this.#prefix}-${offset}`;
  }

  /** In a short file each line has a head of its own: only the checksum is made anew for it. */
  #take(identity: FileIdentity): void {
    this.#identity = identity;
    if (this.#file === undefined || !isSameFile(identity, this.#file)) {
      this.#file = identity;
      this.#fileDigits = this.#digest(identity);
    }
    const { length, crc32 } = identity.head;
    this.#prefix = `${this.#fileDigits}-${length.toString(16)}.${crc32.toString(16)}`;
  }

  #digest({ dev, ino, birthtimeMs, generation }: FileIdentity): string {
    const text = JSON.stringify([this.#host, dev, ino, birthtimeMs, generation]);
    return createHash("sha256").update(text).digest("hex").slice(0, FILE_DIGITS);
  }
}

function isSameFile(a: FileIdentity, b: Omit<FileIdentity, "head">): boolean {
  return a.dev === b.dev && a.ino === b.ino && a.birthtimeMs === b.birthtimeMs &&
    a.generation === b.generation;
}
